//! When somebody was last there: the last request of a person, to the minute.

use crate::db::args;
use crate::{Cx, PersonId, Result, Time};

/// These people of the operator's workspace made a request at these times. An earlier time changes nothing.
pub fn note(cx: &mut Cx<'_>, people: &[(PersonId, Time)]) -> Result<()> {
    let workspace = cx.operator()?;
    people.iter().try_for_each(|(person, at)| {
        let sql = "INSERT INTO presence (workspace, person, seen_at) VALUES ($1, $2, $3)
                   ON CONFLICT (workspace, person) DO UPDATE SET seen_at = excluded.seen_at
                   WHERE presence.seen_at < excluded.seen_at";
        cx.tx.exec(sql, args![workspace, person, at]).map(drop)
    })
}

/// When somebody of the caller's workspace was last there; `None` when they never were.
pub fn last(cx: &mut Cx<'_>, person: PersonId) -> Result<Option<Time>> {
    let workspace = cx.workspace()?;
    cx.tx.maybe(
        "SELECT seen_at FROM presence WHERE workspace = $1 AND person = $2",
        args![workspace, person],
        |row| row.get(),
    )
}
