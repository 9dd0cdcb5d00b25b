//! Credit: what a workspace may still spend on messages, in millionths of its unit of account.

use crate::db::args;
use crate::{Cx, Result};

/// What is left to the caller's workspace.
pub fn balance(cx: &mut Cx<'_>) -> Result<i64> {
    let workspace = cx.workspace()?;
    let balance =
        cx.tx.maybe("SELECT balance_micro FROM wallet WHERE workspace = $1", args![workspace], |row| {
            row.get()
        })?;
    Ok(balance.unwrap_or(0))
}
