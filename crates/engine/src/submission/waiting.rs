//! The statements about messages that wait for their carrier, to be called off.

use crate::db::{Conn, args};
use crate::{MessageId, Result, WorkspaceId};

/// Those to an address.
pub(super) fn to_address(
    tx: &mut Conn,
    workspace: WorkspaceId,
    address: &str,
    limit: i64,
) -> Result<Vec<MessageId>> {
    tx.all(
        "SELECT s.message FROM submission s
         WHERE s.workspace = $1 AND s.to_address = $2 AND s.due_at IS NOT NULL ORDER BY s.message LIMIT $3",
        args![workspace, address, limit],
        |row| row.get(),
    )
}

/// Those of a campaign.
pub(super) fn of_campaign(
    tx: &mut Conn,
    workspace: WorkspaceId,
    campaign: &str,
    limit: i64,
) -> Result<Vec<MessageId>> {
    tx.all(
        "SELECT s.message FROM submission s
         WHERE s.workspace = $1 AND s.campaign = $2 AND s.due_at IS NOT NULL ORDER BY s.message LIMIT $3",
        args![workspace, campaign, limit],
        |row| row.get(),
    )
}

/// Those for a carrier that is no more.
pub(super) fn stranded(tx: &mut Conn, workspace: WorkspaceId, limit: i64) -> Result<Vec<MessageId>> {
    tx.all(
        "SELECT s.message FROM carrier k CROSS JOIN submission s
         WHERE k.workspace = $1 AND k.removed_at IS NOT NULL
           AND s.workspace = k.workspace AND s.carrier = k.id AND s.due_at IS NOT NULL LIMIT $2",
        args![workspace, limit],
        |row| row.get(),
    )
}
