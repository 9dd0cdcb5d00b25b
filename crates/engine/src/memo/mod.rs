//! Memos: e-mails to the addresses that accounts have named, about texts that came in and credit that has become low.
//!
//! One row for each address and occasion is laid down in the transaction of the occasion, or in that in which a
//! follower of the log comes to it. A sender claims what is due, sends it, and notes how that went; then the row is
//! gone. What a memo says is read when it is claimed: a text that came in stays as it is.

mod claim;
mod due;
mod store;

pub use claim::{Claim, Memo, Occasion, Text, claim, failed, sent};
pub use due::{Due, due};

use std::collections::BTreeSet;

use crate::account::{self, Parameter};
use crate::db::stored_enum;
use crate::{Cx, MemoId, MessageId, Result, Time, contact};

/// About what happened longer ago nobody is sent a memo any more, in seconds.
const FRESH_SECONDS: i64 = 24 * 60 * 60;

stored_enum! {
    /// What a memo is about.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a memo of kind" {
        /// A text came in.
        Text = "text",
        /// Credit has become low.
        Credit = "credit",
    }
}

/// A stretch of the log of the operator's workspace, and from when on a text is new enough to be told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) said_after: Time,
}

/// Credit that has fallen to somebody's bound, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Low {
    /// What is left.
    pub balance_micro: i64,
    /// The bound.
    pub bound_micro: i64,
}

/// A memo that shall be.
struct New<'a> {
    id: MemoId,
    kind: Kind,
    address: &'a str,
    message: Option<MessageId>,
    low: Low,
    happened_at: Time,
}

/// Lays down a memo about every text that came in, for each address that an account has named for them.
pub(crate) fn forward(cx: &mut Cx<'_>, stretch: &Stretch) -> Result<()> {
    let workspace = cx.operator()?;
    let said = account::said(cx, [Parameter::InboundEmail; 3])?;
    let addresses: BTreeSet<String> =
        said.iter().flat_map(|(_, _, value)| value.lines()).filter_map(contact::email).collect();
    if addresses.is_empty() {
        return Ok(());
    }
    let low = Low { balance_micro: 0, bound_micro: 0 };
    for (message, happened_at) in store::texts(cx.tx, workspace, stretch)? {
        for address in &addresses {
            let id = MemoId(cx.uuid());
            let new = New { id, kind: Kind::Text, address, message: Some(message), low, happened_at };
            store::insert(cx.tx, workspace, &new, cx.now)?;
        }
    }
    Ok(())
}

/// Lays down a memo for each of these addresses about credit of the caller's workspace.
pub(crate) fn warn<'a>(cx: &mut Cx<'_>, low: Low, addresses: impl Iterator<Item = &'a str>) -> Result<()> {
    let workspace = cx.workspace()?;
    for address in addresses {
        let id = MemoId(cx.uuid());
        let new = New { id, kind: Kind::Credit, address, message: None, low, happened_at: cx.now };
        store::insert(cx.tx, workspace, &new, cx.now)?;
    }
    Ok(())
}

/// Forgets, in the operator's workspace, up to `limit` memos about what happened more than a day ago: as when no e-mail
/// is sent. How many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-FRESH_SECONDS), limit)
}
