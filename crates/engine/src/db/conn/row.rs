//! A row of either database.

use std::cell::Cell;

use super::{postgres, sqlite};
use crate::Result;
use crate::db::value::{Column, FromColumn};

/// A row of an answer. Its columns are read from left to right, each once, so a room's reader of its columns
/// can be used wherever a statement selects them, whatever stands before.
pub struct Row<'r> {
    raw: Raw<'r>,
    next: Cell<usize>,
}

/// The two databases' own rows.
pub(super) enum Raw<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r ::postgres::Row),
}

impl<'r> Row<'r> {
    pub(super) fn new(raw: Raw<'r>) -> Row<'r> {
        Row { raw, next: Cell::new(0) }
    }

    /// The next column.
    pub fn get<T: FromColumn>(&self) -> Result<T> {
        let index = self.next.replace(self.next.get() + 1);
        T::from_column(self.column(index)?)
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match &self.raw {
            Raw::Sqlite(row) => row.as_ref().column_count(),
            Raw::Postgres(row) => row.len(),
        }
    }

    fn column(&self, index: usize) -> Result<Column<'r>> {
        match self.raw {
            Raw::Sqlite(row) => sqlite::column(row, index),
            Raw::Postgres(row) => postgres::column(row, index),
        }
    }
}
