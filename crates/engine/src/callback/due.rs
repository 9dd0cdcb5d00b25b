//! What is due, wherever: one caller serves all workspaces.

use crate::db::args;
use crate::{Cx, Result, Time, WorkspaceId};

/// A callback that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Its id there.
    pub id: String,
    /// Whom it calls.
    pub host: String,
    /// Since when; whoever claims it moves this.
    pub due_at: Time,
}

/// Of how many hosts how much is asked for.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Hosts behind this one, in order of name.
    pub after_host: String,
    /// How many hosts, at most.
    pub hosts: i64,
    /// How many callbacks of each, at most.
    pub each: i64,
}

/// What is due in all workspaces: of each host the longest overdue first. However much is due to one host, the others
/// have their share. For the operator alone.
pub fn due(cx: &mut Cx<'_>, asking: &Asking) -> Result<Vec<Due>> {
    cx.everywhere()?;
    let mut due = Vec::new();
    for host in hosts(cx, asking)? {
        due.extend(of_host(cx, &host, asking.each)?);
    }
    Ok(due)
}

/// Hosts with something due. From each name the index leads straight to the next, so that a host's backlog is not read.
fn hosts(cx: &mut Cx<'_>, asking: &Asking) -> Result<Vec<String>> {
    cx.tx.all(
        "WITH RECURSIVE known (host) AS (
             SELECT (SELECT MIN(c.host) FROM callback c WHERE c.state = 'waiting' AND c.host > $1)
             UNION ALL
             SELECT (SELECT MIN(c.host) FROM callback c WHERE c.state = 'waiting' AND c.host > k.host)
             FROM known k WHERE k.host IS NOT NULL
         )
         SELECT k.host FROM known k WHERE k.host IS NOT NULL AND EXISTS (
             SELECT 1 FROM callback c WHERE c.state = 'waiting' AND c.host = k.host AND c.due_at <= $2
         ) LIMIT $3",
        args![asking.after_host, cx.now, asking.hosts],
        |row| row.get(),
    )
}

fn of_host(cx: &mut Cx<'_>, host: &str, limit: i64) -> Result<Vec<Due>> {
    cx.tx.all(
        "SELECT workspace, id, host, due_at FROM callback
         WHERE state = 'waiting' AND host = $1 AND due_at <= $2 ORDER BY due_at, workspace, id LIMIT $3",
        args![host, cx.now, limit],
        |row| Ok(Due { workspace: row.get()?, id: row.get()?, host: row.get()?, due_at: row.get()? }),
    )
}
