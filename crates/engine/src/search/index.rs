//! The index on whichever database there is: who writes it, and who looks into it.

use std::path::PathBuf;

use super::document::Document;
use super::set::Hit;
use super::store::{Place, Wanted};
use super::{postgres, sqlite};
use crate::Result;
use crate::db::{self, Address, Conn, Use};

/// An open index.
pub(super) struct Index {
    /// Where it is kept.
    pub(super) conn: Conn,
    kind: Kind,
}

enum Kind {
    /// In a file of its own.
    Sqlite(PathBuf),
    /// In tables beside the others.
    Postgres,
}

impl Index {
    /// Opens it to write, making it where it is missing or not ours.
    pub(super) fn open(options: &db::Options, installation: &str) -> Result<Index> {
        if let Address::Sqlite(database) = &options.address {
            let path = sqlite::path(database);
            return Ok(Index { conn: sqlite::open(&path, installation)?, kind: Kind::Sqlite(path) });
        }
        let mut conn = Conn::open(&options.address, Use::Write, options.tuning)?;
        postgres::prepare(&mut conn, installation)?;
        Ok(Index { conn, kind: Kind::Postgres })
    }

    /// Opens it to search; it must have been opened to write before.
    pub(super) fn open_to_read(options: &db::Options) -> Result<Index> {
        match &options.address {
            Address::Sqlite(database) => {
                let path = sqlite::path(database);
                Ok(Index { conn: sqlite::open_to_read(&path)?, kind: Kind::Sqlite(path) })
            }
            Address::Postgres(_) => {
                let conn = Conn::open(&options.address, Use::Read, options.tuning)?;
                Ok(Index { conn, kind: Kind::Postgres })
            }
        }
    }

    /// Whether its file was taken away while it was open.
    pub(super) fn is_gone(&self) -> bool {
        matches!(&self.kind, Kind::Sqlite(path) if !path.exists())
    }

    /// Throws it away, because it is damaged. On PostgreSQL that is for the operator to find out.
    pub(super) fn remove(self) -> Result<()> {
        match self.kind {
            Kind::Sqlite(path) => {
                drop(self.conn);
                sqlite::remove(&path)
            }
            Kind::Postgres => Ok(()),
        }
    }

    /// Whether nobody else fills this place from now on, until [`Index::release`] or the end of the connection.
    pub(super) fn claim(&mut self, place: Place) -> Result<bool> {
        match self.kind {
            Kind::Sqlite(_) => Ok(true),
            Kind::Postgres => postgres::claim(&mut self.conn, place),
        }
    }

    /// Lets others fill it.
    pub(super) fn release(&mut self, place: Place) -> Result<()> {
        match self.kind {
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres => postgres::release(&mut self.conn, place),
        }
    }

    /// Runs `work` in one transaction.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&mut Index) -> Result<T>) -> Result<T> {
        self.conn.begin_write(None)?;
        let outcome = work(self);
        match outcome {
            Ok(value) => self.conn.commit().map(|()| value),
            Err(error) => {
                self.conn.rollback()?;
                Err(error)
            }
        }
    }

    /// Puts documents in place of what was there; they come as [`once_each`] leaves them.
    pub(super) fn put(&mut self, place: Place, documents: &[Document]) -> Result<()> {
        match self.kind {
            Kind::Sqlite(_) => sqlite::put(&mut self.conn, place, documents),
            Kind::Postgres => postgres::put(&mut self.conn, place, documents),
        }
    }

    /// Hands over what has the phrase.
    pub(super) fn find(&mut self, wanted: Wanted<'_>, each: &mut dyn FnMut(Hit) -> Result<()>) -> Result<()> {
        match self.kind {
            Kind::Sqlite(_) => sqlite::find(&mut self.conn, wanted, each),
            Kind::Postgres => postgres::find(&mut self.conn, wanted, each),
        }
    }

    /// Takes some documents out of a place; false when there is none any more.
    pub(super) fn clear(&mut self, place: Place) -> Result<bool> {
        match self.kind {
            Kind::Sqlite(_) => sqlite::clear(&mut self.conn, place),
            Kind::Postgres => postgres::clear(&mut self.conn, place),
        }
    }
}

/// Each document once (they were read from one state, so those of one place are alike), and in one order everywhere:
/// two nodes that write the same rows then wait for each other instead of deadlocking, and SQLite puts what comes in
/// order away at half the cost.
pub(super) fn once_each(mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort_by_key(|document| (document.short_id, document.index));
    documents.dedup_by_key(|document| (document.short_id, document.index));
    documents
}
