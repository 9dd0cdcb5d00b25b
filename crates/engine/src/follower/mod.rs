//! Followers of the event log: work that is done soon after a write and not in it. A follower has a name, and a cursor
//! for each workspace that says up to which event it has done its work.
//!
//! The cursor moves in the transaction of the work, so a crash repeats nothing and loses nothing; and because writes of
//! a workspace follow one another, two nodes that follow at once share the work instead of doing it twice.

mod store;

use crate::event::{self, Numbered};
use crate::{Cx, Result, WorkspaceId};

/// How far a follower is in the caller's workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// It has done its work up to this event.
    pub reached: i64,
    /// The newest event there is.
    pub newest: i64,
}

/// Workspaces with events that `name` has not come to, in order of id, after `after`, at most `limit`.
/// For the operator alone.
pub fn behind(cx: &mut Cx<'_>, name: &str, after: WorkspaceId, limit: i64) -> Result<Vec<WorkspaceId>> {
    cx.everywhere()?;
    store::behind(cx.tx, name, after, limit)
}

/// The next events that `name` has to do something about in the operator's workspace, oldest first, at most `limit`.
pub fn next(cx: &mut Cx<'_>, name: &str, limit: i64) -> Result<Vec<Numbered>> {
    let workspace = cx.operator()?;
    let position = store::position(cx.tx, workspace, name)?;
    event::page(cx, position.reached, limit)
}

/// `name` has done its work up to event `seq` of the operator's workspace. A cursor never moves back.
pub fn advance(cx: &mut Cx<'_>, name: &str, seq: i64) -> Result<()> {
    let workspace = cx.operator()?;
    store::advance(cx.tx, workspace, name, seq)
}

/// How far `name` is in the workspace of the one who asks.
pub fn position(cx: &mut Cx<'_>, name: &str) -> Result<Position> {
    let workspace = cx.workspace()?;
    store::position(cx.tx, workspace, name)
}
