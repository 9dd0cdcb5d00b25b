//! Notices: the e-mail that a person who is not there is owed about what others said to them.
//!
//! One row for each person and conversation says whether an e-mail is owed, when, and about what. A follower of the
//! event log writes down what is owed; a sender claims what is due, sends it, and notes how that went. Everything that
//! may have changed in between is looked at again when it is claimed: who has come back, has read it, was deactivated or
//! may no longer see it gets nothing. The same follower lays down the memos about texts that came in, which go to
//! addresses and not to people: both are e-mails, and are wanted where e-mails are sent.

mod claim;
mod due;
mod store;

pub(crate) use claim::again;
pub use claim::{ATTEMPTS_MAX, Claim, Digest, Failure, Line, claim, failed, sent};
pub use due::{Due, due};

use crate::event::Kind as What;
use crate::{Cx, PersonId, Result, follower, memo};

/// The name under which notices follow the log.
pub const FOLLOWER: &str = "notice";

/// About what was said longer ago, nobody is sent an e-mail when the follower comes to it, in seconds: as after a time
/// without e-mail.
const FRESH_SECONDS: i64 = 24 * 60 * 60;

/// From what was said to the e-mail at least, in seconds: long enough that a request of the same moment is known.
const SETTLE_SECONDS: i64 = 2;

/// When e-mails are sent; everything in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Who made no request for so long is not there.
    pub inactive_seconds: i64,
    /// Between two e-mails to a person about a conversation.
    pub digest_seconds: i64,
    /// How long an e-mail that is being sent is nobody else's business.
    pub lease_seconds: i64,
    /// Before an e-mail that could not be sent is tried again; each time it is twice as long.
    pub retry_seconds: i64,
}

/// Writes down what the next events of the operator's workspace make owed, at most `limit` events; whether there may
/// be more. Owed to whoever takes part in the conversation, or by its notification roles belongs to what it is shared
/// with or relates to; never to the author, nor to somebody who has no address or wants no e-mail.
pub fn follow(cx: &mut Cx<'_>, timing: &Timing, limit: i64) -> Result<bool> {
    let events = follower::next(cx, FOLLOWER, limit)?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(false) };
    if events.iter().any(|event| event.event.kind == What::MessagePosted) {
        let owing = store::Owing {
            workspace: cx.operator()?,
            first: first.seq,
            last: last.seq,
            said_after: cx.now.plus_seconds(-FRESH_SECONDS),
            due_at: cx.now.plus_seconds(SETTLE_SECONDS),
            digest_micros: timing.digest_seconds.saturating_mul(1_000_000),
        };
        store::owe(cx.tx, &owing)?;
        let said_after = owing.said_after;
        memo::forward(cx, &memo::Stretch { first: first.seq, last: last.seq, said_after })?;
    }
    follower::advance(cx, FOLLOWER, last.seq)?;
    Ok(events.len() as i64 == limit)
}

/// Whether somebody of the operator's workspace wants e-mails from now on. [`crate::Error::NotFound`] when there is
/// no such person.
pub fn set_wanted(cx: &mut Cx<'_>, person: PersonId, wanted: bool) -> Result<()> {
    let workspace = cx.operator()?;
    crate::person::get(cx, person)?;
    match wanted {
        true => store::resubscribe(cx.tx, workspace, person),
        false => store::unsubscribe(cx.tx, workspace, person, cx.now),
    }
}

/// Whether somebody of the operator's workspace wants e-mails.
pub fn is_wanted(cx: &mut Cx<'_>, person: PersonId) -> Result<bool> {
    let workspace = cx.operator()?;
    store::is_wanted(cx.tx, workspace, person)
}
