//! Brings the schema up to date when the server starts: under a lock, each step once, recorded.

use super::{Conn, args};
use crate::{Error, Result, Time};

/// A step of the schema's history. A step that has been released is never edited.
struct Step {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const STEPS: &[Step] = &[
    Step { number: 1, name: "foundation", sql: include_str!("../../migrations/0001_foundation.sql") },
    Step { number: 2, name: "support", sql: include_str!("../../migrations/0002_support.sql") },
    Step { number: 3, name: "inbox", sql: include_str!("../../migrations/0003_inbox.sql") },
    Step { number: 4, name: "campaign", sql: include_str!("../../migrations/0004_campaign.sql") },
    Step { number: 5, name: "memo", sql: include_str!("../../migrations/0005_memo.sql") },
    Step { number: 6, name: "opt-out", sql: include_str!("../../migrations/0006_opt_out.sql") },
    Step { number: 7, name: "call off", sql: include_str!("../../migrations/0007_call_off.sql") },
];

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)";

/// Applies what is missing, all in one transaction. [`Error::Conflict`] when the database was written by a
/// newer Parlance, or is one that cannot hold a conversation (see [`Conn::check_server`]).
pub(super) fn run(conn: &mut Conn, now: Time) -> Result<()> {
    begin(conn, now)?;
    conn.commit()
}

/// [`run`], but its transaction stays open: for whoever wants the new schema only together with what goes into it.
pub(super) fn begin(conn: &mut Conn, now: Time) -> Result<()> {
    conn.check_server()?;
    conn.begin_migration()?;
    let outcome = apply(conn, now);
    if outcome.is_err() {
        conn.rollback()?;
    }
    outcome
}

/// The newest step this program knows.
fn known() -> i64 {
    STEPS.last().map_or(0, |step| step.number)
}

/// The newest step that was applied to a database; [`Error::Conflict`] where there is no database of ours.
pub(super) fn found(conn: &mut Conn) -> Result<i64> {
    applied(conn).map_err(|error| match error {
        Error::Internal(problem) => Error::Conflict(format!("This is no database of Parlance's. {problem}")),
        other => other,
    })
}

impl Conn {
    /// The newest step that was applied here, and the newest that this program knows.
    pub(crate) fn schema(&mut self) -> Result<(i64, i64)> {
        Ok((found(self)?, known()))
    }
}

fn applied(conn: &mut Conn) -> Result<i64> {
    conn.scalar("SELECT COALESCE(MAX(number), 0) FROM migration", &[])
}

fn apply(conn: &mut Conn, now: Time) -> Result<()> {
    conn.script(RECORD)?;
    let (applied, known) = (applied(conn)?, known());
    if applied > known {
        return Err(Error::Conflict(format!(
            "This database was written by a newer Parlance (schema {applied}; this program knows {known}). \
             Start that version, or restore a backup made with this one."
        )));
    }
    STEPS.iter().filter(|step| step.number > applied).try_for_each(|step| apply_step(conn, step, now))?;
    conn.estimate()
}

fn apply_step(conn: &mut Conn, step: &Step, now: Time) -> Result<()> {
    tracing::info!(number = step.number, name = step.name, "applying a step of the schema");
    let sql = conn.schema_text(step.sql);
    conn.script(&sql)?;
    conn.exec(
        "INSERT INTO migration (number, name, applied_at) VALUES ($1, $2, $3)",
        args![step.number, step.name, now],
    )?;
    Ok(())
}
