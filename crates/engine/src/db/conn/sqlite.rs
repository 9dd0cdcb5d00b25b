//! SQLite: one file, one writer, as many readers as there are threads.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};

use super::row::{Raw, Row};
use crate::db::value::{Arg, Column};
use crate::error::Cause;
use crate::{Error, Result};

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// The one connection that writes.
    Write,
    /// A connection that can do nothing but read.
    Read,
    /// Fills a new SQLite file that is thrown away unless it becomes complete, so it needs no journal;
    /// on PostgreSQL as [`Use::Write`].
    Fill,
    /// Reads a SQLite file that nobody writes, such as one in a backup, without touching anything in or
    /// beside it; on PostgreSQL as [`Use::Read`].
    Inspect,
}

/// How much of a file a connection keeps in memory, and how often the log is folded into it.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Page cache of each connection, in KiB.
    pub cache_kib: u32,
}

/// SQLite's own.
impl Default for Tuning {
    fn default() -> Tuning {
        Tuning { cache_kib: 2_000 }
    }
}

/// Statements kept prepared on each connection: more than the program has, so that none is ever prepared twice.
const STATEMENTS_MAX: usize = 512;

/// How long a connection waits for another process's lock (a `backup`, a `doctor`) before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Pages in the write-ahead log before it is folded into the file. The checkpoint sets the slowest posts:
/// measured p99 6 ms at 300 pages and 18 ms at 4,000.
const CHECKPOINT_PAGES: u32 = 300;

/// How often a fresh file is tried again while others set it up, and the pause between two tries.
const SWITCH_TRIES: u32 = 50;
const SWITCH_PAUSE: Duration = Duration::from_millis(20);

/// The page cache of a connection that goes through a whole file once, in KiB.
const PASSAGE_CACHE_KIB: u32 = 64 * 1024;

/// Opens `path`, creating it when `usage` writes.
pub(super) fn open(path: &Path, usage: Use, tuning: Tuning) -> Result<Connection> {
    let access = match usage {
        Use::Write | Use::Fill => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Use::Read => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Use::Inspect => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let db = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fault)?;
    // Before journal_mode: two connections that switch a fresh file to WAL at once would fail without it.
    db.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Without this promise of stable plans SQLite prepares a statement anew whenever another value is bound to it, in
    // case the value suggests another plan: measured, six times the cost of looking up a token.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
    configure(&db, &pragmas(usage, tuning))?;
    Ok(db)
}

/// Sets up a connection. Where several switch a fresh file to WAL at once SQLite says that it is busy without having
/// waited, because waiting could be for ever; asked again a moment later it is not.
fn configure(db: &Connection, pragmas: &str) -> Result<()> {
    for _ in 0..SWITCH_TRIES {
        match db.execute_batch(pragmas).map_err(fault) {
            Err(error) if error.cause() == Some(Cause::Lock) => std::thread::park_timeout(SWITCH_PAUSE),
            done => return done,
        }
    }
    db.execute_batch(pragmas).map_err(fault)
}

/// A database that is nowhere but in memory.
pub(super) fn in_memory() -> Result<Connection> {
    Connection::open_in_memory().map_err(fault)
}

/// See [`crate::db::Conn::vacuum_into`].
pub(super) fn vacuum_into(db: &Connection, path: &Path) -> Result<()> {
    let path = path.to_str().ok_or_else(|| Error::Internal("SQLite takes paths in UTF-8 only".into()))?;
    // A connection that only reads counts the copy as writing.
    db.execute_batch("PRAGMA query_only = 0").map_err(fault)?;
    db.execute("VACUUM INTO ?1", [path]).map(drop).map_err(fault)
}

fn pragmas(usage: Use, tuning: Tuning) -> String {
    let always = "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";
    match usage {
        Use::Fill => format!(
            "{always} PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA cache_size = -{PASSAGE_CACHE_KIB};"
        ),
        Use::Inspect => format!("{always} PRAGMA cache_size = -{PASSAGE_CACHE_KIB}; PRAGMA query_only = 1;"),
        Use::Write | Use::Read => {
            let (cache_kib, query_only) = (tuning.cache_kib, u8::from(usage == Use::Read));
            format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{cache_kib};
                 PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA journal_size_limit = 67108864;
                 {always} PRAGMA query_only = {query_only};"
            )
        }
    }
}

/// Runs a statement that gives no rows; the number of rows it changed.
pub(super) fn exec(db: &Connection, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
    let mut statement = prepare(db, sql, args)?;
    let changed = statement.raw_execute().map_err(fault)?;
    Ok(changed as u64)
}

/// Runs a statement and hands over its rows until `each` has enough.
pub(super) fn query(
    db: &Connection,
    sql: &str,
    args: &[Arg<'_>],
    each: &mut dyn FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = prepare(db, sql, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        each(&Row::new(Raw::Sqlite(row)))?;
    }
    Ok(())
}

/// SQLite numbers `$n` in order of first appearance, PostgreSQL by the digit; binding by the name makes both
/// mean the digit.
fn prepare<'c>(db: &'c Connection, sql: &str, args: &[Arg<'_>]) -> Result<CachedStatement<'c>> {
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    for index in 1..=statement.parameter_count() {
        let digit = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        let arg = digit
            .and_then(|digit| args.get(digit.wrapping_sub(1)))
            .ok_or_else(|| Error::Internal(format!("no argument for parameter {index} of: {sql}")))?;
        bind(&mut statement, index, arg)?;
    }
    Ok(statement)
}

fn bind(statement: &mut CachedStatement<'_>, index: usize, arg: &Arg<'_>) -> Result<()> {
    if let Arg::Uuid(id) = arg {
        let mut spelled = uuid::Uuid::encode_buffer();
        let text: &str = id.as_hyphenated().encode_lower(&mut spelled);
        return statement.raw_bind_parameter(index, text).map_err(fault);
    }
    statement.raw_bind_parameter(index, arg).map_err(fault)
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Arg::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Arg::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Arg::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Arg::Uuid(id) => ToSqlOutput::from(id.to_string()),
        })
    }
}

/// Column `index` of `row`.
pub(super) fn column<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<Column<'r>> {
    match row.get_ref(index).map_err(fault)? {
        ValueRef::Null => Ok(Column::Null),
        ValueRef::Integer(value) => Ok(Column::Int(value)),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(Column::Text)
            .map_err(|_| Error::Internal("stored text is not UTF-8".into())),
        other => Err(Error::Internal(format!(
            "a {:?} is stored where only integers and text belong",
            other.data_type()
        ))),
    }
}

/// What an error of SQLite means to a caller.
pub(super) fn fault(error: rusqlite::Error) -> Error {
    let message = format!("The database could not do this: {error}");
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy) => Error::busy(Cause::Lock, message),
        Some(ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted) => {
            Error::busy(Cause::Contention, message)
        }
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied,
        ) => Error::busy(Cause::Disk, message),
        _ => Error::Internal(message),
    }
}
