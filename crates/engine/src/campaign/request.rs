//! Request ids: the names that callers give to what they send, so that nothing is sent twice.

use super::store;
use crate::{Cx, Error, Result};

/// How long an id is taken, in seconds (octopush contract §3.1).
const REQUEST_SECONDS: i64 = 24 * 60 * 60;

/// The longest id, in characters.
const ID_CHARS_MAX: usize = 200;

/// Takes the id of a request, if it has one. [`Error::Invalid`] of `request_id` when it was taken within a day, of
/// `request` when it is too long.
pub(super) fn take(cx: &mut Cx<'_>, id: Option<&str>) -> Result<()> {
    let workspace = cx.workspace()?;
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(()) };
    if id.chars().count() > ID_CHARS_MAX {
        return Err(Error::invalid(
            "request",
            format!("A request_id has at most {ID_CHARS_MAX} characters."),
        ));
    }
    let free_since = cx.now.plus_seconds(-REQUEST_SECONDS);
    match store::take_request(cx.tx, workspace, id, (cx.now, free_since))? {
        true => Ok(()),
        false => {
            Err(Error::invalid("request_id", "A request with this id was accepted within the last 24 hours."))
        }
    }
}

/// Forgets, in the operator's workspace, up to `limit` request ids that are free again; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-REQUEST_SECONDS), limit)
}
