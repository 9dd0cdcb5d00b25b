//! The least that runs a prepared statement on either database.

use std::collections::HashMap;
use std::path::Path;

use postgres::Statement;
use postgres::types::ToSql;
use rusqlite::OpenFlags;

use crate::seed::database::Result;

/// The page cache of a connection, as the server's default has it.
const CACHE_KIB: i64 = 8 * 1024;
/// Pages in the log before it is folded into the file, as in the server.
const CHECKPOINT_PAGES: i64 = 300;

/// A value for a statement.
#[derive(Clone, Copy)]
pub(super) enum Arg<'a> {
    /// A BIGINT.
    Int(i64),
    /// A TEXT.
    Text(&'a str),
}

/// The columns of a row, by number from 0.
pub(super) enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// A BIGINT.
    pub(super) fn int(&self, column: usize) -> Result<i64> {
        Ok(self.maybe_int(column)?.ok_or("a number is missing")?)
    }

    /// A BIGINT or NULL.
    pub(super) fn maybe_int(&self, column: usize) -> Result<Option<i64>> {
        Ok(match self {
            Self::Sqlite(row) => row.get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A TEXT.
    pub(super) fn text(&self, column: usize) -> Result<&str> {
        Ok(self.maybe_text(column)?.ok_or("a text is missing")?)
    }

    /// A TEXT or NULL.
    pub(super) fn maybe_text(&self, column: usize) -> Result<Option<&str>> {
        Ok(match self {
            Self::Sqlite(row) => row.get_ref(column)?.as_str_or_null()?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

/// One connection and its prepared statements.
pub(crate) enum Bare {
    /// To SQLite.
    Sqlite(rusqlite::Connection),
    /// To PostgreSQL.
    Postgres(Box<postgres::Client>, HashMap<&'static str, Statement>),
}

impl Bare {
    /// Opens the server's file in the server's way.
    pub(crate) fn sqlite(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = rusqlite::Connection::open_with_flags(path, flags)?;
        // As the server does: statements stay prepared whatever is bound to them.
        db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(&format!(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA cache_size = -{CACHE_KIB}; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
             PRAGMA temp_store = MEMORY;"
        ))?;
        Ok(Self::Sqlite(db))
    }

    /// Connects to the server's database, without TLS as the server does on this machine.
    pub(crate) fn postgres(url: &str) -> Result<Self> {
        Ok(Self::Postgres(Box::new(postgres::Client::connect(url, postgres::NoTls)?), HashMap::new()))
    }

    /// Begins a transaction that writes.
    pub(super) fn begin_write(&mut self) -> Result<()> {
        self.each(if matches!(self, Self::Sqlite(_)) { "BEGIN IMMEDIATE" } else { "BEGIN" }, &[], |_| Ok(()))
    }

    /// Runs a statement whose parameters are written `?1`, `?2` …, and hands over its rows.
    pub(super) fn each(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(db) => {
                let mut statement = db.prepare_cached(sql)?;
                for (place, arg) in (1..).zip(args) {
                    match arg {
                        Arg::Int(value) => statement.raw_bind_parameter(place, value)?,
                        Arg::Text(value) => statement.raw_bind_parameter(place, value)?,
                    }
                }
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next()? {
                    each(&Row::Sqlite(row))?;
                }
                Ok(())
            }
            Self::Postgres(db, statements) => {
                if !statements.contains_key(sql) {
                    statements.insert(sql, db.prepare(&sql.replace('?', "$"))?);
                }
                let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(Arg::as_postgres).collect();
                db.query(&statements[sql], &args)?.iter().try_for_each(|row| each(&Row::Postgres(row)))
            }
        }
    }

    /// What the first row of a statement gives.
    pub(super) fn one<T>(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut found = None;
        self.each(sql, args, |row| {
            found = Some(read(row)?);
            Ok(())
        })?;
        Ok(found.ok_or("a statement gave no row")?)
    }
}

impl Arg<'_> {
    fn as_postgres(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Int(value) => value,
            Self::Text(value) => value,
        }
    }
}
