//! The two databases, as far as filling and asking them needs.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Whatever went wrong, in words.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// One value of a row.
pub(crate) enum Cell {
    /// A BIGINT.
    Int(i64),
    /// A TEXT.
    Text(String),
    /// NULL of either.
    Null,
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).expect("counts are small"))
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A database with the server's schema in it, opened beside no server.
pub(crate) enum Database {
    /// A file.
    Sqlite(rusqlite::Connection),
    /// A cluster.
    Postgres(Box<postgres::Client>),
}

impl Database {
    /// The database at `sqlite:…` or, on this machine and so without TLS, at `postgres://…`.
    pub(crate) fn open(url: &str) -> Result<Self> {
        Ok(match url.strip_prefix("sqlite:") {
            Some(file) => Self::Sqlite(rusqlite::Connection::open(file)?),
            None => Self::Postgres(Box::new(postgres::Client::connect(url, postgres::NoTls)?)),
        })
    }

    /// Runs statements that give nothing.
    pub(crate) fn run(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(db) => db.execute_batch(sql)?,
            Self::Postgres(db) => db.batch_execute(sql)?,
        }
        Ok(())
    }

    /// The one number that a query gives.
    pub(crate) fn number(&mut self, sql: &str) -> Result<i64> {
        Ok(match self {
            Self::Sqlite(db) => db.query_row(sql, [], |row| row.get(0))?,
            Self::Postgres(db) => db.query_one(sql, &[])?.try_get(0)?,
        })
    }

    /// The one text that a query gives.
    pub(crate) fn text(&mut self, sql: &str) -> Result<String> {
        Ok(match self {
            Self::Sqlite(db) => db.query_row(sql, [], |row| row.get(0))?,
            Self::Postgres(db) => db.query_one(sql, &[])?.try_get(0)?,
        })
    }

    /// Puts `rows` into the columns of a table, written `table (a, b)`, by the fastest way there is. The rows are
    /// made on a thread of their own while others are stored.
    pub(crate) fn fill(&mut self, table: &str, rows: impl Iterator<Item = Vec<Cell>> + Send) -> Result<()> {
        let (made, ready) = sync_channel(CHUNKS_AHEAD);
        std::thread::scope(|scope| {
            scope.spawn(move || make(rows, &made));
            let rows = ready.into_iter().flatten();
            match self {
                Self::Sqlite(db) => insert(db, table, rows),
                Self::Postgres(db) => copy(db, table, rows),
            }
        })
    }
}

/// Rows that go from thread to thread together.
const CHUNK_ROWS: usize = 4096;
/// Chunks that may wait to be stored.
const CHUNKS_AHEAD: usize = 4;

fn make(mut rows: impl Iterator<Item = Vec<Cell>>, made: &SyncSender<Vec<Vec<Cell>>>) {
    loop {
        let chunk: Vec<Vec<Cell>> = rows.by_ref().take(CHUNK_ROWS).collect();
        // Nobody takes them any more when storing has failed; that is told where it happened.
        if chunk.is_empty() || made.send(chunk).is_err() {
            return;
        }
    }
}

fn insert(db: &mut rusqlite::Connection, table: &str, rows: impl Iterator<Item = Vec<Cell>>) -> Result<()> {
    let columns = table.matches(',').count() + 1;
    let places: Vec<String> = (1..=columns).map(|place| format!("?{place}")).collect();
    let tx = db.transaction()?;
    {
        let mut statement = tx.prepare(&format!("INSERT INTO {table} VALUES ({})", places.join(", ")))?;
        for row in rows {
            for (place, cell) in (1..).zip(&row) {
                match cell {
                    Cell::Int(value) => statement.raw_bind_parameter(place, value)?,
                    Cell::Text(value) => statement.raw_bind_parameter(place, value)?,
                    Cell::Null => statement.raw_bind_parameter(place, rusqlite::types::Null)?,
                }
            }
            statement.raw_execute()?;
        }
    }
    Ok(tx.commit()?)
}

/// Bytes gathered before they go to the server.
const COPY_BYTES: usize = 1 << 20;

fn copy(db: &mut postgres::Client, table: &str, rows: impl Iterator<Item = Vec<Cell>>) -> Result<()> {
    let mut writer = db.copy_in(&format!("COPY {table} FROM STDIN"))?;
    let mut text = String::with_capacity(COPY_BYTES + 4096);
    for row in rows {
        line(&mut text, &row)?;
        if text.len() >= COPY_BYTES {
            writer.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    writer.write_all(text.as_bytes())?;
    writer.finish()?;
    Ok(())
}

/// One line of COPY's text format. The generator writes no tab, newline or backslash, so nothing is escaped.
fn line(text: &mut String, row: &[Cell]) -> Result<()> {
    for (column, cell) in row.iter().enumerate() {
        text.extend((column > 0).then_some('\t'));
        match cell {
            Cell::Int(value) => write!(text, "{value}")?,
            Cell::Text(value) => text.push_str(value),
            Cell::Null => text.push_str("\\N"),
        }
    }
    text.push('\n');
    Ok(())
}
