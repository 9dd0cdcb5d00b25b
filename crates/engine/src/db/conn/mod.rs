//! A connection to either database. This folder and `search/` alone know which one is underneath.

mod estimate;
mod postgres;
mod row;
mod sqlite;
mod whole;

use std::path::PathBuf;

pub use self::row::Row;
pub use self::sqlite::{Tuning, Use};
use crate::db::value::{Arg, FromColumn};
use crate::{Error, Result, WorkspaceId};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of SQLite's.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server; the URL may hold a password.
    Postgres(String),
}

impl Address {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(url: &str) -> Result<Address> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Address::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Address::Sqlite(path.into())),
            _ => Err(Error::invalid(
                "database_url",
                "A database is named by sqlite:PATH or postgres://USER@HOST/DATABASE.",
            )),
        }
    }
}

/// An open connection, inside or outside a transaction.
pub struct Conn {
    kind: Kind,
    statements: u64,
}

enum Kind {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Postgres>),
}

impl Conn {
    /// Connects. A SQLite file that is not there is created for [`Use::Write`].
    pub(crate) fn open(address: &Address, usage: Use, tuning: Tuning) -> Result<Conn> {
        let kind = match address {
            Address::Sqlite(path) => Kind::Sqlite(sqlite::open(path, usage, tuning)?),
            Address::Postgres(url) => Kind::Postgres(Box::new(postgres::Postgres::connect(url)?)),
        };
        Ok(Conn { kind, statements: 0 })
    }

    /// A database that is nowhere but in memory and goes away with its connection.
    pub(super) fn in_memory() -> Result<Conn> {
        Ok(Conn { kind: Kind::Sqlite(sqlite::in_memory()?), statements: 0 })
    }

    /// Tells a database that cannot know it how large tables become. PostgreSQL counts for itself.
    pub(super) fn estimate(&self) -> Result<()> {
        match &self.kind {
            Kind::Sqlite(db) => estimate::write(db),
            Kind::Postgres(_) => Ok(()),
        }
    }

    /// How many statements ran on it so far; a test holds a verb to its budget with this.
    pub(crate) fn statements(&self) -> u64 {
        self.statements
    }

    /// Runs a statement that gives no rows; the number of rows it changed.
    pub(crate) fn exec(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
        self.statements += 1;
        bindable(args)?;
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, sql, args),
            Kind::Postgres(db) => db.exec(sql, args),
        }
    }

    /// Runs a statement and hands each row of its answer over.
    pub(crate) fn each(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        mut row: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.statements += 1;
        bindable(args)?;
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::query(db, sql, args, &mut row),
            Kind::Postgres(db) => db.query(sql, args, &mut row),
        }
    }

    /// All rows of an answer.
    pub(crate) fn all<T>(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(sql, args, |row| read(row).map(|value| rows.push(value)))?;
        Ok(rows)
    }

    /// The one row of an answer, if there is one.
    pub(crate) fn maybe<T>(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.each(sql, args, |row| read(row).map(|value| found = Some(value)))?;
        Ok(found)
    }

    /// The one row of an answer that has one, such as that of `RETURNING`.
    pub(crate) fn one<T>(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.maybe(sql, args, read)?.ok_or_else(|| Error::Internal(format!("no row from: {sql}")))
    }

    /// The one column of the one row.
    pub(crate) fn scalar<T: FromColumn>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<T> {
        self.one(sql, args, |row| row.get())
    }

    /// Begins to write. On PostgreSQL the workspace's counter row is locked first of all, so that batches of
    /// several nodes queue behind each other instead of deadlocking.
    pub(crate) fn begin_write(&mut self, workspace: Option<WorkspaceId>) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, "BEGIN IMMEDIATE", &[]).map(drop),
            Kind::Postgres(db) => db.script(&begin_and_lock(workspace)),
        }
    }

    /// Begins to change the schema; only one process at a time gets past this.
    pub(crate) fn begin_migration(&mut self) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, "BEGIN IMMEDIATE", &[]).map(drop),
            Kind::Postgres(db) => {
                db.script(&format!("{BEGIN_TO_WRITE}; SELECT pg_advisory_xact_lock(7238461930142)"))
            }
        }
    }

    /// A migration's text as this database takes it: see the head of `0001_foundation.sql`.
    pub(super) fn schema_text(&self, sql: &str) -> String {
        match self.kind {
            Kind::Sqlite(_) => sql.replace("/* clustered */", "WITHOUT ROWID"),
            Kind::Postgres(_) => sql.to_owned(),
        }
    }

    /// [`Error::Conflict`] when the server is too old, or would sort or store text differently than SQLite.
    pub(super) fn check_server(&mut self) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres(db) => db.check(),
        }
    }

    /// Begins to read one unchanging state of the database.
    pub(crate) fn begin_read(&mut self) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, "BEGIN", &[]).map(drop),
            Kind::Postgres(db) => db.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Makes everything since the beginning durable.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.simple("COMMIT")
    }

    /// Commits, and leaves `mark` behind where the answer to a commit can be lost on its way.
    pub(crate) fn commit_with_mark(&mut self, mark: &str) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, "COMMIT", &[]).map(drop),
            Kind::Postgres(db) => {
                db.script(&format!("INSERT INTO commit_mark (id) VALUES ('{mark}'); COMMIT"))
            }
        }
    }

    /// Leaves `mark` in a transaction of its own; false when it was there already.
    pub(crate) fn leave_mark(&mut self, mark: &str) -> Result<bool> {
        let left = self.exec(
            "INSERT INTO commit_mark (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
            &[Arg::Text(mark)],
        )?;
        Ok(left == 1)
    }

    /// Forgets everything since the beginning; no error when nothing has begun, but one when the connection is
    /// closed and of no further use.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        match &self.kind {
            Kind::Sqlite(db) if db.is_autocommit() => Ok(()),
            _ => self.simple("ROLLBACK"),
        }
    }

    /// Marks the point to which [`Conn::rollback_to_savepoint`] goes back.
    pub(crate) fn savepoint(&mut self) -> Result<()> {
        self.simple("SAVEPOINT verb")
    }

    /// Keeps what was done since the savepoint.
    pub(crate) fn release_savepoint(&mut self) -> Result<()> {
        self.simple("RELEASE verb")
    }

    /// Undoes what was done since the savepoint.
    pub(crate) fn rollback_to_savepoint(&mut self) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => {
                sqlite::exec(db, "ROLLBACK TO verb", &[])?;
                sqlite::exec(db, "RELEASE verb", &[]).map(drop)
            }
            Kind::Postgres(db) => db.script("ROLLBACK TO verb; RELEASE verb"),
        }
    }

    /// False when SQLite has rolled the whole transaction back by itself, as it may on a full disk, an I/O
    /// error or an interrupt. PostgreSQL never does.
    pub(crate) fn in_transaction(&self) -> bool {
        match &self.kind {
            Kind::Sqlite(db) => !db.is_autocommit(),
            Kind::Postgres(db) => !db.is_closed(),
        }
    }

    /// Several statements without arguments.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => db.execute_batch(sql).map_err(sqlite::fault),
            Kind::Postgres(db) => db.script(sql),
        }
    }

    /// Ends what a failed read left open; an error when the connection is of no further use.
    pub(super) fn rollback_if_failed<T>(&mut self, outcome: &Result<T>) -> Result<()> {
        if outcome.is_err() { self.rollback() } else { Ok(()) }
    }

    fn simple(&mut self, sql: &'static str) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::exec(db, sql, &[]).map(drop),
            Kind::Postgres(db) => db.script(sql),
        }
    }
}

/// Who has waited for a lock must see what its holder did, whatever isolation the server's settings prefer.
const BEGIN_TO_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

fn begin_and_lock(workspace: Option<WorkspaceId>) -> String {
    match workspace {
        Some(WorkspaceId(id)) => {
            format!("{BEGIN_TO_WRITE}; SELECT event_seq FROM counter WHERE workspace = {id} FOR UPDATE")
        }
        None => BEGIN_TO_WRITE.to_owned(),
    }
}

/// PostgreSQL's text cannot hold NUL, and what one database cannot hold must not be in the other.
fn bindable(args: &[Arg<'_>]) -> Result<()> {
    let has_nul = |arg: &Arg<'_>| matches!(arg, Arg::Text(text) if text.contains('\0'));
    match args.iter().any(has_nul) {
        true => Err(Error::invalid("text", "Text may not contain the character U+0000.")),
        false => Ok(()),
    }
}
