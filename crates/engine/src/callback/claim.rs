//! Making a callback: who claims it alone makes it, until the claim ends.

use super::{Callback, Due, Kind, State, store};
use crate::{Cx, Result, Time};

/// For how long after something happened a customer who does not answer is told of it again, in seconds: three days.
pub const KEPT_TRYING_SECONDS: i64 = 3 * 24 * 60 * 60;

/// From a call that was not answered to the next, in seconds; then the last of these again.
const RETRY_SECONDS: [i64; 7] = [3, 30, 5 * 60, 30 * 60, 2 * 60 * 60, 8 * 60 * 60, 24 * 60 * 60];

/// That a callback is being made by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub id: String,
    /// Until when it is nobody else's business.
    pub until: Time,
}

impl Claim {
    /// The claim to a callback that [`claim`] gave.
    #[must_use]
    pub fn of(callback: &Callback) -> Claim {
        Claim { id: callback.id.clone(), until: callback.due_at }
    }
}

/// Claims what is due in the operator's workspace, for so many seconds; without what somebody else has claimed meanwhile.
/// An attempt counts even if nobody hears of its end.
pub fn claim(cx: &mut Cx<'_>, due: &[Due], lease_seconds: i64) -> Result<Vec<Callback>> {
    let workspace = cx.operator()?;
    let until = cx.now.plus_seconds(lease_seconds);
    let mut claimed = Vec::with_capacity(due.len());
    for due in due.iter().filter(|due| due.workspace == workspace) {
        claimed.extend(store::lease(cx.tx, due, until, cx.now)?);
    }
    Ok(claimed)
}

/// The customer has answered, in these words. A claim that has ended changes nothing.
pub fn answered(cx: &mut Cx<'_>, claim: &Claim, outcome: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let end = store::End { state: State::Answered, due_at: claim.until, outcome };
    store::settle(cx.tx, workspace, claim, &end)
}

/// The customer has not answered, or with something else than a success; when they are called again, unless that is given
/// up. Of a message of which more is known by now, the older report is not repeated: the newer one has its own callback.
/// A claim that has ended changes nothing.
pub fn failed(cx: &mut Cx<'_>, callback: &Callback, outcome: &str) -> Result<Option<Time>> {
    let workspace = cx.operator()?;
    let claim = Claim::of(callback);
    let again = again(callback, cx.now);
    let is_stale = callback.kind == Kind::Delivery && {
        let known = store::delivery(cx.tx, workspace, callback.message)?;
        known.is_some_and(|delivery| Some(delivery) != callback.delivery)
    };
    let (state, due_at) = match again.filter(|_| !is_stale) {
        Some(at) => (State::Waiting, at),
        None => (State::GivenUp, claim.until),
    };
    store::settle(cx.tx, workspace, &claim, &store::End { state, due_at, outcome })?;
    Ok((state == State::Waiting).then_some(due_at))
}

/// When a callback that was not answered now is made again.
fn again(callback: &Callback, now: Time) -> Option<Time> {
    let attempt = usize::try_from(callback.attempts - 1).unwrap_or(0);
    let seconds = RETRY_SECONDS[attempt.min(RETRY_SECONDS.len() - 1)];
    let at = now.plus_seconds(seconds);
    Some(at).filter(|at| *at <= callback.happened_at.plus_seconds(KEPT_TRYING_SECONDS))
}
