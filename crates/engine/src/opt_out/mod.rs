//! Who wants to hear no more from a workspace.

use crate::db::args;
use crate::{Cx, Result};

/// Whether the owner of this phone number (E.164) wants no more from the caller's workspace.
pub fn has(cx: &mut Cx<'_>, phone: &str) -> Result<bool> {
    let workspace = cx.workspace()?;
    let found: i64 = cx.tx.scalar(
        "SELECT COUNT(*) FROM opt_out WHERE workspace = $1 AND address = $2",
        args![workspace, phone],
    )?;
    Ok(found > 0)
}
