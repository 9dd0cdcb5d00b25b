//! Brings the schema up to date when the server starts: under a lock, each step once, recorded.

use super::{Conn, args};
use crate::{Error, Result, Time};

/// A step of the schema's history. A step that has been released is never edited.
struct Step {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const STEPS: &[Step] =
    &[Step { number: 1, name: "foundation", sql: include_str!("../../migrations/0001_foundation.sql") }];

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)";

/// Applies what is missing, all in one transaction. [`Error::Conflict`] when the database was written by a
/// newer Parlance, or is one that cannot hold a conversation (see [`Conn::check_server`]).
pub(super) fn run(conn: &mut Conn, now: Time) -> Result<()> {
    conn.check_server()?;
    conn.begin_migration()?;
    let outcome = apply(conn, now).and_then(|()| conn.commit());
    if outcome.is_err() {
        conn.rollback()?;
    }
    outcome
}

fn apply(conn: &mut Conn, now: Time) -> Result<()> {
    conn.script(RECORD)?;
    let applied: i64 = conn.scalar("SELECT COALESCE(MAX(number), 0) FROM migration", &[])?;
    let known = STEPS.last().map_or(0, |step| step.number);
    if applied > known {
        return Err(Error::Conflict(format!(
            "This database was written by a newer Parlance (schema {applied}; this program knows {known}). \
             Start that version, or restore a backup made with this one."
        )));
    }
    STEPS.iter().filter(|step| step.number > applied).try_for_each(|step| apply_step(conn, step, now))
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
