//! Credit: what a workspace may still spend on messages, in millionths of its unit of account.
//!
//! Nothing is spent that is not there: the balance moves in one statement that does not move it below nothing. Every
//! move is a line of the ledger, so that the lines add up to the balance at any time.

pub mod affordable;
pub mod price;
mod store;
mod warning;

use crate::{Cx, Error, Result, Time};

pub use price::price_of;

/// The most that is added at once, in millionths: a thousand million units.
pub const AMOUNT_MICRO_MAX: i64 = 1_000_000_000 * UNIT_MICRO;

/// One unit of account, in millionths.
pub const UNIT_MICRO: i64 = 1_000_000;

/// The most that a workspace can have, in millionths; far from where 64 bits end.
const BALANCE_MICRO_MAX: i64 = 1_000 * AMOUNT_MICRO_MAX;

/// Why money moved, at most.
const REASON_CHARS_MAX: usize = 200;

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1, 2, 3 … without holes.
    pub number: i64,
    /// What came in, or below nothing, what went out; in millionths.
    pub amount_micro: i64,
    /// What was left afterwards, in millionths.
    pub balance_micro: i64,
    /// Why.
    pub reason: String,
    /// What it was about: a message's id, a campaign's ticket, or nothing.
    pub about: String,
    /// When.
    pub at: Time,
}

/// Why money moves, and about what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// Why, as the ledger says it.
    pub(crate) reason: &'a str,
    /// A message's id or a campaign's ticket.
    pub(crate) about: &'a str,
}

/// Gives the operator's workspace more credit; what it has then. [`Error::Invalid`] for an amount that is none, or is
/// more than [`AMOUNT_MICRO_MAX`].
pub fn add(cx: &mut Cx<'_>, amount_micro: i64, reason: &str) -> Result<i64> {
    let workspace = cx.operator()?;
    if !(1..=AMOUNT_MICRO_MAX).contains(&amount_micro) {
        let problem = "An amount is more than 0 and at most 1000000000.";
        return Err(Error::invalid("amount", problem));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::invalid("reason", format!("A reason has at most {REASON_CHARS_MAX} characters.")));
    }
    store::found(cx.tx, workspace)?;
    if balance(cx)? > BALANCE_MICRO_MAX - amount_micro {
        return Err(Error::Conflict("The workspace has more credit than can be counted.".into()));
    }
    move_by(cx, amount_micro, Entry { reason, about: "" })
}

/// What is left to the caller's workspace, in millionths. For its operator and its agents; [`Error::Forbidden`] for
/// everybody else.
pub fn balance(cx: &mut Cx<'_>) -> Result<i64> {
    let workspace = cx.staff()?;
    store::balance(cx.tx, workspace)
}

/// The lines of the ledger before `before`, newest first, at most `limit`. For the operator alone.
pub fn page(cx: &mut Cx<'_>, before: Option<i64>, limit: i64) -> Result<Vec<Line>> {
    let workspace = cx.operator()?;
    store::page(cx.tx, workspace, before.unwrap_or(i64::MAX), limit)
}

/// Spends credit of the caller's workspace; what is left. [`Error::OutOfCredit`] when there is not enough, and then
/// nothing is spent. Spending nothing leaves no line.
pub(crate) fn spend(cx: &mut Cx<'_>, amount_micro: i64, entry: Entry<'_>) -> Result<i64> {
    move_by(cx, -amount_micro, entry)
}

/// Gives back what was spent on something that is not done after all; what is left then.
pub(crate) fn give_back(cx: &mut Cx<'_>, amount_micro: i64, entry: Entry<'_>) -> Result<i64> {
    move_by(cx, amount_micro, entry)
}

fn move_by(cx: &mut Cx<'_>, amount_micro: i64, entry: Entry<'_>) -> Result<i64> {
    let workspace = cx.workspace()?;
    if amount_micro == 0 {
        return store::balance(cx.tx, workspace);
    }
    let moved = store::move_by(cx.tx, workspace, amount_micro)?.ok_or(Error::OutOfCredit)?;
    let balance_micro = moved.balance_micro;
    let line = Line {
        number: moved.number,
        amount_micro,
        balance_micro,
        reason: entry.reason.to_owned(),
        about: entry.about.to_owned(),
        at: cx.now,
    };
    store::insert(cx.tx, workspace, &line)?;
    if moved.is_bounded {
        warning::tell(cx, &line)?;
    }
    Ok(balance_micro)
}
