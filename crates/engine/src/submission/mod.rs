//! Submissions: messages on their way to a carrier, and what became of them.
//!
//! A message stays queued until its carrier has answered, so that a crash forgets none: at least once to the carrier.
//! What a carrier then reports of it is matched by the ids that it gave, in any spelling of them.

mod early;
mod report;
mod spelling;
mod store;
mod waiting;

use crate::channel::Channel;
use crate::conversation::line::Out;
use crate::credit::{self, price};
use crate::message::{self, Delivery, Message};
use crate::{CarrierId, Cx, Error, MessageId, Result, Time, campaign, carrier, legible, segment};

pub use report::{Report, report, sweep};
pub use spelling::Spelling;

/// How long a message waits for a carrier that does not take it, in seconds: two days.
pub const PATIENCE_SECONDS: i64 = 48 * 60 * 60;

/// The pause after the first try that failed, in seconds; each time it is twice as long.
const PAUSE_SECONDS_MIN: i64 = 1;

/// The longest pause between two tries, in seconds.
const PAUSE_SECONDS_MAX: i64 = 5 * 60;

/// What a carrier says of a message, at most, in characters; more is cut off.
const DETAIL_CHARS_MAX: usize = 200;

/// Messages that are called off in one look.
const CALLED_OFF_AT_ONCE: i64 = 100;

/// A message that is to be handed to its carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Which message.
    pub message: MessageId,
    /// To whom it is handed.
    pub carrier: CarrierId,
    /// How it shall go.
    pub channel: Channel,
    /// Our address.
    pub from: String,
    /// The contact's address.
    pub to: String,
    /// What it says.
    pub text: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// Since when it waits.
    pub queued_at: Time,
    /// Its number in its conversation; the same at every try, and another than its neighbours'.
    pub index: i64,
    /// The parts, numbered from 0, that the carrier took before and shall not get again.
    pub taken: Vec<i64>,
}

/// Queues a message for the carrier of our address, and pays for it unless its campaign did. [`Error::OutOfCredit`]; [`Error::Conflict`] when
/// the address has no carrier, or one that takes no such messages.
pub(crate) fn queue(cx: &mut Cx<'_>, message: &Message, out: &Out) -> Result<()> {
    let workspace = cx.workspace()?;
    let channel = message.channel.unwrap_or(Channel::Sms);
    let carrier = carrier::by_address(cx, &out.our_address)?.filter(|carrier| carrier.kind.takes(channel));
    let Some(carrier) = carrier else {
        let address = &out.our_address;
        return Err(Error::Conflict(format!("There is no carrier for {address} that takes this message.")));
    };
    let mut cost = Cost { parts: parts(channel, &message.body), micro: 0 };
    if out.campaign.is_none() {
        cost = self::cost(cx, channel, &out.to, &message.body)?;
        let about = message.id.to_string();
        credit::spend(cx, cost.micro, credit::Entry { reason: "message", about: &about })?;
    }
    let row =
        store::New { message, out, carrier: carrier.id, channel, parts: cost.parts, cost_micro: cost.micro };
    store::insert(cx.tx, workspace, &row, cx.now)
}

/// What a message costs.
pub(crate) struct Cost {
    /// Into how many parts it is cut.
    pub(crate) parts: i64,
    /// In millionths.
    pub(crate) micro: i64,
}

/// What a message costs that belongs to no campaign.
pub(crate) fn cost(cx: &mut Cx<'_>, channel: Channel, to: &str, text: &str) -> Result<Cost> {
    let parts = parts(channel, text);
    let micro = parts * credit::price_of(cx, to, price::product(channel))?;
    Ok(Cost { parts, micro })
}

/// A message is known to whoever sent it by this ticket, together with others.
pub(crate) fn belongs_to(cx: &mut Cx<'_>, id: MessageId, ticket: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    store::set_campaign(cx.tx, workspace, id, ticket)
}

/// Into how many parts a text is cut that goes through this channel: as many are paid for.
pub(crate) fn parts(channel: Channel, text: &str) -> i64 {
    match channel {
        Channel::Sms | Channel::Voice => segment::measure(text).segments,
        _ => 1,
    }
}

/// A message was paid for before, with this much, in millionths.
pub(crate) fn paid(cx: &mut Cx<'_>, id: MessageId, cost_micro: i64) -> Result<()> {
    let workspace = cx.workspace()?;
    store::set_cost(cx.tx, workspace, id, cost_micro)
}

/// What a carrier of the operator's workspace is to be handed now, the longest due first, at most `limit`. Whatever it
/// has not answered yet is among it.
pub fn due(cx: &mut Cx<'_>, carrier: CarrierId, limit: i64) -> Result<Vec<Submission>> {
    let workspace = cx.operator()?;
    store::due(cx.tx, workspace, carrier, (cx.now, limit))
}

/// The carrier took a message, and gave it these ids, one for each part that it had not taken before; the same id again
/// is the same part. Reports of it that came before are heeded now. What is not queued any more stays as it is.
pub fn accepted(cx: &mut Cx<'_>, id: MessageId, carrier_ids: &[String]) -> Result<()> {
    let workspace = cx.operator()?;
    let mut parts = spelling::of_parts((0..).zip(carrier_ids));
    let accepting = (id, parts.len() as i64, cx.now);
    let Some(taken) = store::accept(cx.tx, workspace, accepting)? else { return Ok(()) };
    let before = if taken.attempts > 1 { store::taken_parts(cx.tx, workspace, id)? } else { Vec::new() };
    let first = before.last().map_or(0, |last| last + 1);
    parts.iter_mut().for_each(|(number, _)| *number += first);
    message::set_delivery(cx, id, Delivery::Accepted)?;
    note(cx, &taken, &parts)?;
    // What was reported while the others were missing may have decided it.
    if before.is_empty() { Ok(()) } else { report::conclude(cx, id, "") }
}

/// The carrier took these parts of a message, numbered from 0, under these ids; the others shall be tried again, as
/// [`postponed`] says. A part without an id of its own is one of those. What is not queued any more stays as it is.
pub fn taken_in_part(cx: &mut Cx<'_>, id: MessageId, parts: &[(i64, String)], why: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let Some(taken) = store::queued(cx.tx, workspace, id)? else { return Ok(()) };
    note(cx, &taken, &spelling::of_parts(parts.iter().map(|(number, id)| (*number, id))))?;
    put_off(cx, &taken, why)
}

/// Keeps the ids of parts, and heeds what was reported of them before.
fn note(cx: &mut Cx<'_>, taken: &store::Taken, parts: &[spelling::Part]) -> Result<()> {
    let workspace = cx.workspace()?;
    for part in parts {
        store::insert_part(cx.tx, workspace, taken, part)?;
    }
    report::heed_early(cx, taken, parts)
}

/// The carrier did not take a message and it shall be tried again, after [`pause_seconds`]; `why` in the carrier's words.
/// After [`PATIENCE_SECONDS`] it is given up. What is not queued any more stays as it is.
pub fn postponed(cx: &mut Cx<'_>, id: MessageId, why: &str) -> Result<()> {
    let workspace = cx.operator()?;
    match store::queued(cx.tx, workspace, id)? {
        Some(queued) => put_off(cx, &queued, why),
        None => Ok(()),
    }
}

fn put_off(cx: &mut Cx<'_>, queued: &store::Taken, why: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    let until = cx.now.plus_seconds(pause_seconds(queued.attempts));
    let why = legible::line(why, DETAIL_CHARS_MAX);
    let queued_at = store::postpone(cx.tx, workspace, queued.message, (until, &why))?;
    match queued_at {
        Some(queued_at) if queued_at.plus_seconds(PATIENCE_SECONDS) <= cx.now => {
            refused(cx, queued.message, Delivery::Unknown, &why)
        }
        _ => Ok(()),
    }
}

/// How long to wait after so many tries that failed, in seconds.
#[must_use]
pub fn pause_seconds(attempts: i64) -> i64 {
    (PAUSE_SECONDS_MIN << attempts.clamp(0, 20)).min(PAUSE_SECONDS_MAX)
}

/// A message will not be sent: why, as a fact and in the carrier's words. What was paid for it is given back. What is
/// not queued any more stays as it is.
pub fn refused(cx: &mut Cx<'_>, id: MessageId, delivery: Delivery, why: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    let Some(paid) = store::refuse(cx.tx, workspace, id, (&legible::line(why, DETAIL_CHARS_MAX), cx.now))?
    else {
        return Ok(());
    };
    match paid.campaign {
        Some(ticket) => campaign::give_back(cx, &ticket, paid.cost_micro)?,
        None => {
            let entry = credit::Entry { reason: "not sent", about: &id.to_string() };
            credit::give_back(cx, paid.cost_micro, entry)?;
        }
    }
    message::set_delivery(cx, id, delivery).map(drop)
}

/// Calls off whatever waits for somebody who wants to hear no more.
pub(crate) fn call_off(cx: &mut Cx<'_>, address: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    loop {
        let waiting = waiting::to_address(cx.tx, workspace, address, CALLED_OFF_AT_ONCE)?;
        if waiting.is_empty() {
            return Ok(());
        }
        for id in waiting {
            refused(cx, id, Delivery::OptedOut, "They want to hear no more.")?;
        }
    }
}

/// Calls off what waits of a campaign, at most `limit` messages; whether that was all.
pub(crate) fn call_off_campaign(cx: &mut Cx<'_>, ticket: &str, limit: i64) -> Result<bool> {
    let workspace = cx.operator()?;
    let waiting = waiting::of_campaign(cx.tx, workspace, ticket, limit)?;
    for id in &waiting {
        refused(cx, *id, Delivery::Undelivered, "The campaign was called off.")?;
    }
    Ok((waiting.len() as i64) < limit)
}

/// Whether anything of a campaign waits for its carrier.
pub(crate) fn waits(cx: &mut Cx<'_>, ticket: &str) -> Result<bool> {
    let workspace = cx.workspace()?;
    Ok(!waiting::of_campaign(cx.tx, workspace, ticket, 1)?.is_empty())
}

/// Gives up, in the operator's workspace, up to `limit` messages that wait for carriers that were taken away; how many.
pub fn give_up(cx: &mut Cx<'_>, limit: i64) -> Result<usize> {
    let workspace = cx.operator()?;
    let stranded = waiting::stranded(cx.tx, workspace, limit)?;
    for id in &stranded {
        refused(cx, *id, Delivery::Unknown, "The carrier was taken away.")?;
    }
    Ok(stranded.len())
}
