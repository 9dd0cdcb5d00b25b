//! The statements of this room; it owns the tables `carrier` and `received`.

use super::{Carrier, Kind};
use crate::db::{Conn, Row, args};
use crate::{CarrierId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a carrier under the alias `k`.
macro_rules! columns {
    () => {
        "k.id, k.kind, k.address, k.url, k.secret, k.state, k.state_detail, k.state_at, k.created_at"
    };
}
pub(super) use columns;

/// Reads the columns of [`columns!`].
pub(super) fn read(row: &Row<'_>) -> Result<Carrier> {
    Ok(Carrier {
        id: row.get()?,
        kind: row.get::<Kind>()?,
        address: row.get()?,
        url: row.get()?,
        secret: row.get()?,
        state: row.get()?,
        state_detail: row.get()?,
        state_at: row.get()?,
        created_at: row.get()?,
    })
}

/// False when the address has a carrier.
pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, new: &Carrier) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO carrier (workspace, id, kind, address, url, secret, state, state_detail, state_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace, address) WHERE removed_at IS NULL DO NOTHING",
        args![
            workspace, new.id, new.kind, new.address, new.url, new.secret, new.state, new.state_detail,
            new.state_at, new.created_at
        ],
    )?;
    Ok(inserted == 1)
}

/// There are never so many that a list has a second page.
pub(super) fn list(tx: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Carrier>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM carrier k WHERE k.workspace = $1 AND k.removed_at IS NULL ORDER BY k.id"
        ),
        args![workspace],
        read,
    )
}

pub(super) fn remove(tx: &mut Conn, workspace: WorkspaceId, id: CarrierId, now: Time) -> Result<()> {
    // Whatever opens it is not needed any more.
    tx.exec(
        "UPDATE carrier SET removed_at = $3, url = NULL, secret = NULL WHERE workspace = $1 AND id = $2",
        args![workspace, id, now],
    )?;
    Ok(())
}

/// How a carrier stands.
pub(super) struct Standing<'a> {
    pub(super) id: CarrierId,
    pub(super) state: &'a str,
    pub(super) detail: &'a str,
    pub(super) at: Time,
}

pub(super) fn set_state(tx: &mut Conn, workspace: WorkspaceId, new: &Standing<'_>) -> Result<()> {
    tx.exec(
        "UPDATE carrier SET state = $3, state_detail = $4, state_at = $5
         WHERE workspace = $1 AND id = $2 AND (state <> $3 OR state_detail <> $4)",
        args![workspace, new.id, new.state, new.detail, new.at],
    )?;
    Ok(())
}
