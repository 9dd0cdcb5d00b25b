//! What is due, wherever: a sender serves all workspaces.

use super::FRESH_SECONDS;
use crate::db::args;
use crate::{Cx, MemoId, Result, Time, WorkspaceId};

/// A memo that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Which.
    pub id: MemoId,
    /// Since when; whoever claims it moves this.
    pub due_at: Time,
}

/// What is due in all workspaces, the longest overdue first, at most `limit`. For the operator alone.
pub fn due(cx: &mut Cx<'_>, limit: i64) -> Result<Vec<Due>> {
    cx.everywhere()?;
    cx.tx.all(
        "SELECT workspace, id, due_at FROM memo
         WHERE due_at <= $1 AND happened_at > $2 ORDER BY due_at, workspace, id LIMIT $3",
        args![cx.now, cx.now.plus_seconds(-FRESH_SECONDS), limit],
        |row| Ok(Due { workspace: row.get()?, id: row.get()?, due_at: row.get()? }),
    )
}
