//! What becomes of a campaign by its agents: looked at, confirmed.

use super::{Campaign, State, Ticket, store};
use crate::{Cx, Error, Result, submission};

/// What is known of a campaign of the caller's workspace; for its agents. [`Error::NotFound`] when there is none.
pub fn status(cx: &mut Cx<'_>, ticket: &str) -> Result<Ticket> {
    cx.staff()?;
    let mut campaign = get(cx, ticket)?;
    if campaign.state == State::Done && submission::waits(cx, ticket)? {
        campaign.state = State::Sending;
    }
    campaign.ticket(cx, Vec::new())
}

/// A campaign that waits for it is paid and sent. An agent may. [`Error::OutOfCredit`]; [`Error::Conflict`] when it does
/// not wait for it (any more, or yet); [`Error::NotFound`] when there is none.
pub fn confirm(cx: &mut Cx<'_>, ticket: &str) -> Result<Ticket> {
    let caller = cx.agent()?;
    let mut campaign = get(cx, ticket)?;
    let problem = match campaign.state {
        State::Draft | State::Ready => None,
        State::Computing => {
            Some("It is still being computed whom this campaign goes to; ask for its status.")
        }
        State::Failed => Some("This campaign failed and cannot be sent; make another."),
        _ => Some("This campaign was sent or called off before."),
    };
    if let Some(problem) = problem {
        return Err(Error::Conflict(problem.into()));
    }
    campaign.start(cx.now);
    campaign.pay(cx)?;
    store::update(cx.tx, caller.workspace, &campaign)?;
    campaign.ticket(cx, Vec::new())
}

/// The campaign of the caller's workspace, or [`Error::NotFound`].
pub(super) fn get(cx: &mut Cx<'_>, ticket: &str) -> Result<Campaign> {
    let workspace = cx.workspace()?;
    store::get(cx.tx, workspace, ticket)?.ok_or(Error::NotFound)
}
