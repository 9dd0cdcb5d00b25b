//! Whether an installation is sound: looked at from outside of all workspaces, without changing anything.
//!
//! Everything that is kept beside the rows it follows from (counts, totals, highest numbers) is counted again here.

mod store;

use std::path::Path;

use crate::db::{Address, Conn, Tuning, Use};
use crate::{FileId, Result, Time, WorkspaceId};

/// A database that is looked at. Each question is answered from one unchanging state of it.
pub struct Checkup(Conn);

/// How new a database's schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Its number.
    pub applied: i64,
    /// The number of this program's own.
    pub known: i64,
}

/// Rows that contradict others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// What they are, as `conversations whose …`.
    pub what: &'static str,
    /// How many.
    pub count: i64,
    /// The id of one of them.
    pub example: String,
}

/// A file whose bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Its id, under which the bytes lie.
    pub id: FileId,
    /// Whether it hangs on a message. One that was only uploaded is swept away after a day, bytes first.
    pub is_attached: bool,
    /// How many bytes.
    pub size_bytes: i64,
}

impl Checkup {
    /// Connects to a database that others may be using. A file that is not there is not made.
    pub fn open(address: &Address) -> Result<Checkup> {
        Conn::open(address, Use::Read, Tuning::default()).map(Checkup)
    }

    /// Opens the file of a backup, without touching anything in it or beside it.
    pub fn open_backup(file: &Path) -> Result<Checkup> {
        Conn::open(&Address::Sqlite(file.to_owned()), Use::Inspect, Tuning::default()).map(Checkup)
    }

    /// How new the schema is; [`crate::Error::Conflict`] when this is no database of ours.
    pub fn schema(&mut self) -> Result<Schema> {
        self.0.schema().map(|(applied, known)| Schema { applied, known })
    }

    /// What is wrong with the database as such, a sentence each.
    pub fn faults(&mut self) -> Result<Vec<String>> {
        self.0.faults()
    }

    /// What contradicts what. Reads everything: seconds for each million messages.
    pub fn discrepancies(&mut self) -> Result<Vec<Discrepancy>> {
        self.in_snapshot(store::discrepancies)
    }

    /// When something last happened in any workspace.
    pub fn newest_event(&mut self) -> Result<Option<Time>> {
        store::newest_event(&mut self.0)
    }

    /// The next few hundred files after this one, in order; none at the end.
    pub fn files(&mut self, after: Option<&Kept>) -> Result<Vec<Kept>> {
        store::files(&mut self.0, after)
    }

    fn in_snapshot<T>(&mut self, read: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.0.begin_read()?;
        let outcome = read(&mut self.0);
        self.0.rollback()?;
        outcome
    }
}
