//! Carriers of all workspaces: the server speaks with all of them, and a gateway names its carrier by id alone.

use super::Carrier;
use super::store::{columns, read};
use crate::db::{Row, args};
use crate::{CarrierId, Cx, Result, Time, WorkspaceId};

/// All carriers, each with its workspace. For the operator alone.
pub fn all(cx: &mut Cx<'_>) -> Result<Vec<(WorkspaceId, Carrier)>> {
    cx.everywhere()?;
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
    cx.everywhere()?;
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

/// How long a node holds a carrier without saying so again, in seconds.
const HELD_SECONDS: i64 = 6;

/// What one node has to do with the carriers of all workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Those that it holds, each with its workspace.
    pub carriers: Vec<(WorkspaceId, Carrier)>,
    /// Whether it is time for it to [`hold`]: nobody holds some, or its own time is half over.
    pub is_due: bool,
}

/// Holds for a node whatever it holds already or nobody holds, for some seconds: two nodes that spoke with one carrier
/// would hand it everything twice. Whoever dies is followed by another when its time is up. For the operator alone.
pub fn hold(cx: &mut Cx<'_>, node: &str) -> Result<()> {
    cx.everywhere()?;
    cx.tx.exec(
        "UPDATE carrier SET holder = $1, held_until = $2
         WHERE removed_at IS NULL AND (holder IS NULL OR holder = $1 OR held_until <= $3)",
        args![node, cx.now.plus_seconds(HELD_SECONDS), cx.now],
    )?;
    Ok(())
}

/// What a node holds now, and whether it should hold anew. For the operator alone.
pub fn held(cx: &mut Cx<'_>, node: &str) -> Result<Held> {
    cx.everywhere()?;
    let (now, half) = (cx.now, cx.now.plus_seconds(HELD_SECONDS / 2));
    let mut held = Held { carriers: Vec::new(), is_due: false };
    cx.tx.each(
        concat!(
            "SELECT k.holder, k.held_until, k.workspace, ",
            columns!(),
            " FROM carrier k WHERE k.removed_at IS NULL ORDER BY k.workspace, k.id"
        ),
        &[],
        |row| {
            let (holder, until) = (row.get::<Option<String>>()?, row.get::<Option<Time>>()?);
            let is_ours = holder.as_deref() == Some(node);
            let until = until.unwrap_or(now);
            held.is_due |= until <= if is_ours { half } else { now };
            if is_ours && until > now {
                held.carriers.push(with_workspace(row)?);
            }
            Ok(())
        },
    )?;
    Ok(held)
}

/// A node that stops holds nothing any more, so that another need not wait. For the operator alone.
pub fn let_go(cx: &mut Cx<'_>, node: &str) -> Result<()> {
    cx.everywhere()?;
    cx.tx.exec("UPDATE carrier SET holder = NULL, held_until = NULL WHERE holder = $1", args![node])?;
    Ok(())
}

fn with_workspace(row: &Row<'_>) -> Result<(WorkspaceId, Carrier)> {
    Ok((row.get()?, read(row)?))
}
