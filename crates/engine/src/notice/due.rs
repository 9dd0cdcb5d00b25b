//! What is due, wherever: a sender serves all workspaces.

use crate::db::args;
use crate::{ConversationId, Cx, PersonId, Result, Time, WorkspaceId};

/// An e-mail that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// To whom.
    pub person: PersonId,
    /// About which conversation.
    pub conversation: ConversationId,
    /// Since when; whoever claims it moves this.
    pub due_at: Time,
}

/// What is due in all workspaces, the longest overdue first, at most `limit`. For the operator alone.
pub fn due(cx: &mut Cx<'_>, limit: i64) -> Result<Vec<Due>> {
    cx.everywhere()?;
    cx.tx.all(
        "SELECT workspace, person, conversation, due_at FROM notice
         WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at NULLS LAST LIMIT $2",
        args![cx.now, limit],
        |row| {
            let (workspace, person, conversation) = (row.get()?, row.get()?, row.get()?);
            Ok(Due { workspace, person, conversation, due_at: row.get()? })
        },
    )
}
