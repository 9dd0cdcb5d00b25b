//! Who wants to hear no more from a workspace. It holds whatever is sent and whoever sends it.

pub mod keyword;

use crate::db::{Arg, args};
use crate::{Cx, Result};

/// Addresses that one statement looks up.
const LOOKUP_MAX: usize = 64;

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
    let places: Vec<String> = (2..LOOKUP_MAX + 2).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    let sql = format!("SELECT address FROM opt_out WHERE workspace = $1 AND address IN ({places})");
    let mut found = Vec::new();
    for some in addresses.chunks(LOOKUP_MAX) {
        // Places that are left over hold nothing, so that there is one text, which stays prepared.
        let mut args = vec![Arg::Null; LOOKUP_MAX + 1];
        args[0] = Arg::Int(workspace.0);
        args[1..].iter_mut().zip(some).for_each(|(arg, address)| *arg = Arg::Text(address));
        found.extend(cx.tx.all(&sql, &args, |row| row.get::<String>())?);
    }
    Ok(found)
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
