//! The statements of this room.

use super::Position;
use crate::db::{Conn, args};
use crate::{Result, WorkspaceId};

pub(super) fn behind(tx: &mut Conn, name: &str, after: WorkspaceId, limit: i64) -> Result<Vec<WorkspaceId>> {
    tx.all(
        "SELECT k.workspace FROM counter k
         LEFT JOIN follower f ON f.workspace = k.workspace AND f.name = $1
         WHERE k.workspace > $2 AND k.event_seq > COALESCE(f.seq, 0) ORDER BY k.workspace LIMIT $3",
        args![name, after, limit],
        |row| row.get(),
    )
}

pub(super) fn position(tx: &mut Conn, workspace: WorkspaceId, name: &str) -> Result<Position> {
    tx.one(
        "SELECT COALESCE(f.seq, 0), k.event_seq FROM counter k
         LEFT JOIN follower f ON f.workspace = k.workspace AND f.name = $2 WHERE k.workspace = $1",
        args![workspace, name],
        |row| Ok(Position { reached: row.get()?, newest: row.get()? }),
    )
}

pub(super) fn advance(tx: &mut Conn, workspace: WorkspaceId, name: &str, seq: i64) -> Result<()> {
    tx.exec(
        "INSERT INTO follower (workspace, name, seq) VALUES ($1, $2, $3)
         ON CONFLICT (workspace, name) DO UPDATE SET seq = excluded.seq WHERE follower.seq < excluded.seq",
        args![workspace, name, seq],
    )?;
    Ok(())
}
