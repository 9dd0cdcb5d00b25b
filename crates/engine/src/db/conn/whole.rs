//! What one does with a database as a whole, where each of the two has its own way.

use std::path::Path;

use super::{Conn, Kind, sqlite};
use crate::{Error, Result};

/// A column as SQLite's catalog lists it.
pub(in crate::db) struct Listed {
    pub(in crate::db) table: String,
    pub(in crate::db) column: String,
    /// Its place in the primary key: 1, 2, 3 …, or 0 when it is not part of it.
    pub(in crate::db) key_place: i64,
}

/// Leaves out views, and the tables of a full-text index, which can be made again from the others.
const CATALOG: &str = "SELECT t.name, c.name, c.pk FROM pragma_table_list t JOIN pragma_table_info(t.name) c
     WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY t.name, c.cid";

impl Conn {
    /// The columns of all tables, table by table. Only SQLite is ever asked: a backup is one of its files, and
    /// [`Conn::in_memory`] answers for the schema itself.
    pub(in crate::db) fn catalog(&mut self) -> Result<Vec<Listed>> {
        self.all(CATALOG, &[], |row| {
            Ok(Listed { table: row.get()?, column: row.get()?, key_place: row.get()? })
        })
    }

    /// What is wrong with the database's own structure, a sentence each: SQLite examines its whole file;
    /// PostgreSQL says whether it is one that sorts and stores text as SQLite does.
    pub(crate) fn faults(&mut self) -> Result<Vec<String>> {
        match &mut self.kind {
            Kind::Sqlite(_) => match self.all("PRAGMA integrity_check", &[], |row| row.get::<String>()) {
                Ok(found) => Ok(found.into_iter().filter(|line| line != "ok").collect()),
                // Damage can be such that SQLite does not get as far as listing it.
                Err(Error::Internal(problem)) => Ok(vec![problem]),
                Err(error) => Err(error),
            },
            Kind::Postgres(db) => match db.check() {
                Ok(()) => Ok(Vec::new()),
                Err(Error::Conflict(problem)) => Ok(vec![problem]),
                Err(error) => Err(error),
            },
        }
    }

    /// Writes one unchanging state of a SQLite database, without its unused pages, into the new or empty file
    /// `path`. Unlike the incremental backup interface it never begins again because somebody writes meanwhile.
    pub(in crate::db) fn vacuum_into(&mut self, path: &Path) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(db) => sqlite::vacuum_into(db, path),
            Kind::Postgres(_) => Err(Error::Internal("PostgreSQL is copied table by table".into())),
        }
    }

    /// How many other connections a Parlance has to this PostgreSQL database, as far as this user may see them.
    pub(in crate::db) fn neighbours(&mut self) -> Result<i64> {
        match self.kind {
            Kind::Sqlite(_) => Ok(0),
            Kind::Postgres(_) => self.scalar(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'parlance' AND pid <> pg_backend_pid()",
                &[],
            ),
        }
    }

    /// Tells PostgreSQL's planner what a table that was just filled is like; SQLite plans without.
    pub(in crate::db) fn analyze(&mut self, table: &str) -> Result<()> {
        match &mut self.kind {
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres(db) => db.script(&format!("ANALYZE {table}")),
        }
    }
}
