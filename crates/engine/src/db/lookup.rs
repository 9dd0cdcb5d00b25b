//! Looking for many rows by their keys, a fixed number of keys in a statement, so that it stays prepared under one text.

use super::{Arg, Conn, Row, ToArg};
use crate::{Result, WorkspaceId};

/// Keys that one statement looks for.
const KEYS: usize = 64;

impl Conn {
    /// Every row that has one of these keys. The statement names the workspace as `$1`, and the keys as `IN ($keys)`.
    pub(crate) fn among<K: ToArg, T>(
        &mut self,
        sql: &str,
        workspace: WorkspaceId,
        keys: &[K],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let places: Vec<String> = (2..KEYS + 2).map(|place| format!("${place}")).collect();
        let sql = sql.replace("$keys", &places.join(", "));
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(KEYS) {
            // Places that are left over hold nothing, and nothing is equal to it.
            let mut args = [Arg::Null; KEYS + 1];
            args[0] = workspace.to_arg();
            args[1..].iter_mut().zip(some).for_each(|(arg, key)| *arg = key.to_arg());
            found.extend(self.all(&sql, &args, &read)?);
        }
        Ok(found)
    }
}
