//! A memo on its way: claimed by one sender, for a while, and then sent or not.

use super::{Due, Kind, Low, store};
use crate::channel::Channel;
use crate::notice::{self, ATTEMPTS_MAX, Failure, Timing};
use crate::{ConversationId, Cx, MemoId, Result, Time, workspace};

/// The right to send one memo, until it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub id: MemoId,
    /// When it ends; this also tells one claim from another.
    pub until: Time,
    /// Which try it is: 1, 2, 3 …
    pub attempt: i64,
}

/// What a memo says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// The right to send it.
    pub claim: Claim,
    /// To which e-mail address.
    pub address: String,
    /// The name of the workspace, for people.
    pub workspace_name: String,
    /// What it is about.
    pub occasion: Occasion,
    /// When that happened.
    pub happened_at: Time,
}

/// What a memo is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// A text came in.
    Text(Text),
    /// Credit has become low.
    Credit(Low),
}

/// A text that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// In which conversation it stands.
    pub conversation: ConversationId,
    /// The address of whoever wrote it, as the carrier spells it.
    pub from: String,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// To which of our addresses.
    pub our_address: String,
    /// How it came.
    pub channel: Channel,
    /// What it says.
    pub body: String,
}

/// Claims what is due. `None` when somebody else has claimed it, or it is given up.
pub fn claim(cx: &mut Cx<'_>, due: &Due, timing: &Timing) -> Result<Option<Memo>> {
    let workspace = cx.operator()?;
    let until = cx.now.plus_seconds(timing.lease_seconds);
    let Some(leased) = store::lease(cx.tx, workspace, due, until)? else { return Ok(None) };
    let occasion = match leased.kind {
        Kind::Credit => Some(Occasion::Credit(leased.low)),
        Kind::Text => store::text(cx.tx, workspace, leased.message)?.map(Occasion::Text),
    };
    let claim = Claim { id: due.id, until, attempt: leased.attempts };
    // Nobody heard of the end of the last tries: it may be what ends the senders.
    let Some(occasion) = occasion.filter(|_| leased.attempts <= ATTEMPTS_MAX) else {
        store::delete(cx.tx, workspace, &claim)?;
        return Ok(None);
    };
    let (address, happened_at) = (leased.address, leased.happened_at);
    let workspace_name = workspace::mine(cx)?.name;
    Ok(Some(Memo { claim, address, workspace_name, occasion, happened_at }))
}

/// The memo was handed over. A claim that has ended changes nothing.
pub fn sent(cx: &mut Cx<'_>, claim: &Claim) -> Result<()> {
    let workspace = cx.operator()?;
    store::delete(cx.tx, workspace, claim)
}

/// The memo could not be handed over; when it is tried again, unless it is given up. A claim that has ended changes
/// nothing.
pub fn failed(cx: &mut Cx<'_>, claim: &Claim, failure: Failure, timing: &Timing) -> Result<Option<Time>> {
    let workspace = cx.operator()?;
    let again = notice::again(cx.now, claim.attempt, failure, timing);
    match again {
        Some(at) => store::try_again(cx.tx, workspace, claim, at)?,
        None => store::delete(cx.tx, workspace, claim)?,
    }
    Ok(again)
}
