//! Who wants to hear no more from a workspace. It holds whatever is sent and whoever sends it.

pub mod keyword;

use crate::db::args;
use crate::{Cx, Result};

/// Whether the owner of this address (a phone number as E.164) wants no more from the workspace. [`crate::Error::Forbidden`]
/// for a person who is no agent.
pub fn has(cx: &mut Cx<'_>, address: &str) -> Result<bool> {
    let workspace = cx.staff()?;
    let found: i64 = cx.tx.scalar(
        "SELECT COUNT(*) FROM opt_out WHERE workspace = $1 AND address = $2",
        args![workspace, address],
    )?;
    Ok(found > 0)
}

/// Those of these addresses whose owners want no more.
pub(crate) fn among(cx: &mut Cx<'_>, addresses: &[String]) -> Result<Vec<String>> {
    let workspace = cx.workspace()?;
    let sql = "SELECT address FROM opt_out WHERE workspace = $1 AND address IN ($keys)";
    cx.tx.among(sql, workspace, addresses, |row| row.get())
}

/// Notes that the owner of this address said in these words that they want no more; false when that was known.
pub(crate) fn add(cx: &mut Cx<'_>, address: &str, text: &str) -> Result<bool> {
    let workspace = cx.workspace()?;
    let added = cx.tx.exec(
        "INSERT INTO opt_out (workspace, address, text, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, address) DO NOTHING",
        args![workspace, address, text, cx.now],
    )?;
    Ok(added == 1)
}

/// The owner of this address wants to hear again; false when they never said otherwise.
pub(crate) fn take_back(cx: &mut Cx<'_>, address: &str) -> Result<bool> {
    let workspace = cx.workspace()?;
    let sql = "DELETE FROM opt_out WHERE workspace = $1 AND address = $2";
    Ok(cx.tx.exec(sql, args![workspace, address])? == 1)
}
