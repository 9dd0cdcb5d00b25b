//! Carriers of all workspaces: the server speaks with all of them, and a gateway names its carrier by id alone.

use super::Carrier;
use super::store::{columns, read};
use crate::db::{Row, args};
use crate::{CarrierId, Cx, Error, Principal, Result, WorkspaceId};

/// All carriers, each with its workspace. For the operator alone.
pub fn all(cx: &mut Cx<'_>) -> Result<Vec<(WorkspaceId, Carrier)>> {
    operator(cx)?;
    cx.tx.all(
        concat!(
            "SELECT k.workspace, ",
            columns!(),
            " FROM carrier k WHERE k.removed_at IS NULL ORDER BY k.workspace, k.id"
        ),
        &[],
        with_workspace,
    )
}

/// The carrier with this id, if there is one, and whose it is. For the operator alone.
pub fn by_id(cx: &mut Cx<'_>, id: CarrierId) -> Result<Option<(WorkspaceId, Carrier)>> {
    operator(cx)?;
    cx.tx.maybe(
        concat!(
            "SELECT k.workspace, ",
            columns!(),
            " FROM carrier k WHERE k.id = $1 AND k.removed_at IS NULL"
        ),
        args![id],
        with_workspace,
    )
}

fn with_workspace(row: &Row<'_>) -> Result<(WorkspaceId, Carrier)> {
    Ok((row.get()?, read(row)?))
}

fn operator(cx: &Cx<'_>) -> Result<()> {
    match cx.who {
        Principal::Operator(_) => Ok(()),
        _ => Err(Error::Forbidden("Only the operator can do this.")),
    }
}
