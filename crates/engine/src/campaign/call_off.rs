//! Calling a campaign off: what was not sent of it is paid back, also what waits for its carrier.

use super::{Campaign, State, Ticket, change, store};
use crate::{Cx, Error, Result, submission};

/// Messages that are called off in one transaction: a carrier that was down for a day has left many of them.
const MESSAGES_MAX: i64 = 50;

/// Calls a campaign off: nothing more of it is sent, and what was paid for that is given back. That goes for those of
/// its messages that wait for their carrier as well: for the first of them now, for the others when [`call_off`] comes to
/// them. An agent may. [`Error::Conflict`] when all of it was sent, or it was called off; [`Error::NotFound`] when there
/// is none.
pub fn cancel(cx: &mut Cx<'_>, ticket: &str) -> Result<Ticket> {
    cx.agent()?;
    let mut campaign = change::get(cx, ticket)?;
    let is_over = match campaign.state {
        State::Done => !submission::waits(cx, ticket)?,
        state => matches!(state, State::Cancelled | State::Failed),
    };
    if is_over {
        return Err(Error::Conflict("There is nothing left of this campaign to call off.".into()));
    }
    campaign.end(cx, State::Cancelled)?;
    cx.as_operator(|cx| next(cx, ticket))?.ticket(cx, Vec::new())
}

/// Calls off the next messages of a campaign of the operator's workspace that was called off while they waited for their
/// carrier.
pub fn call_off(cx: &mut Cx<'_>, ticket: &str) -> Result<()> {
    let workspace = cx.operator()?;
    match store::get(cx.tx, workspace, ticket)? {
        Some(campaign) if campaign.state == State::Cancelled => next(cx, ticket).map(drop),
        _ => Ok(()),
    }
}

/// The campaign afterwards: each message that is called off makes it cheaper.
fn next(cx: &mut Cx<'_>, ticket: &str) -> Result<Campaign> {
    let workspace = cx.operator()?;
    let is_all = submission::call_off_campaign(cx, ticket, MESSAGES_MAX)?;
    let mut campaign = change::get(cx, ticket)?;
    campaign.due_at = (!is_all).then_some(cx.now);
    store::update(cx.tx, workspace, &campaign)?;
    Ok(campaign)
}
