//! What carriers report of messages that they took.

use std::cmp::Reverse;

use super::early::{self, Early};
use super::{DETAIL_CHARS_MAX, spelling, store};
use crate::message::{self, Delivery};
use crate::{CarrierId, Cx, MessageId, Result, Time, carrier, legible};

/// How long a report is kept that came before the answer to its submit was stored, in seconds.
const EARLY_SECONDS: i64 = 10 * 60;

/// How long the ids of a message are kept, in seconds: longer than service centres try to deliver one.
const PARTS_SECONDS: i64 = 14 * 24 * 60 * 60;

/// Two numbers that end in the same so many digits are spellings of one.
const SAME_DIGITS_MIN: usize = 6;

/// What a carrier tells of a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who tells it.
    pub carrier: CarrierId,
    /// The carrier's id of the message, or of one of its parts.
    pub carrier_message: String,
    /// To whom the message went, as far as the carrier says.
    pub to: String,
    /// What became of it.
    pub delivery: Delivery,
    /// The carrier's own words for it.
    pub detail: String,
    /// When, by the carrier's clock or ours.
    pub at: Time,
}

/// Heeds a report to the operator's workspace; false when it is of no message that is known so far, and then it is kept
/// for some minutes. A message arrived when all its parts have; it did not when one has not. What has come to an end
/// stays as it is, whatever is reported afterwards.
pub fn report(cx: &mut Cx<'_>, report: &Report) -> Result<bool> {
    let workspace = cx.operator()?;
    let key = spelling::key(&report.carrier_message);
    let named = store::named(cx.tx, workspace, report.carrier, &key)?;
    let Some(part) = meant(named, &report.to) else {
        early::keep(
            cx.tx,
            workspace,
            &Early::of(report, &key, &legible::line(&report.detail, DETAIL_CHARS_MAX), cx.now),
        )?;
        return Ok(false);
    };
    if part.is_only && part.learned != Some(part.spelling) && spelling::is_telling(&key) {
        carrier::learn_spelling(cx, report.carrier, part.spelling)?;
    }
    heed(cx, (part.message, part.part), report.delivery, &legible::line(&report.detail, DETAIL_CHARS_MAX))?;
    Ok(true)
}

/// Heeds what was reported of a message before it was known under these ids.
pub(super) fn heed_early(cx: &mut Cx<'_>, taken: &store::Taken, parts: &[spelling::Part]) -> Result<()> {
    let workspace = cx.workspace()?;
    for (part, spellings) in parts {
        for early in early::under(cx.tx, workspace, taken.carrier, spellings)? {
            if is_same_number(&early.to, &taken.to) {
                early::forget(cx.tx, workspace, taken.carrier, &early)?;
                heed(cx, (taken.message, *part), early.delivery, &early.detail)?;
            }
        }
    }
    Ok(())
}

/// Forgets, in the operator's workspace, up to `limit` reports of messages that nobody knows and as many ids of
/// messages of which nothing more will be reported; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    let early = early::sweep(cx.tx, workspace, cx.now.plus_seconds(-EARLY_SECONDS), limit)?;
    let oldest = MessageId(crate::id::uuid_v7(cx.now.plus_seconds(-PARTS_SECONDS), [0; 10]));
    Ok(early + store::sweep_parts(cx.tx, workspace, oldest, limit)?)
}

/// Which of the parts that bear an id is meant: one that went to this number; rather one that is still under way; rather
/// one whose id is spelled as this carrier spells them; rather the newest.
fn meant(named: Vec<store::Named>, to: &str) -> Option<store::Named> {
    let is_only = named.len() == 1;
    let here = named.into_iter().filter(|part| is_same_number(&part.to, to));
    let rank = |part: &store::Named| {
        let usual = part.learned.unwrap_or(spelling::Spelling::Given);
        (part.is_open, part.spelling == usual, part.message, Reverse(part.part))
    };
    here.max_by_key(rank).map(|part| store::Named { is_only, ..part })
}

/// Whether two spellings may name one number. A carrier that does not say to whom a message went says nothing against.
fn is_same_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (one, other) = (digits(one), digits(other));
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short.is_empty() || long == short || (short.len() >= SAME_DIGITS_MIN && long.ends_with(short))
}

/// A part came so far; if that decides it for the message, the message did.
fn heed(cx: &mut Cx<'_>, of: (MessageId, i64), delivery: Delivery, detail: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    if is_on_its_way(delivery) || !store::set_part(cx.tx, workspace, of, delivery)? {
        return Ok(());
    }
    conclude(cx, of.0, detail)
}

/// If what is known of its parts decides it for a message, the message came so far. One that still waits is not decided.
pub(super) fn conclude(cx: &mut Cx<'_>, message: MessageId, detail: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    let (count, parts) = store::parts(cx.tx, workspace, message)?;
    let Some(whole) = together(count, &parts) else { return Ok(()) };
    if store::conclude(cx.tx, workspace, message, &store::End { delivery: whole, detail, at: cx.now })? {
        message::set_delivery(cx, message, whole)?;
    }
    Ok(())
}

/// Nothing new: the carrier has it.
fn is_on_its_way(delivery: Delivery) -> bool {
    matches!(delivery, Delivery::Queued | Delivery::Accepted)
}

/// What the parts of a message, `count` in all, say of the whole; nothing while it is open.
fn together(count: i64, parts: &[Delivery]) -> Option<Delivery> {
    let is_good = |part: &&Delivery| **part == Delivery::Delivered;
    let is_open = |part: &Delivery| is_on_its_way(*part);
    let failed = parts.iter().find(|part| !is_good(part) && !is_open(part) && **part != Delivery::Unknown);
    if failed.is_some() {
        return failed.copied();
    }
    let is_told = parts.len() as i64 >= count && !parts.iter().any(is_open);
    let all = if parts.iter().all(|part| is_good(&part)) { Delivery::Delivered } else { Delivery::Unknown };
    is_told.then_some(all)
}
