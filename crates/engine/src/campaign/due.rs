//! What is due, wherever: one runner serves all workspaces.

use super::State;
use crate::db::args;
use crate::{Cx, Result, WorkspaceId};

/// A campaign of which something is to be sent or called off now, or of whose list a page is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Which.
    pub ticket: String,
    /// How it stands: [`super::compute`] is for one that is [`State::Computing`], [`super::call_off()`] for one that is
    /// [`State::Cancelled`], [`super::expand()`] for every other.
    pub state: State,
}

/// What is to be done now in all workspaces, what has waited longest first, at most `limit`. For the operator alone.
pub fn due(cx: &mut Cx<'_>, limit: i64) -> Result<Vec<Due>> {
    cx.everywhere()?;
    cx.tx.all(
        "SELECT workspace, ticket, state FROM campaign
         WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at NULLS LAST LIMIT $2",
        args![cx.now, limit],
        |row| Ok(Due { workspace: row.get()?, ticket: row.get()?, state: row.get()? }),
    )
}
