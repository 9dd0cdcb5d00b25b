//! A copy of a database to keep: always one SQLite file, wherever the database is.

use std::fs;
use std::path::Path;

use super::copy::{self, Contents, Copy, Watch};
use super::growing::{self, Growing, with_ending};
use super::{Address, Conn, Tuning, Use, migrate};
use crate::{Error, Result, Time};

/// Writes one unchanging state of the database `from` into the new file `to`, while others read and write.
/// On return the file is complete, was examined, and is on the disk.
pub fn back_up(from: &Address, to: &Path, now: Time, watch: Watch<'_>) -> Result<Contents> {
    match from {
        Address::Sqlite(_) => {
            let growing = Growing::begin(to)?;
            Conn::open(from, Use::Read, Tuning::default())?.vacuum_into(growing.path())?;
            growing.finish()?;
            contents(to, watch)
        }
        Address::Postgres(_) => copy::copy(&Copy { from, to: &Address::Sqlite(to.to_owned()), now }, watch),
    }
}

/// What the file of a backup holds. [`Error::Conflict`] when it is damaged.
pub fn contents(file: &Path, watch: Watch<'_>) -> Result<Contents> {
    examine(file, watch).map_err(|error| match error {
        Error::Internal(problem) => Error::Conflict(format!("{} is damaged: {problem}", file.display())),
        other => other,
    })
}

fn examine(file: &Path, watch: Watch<'_>) -> Result<Contents> {
    let mut conn = Conn::open(&Address::Sqlite(file.to_owned()), Use::Inspect, Tuning::default())?;
    if let Some(fault) = conn.faults()?.into_iter().next() {
        return Err(Error::Internal(fault));
    }
    let (schema, _) = conn.schema()?;
    Ok(Contents { schema, tables: copy::sums(&mut conn, watch)? })
}

/// A backup's file and the database that shall hold the same.
pub struct Restore<'a> {
    /// The file; it is only read.
    pub file: &'a Path,
    /// As for [`Copy::to`].
    pub to: &'a Address,
    /// A folder with room for one more copy of the file.
    pub scratch: &'a Path,
    /// When.
    pub now: Time,
}

/// Fills an empty database with what a backup's file holds; one of an older schema is brought up to date.
/// After an error the database is as it was.
pub fn restore(job: &Restore<'_>, watch: Watch<'_>) -> Result<()> {
    if let Address::Sqlite(path) = job.to {
        return take(job, path);
    }
    // The file is copied before it is opened for writing: a backup stays as it is.
    let stage = job.scratch.join("restore.db");
    take(job, &stage)?;
    let from = Address::Sqlite(stage.clone());
    let outcome = copy::copy(&Copy { from: &from, to: job.to, now: job.now }, watch);
    let removed = ["", "-wal", "-shm"].iter().try_for_each(|end| remove(&with_ending(&stage, end)));
    outcome.map(drop).and(removed)
}

/// Puts an up-to-date copy of the backup's file at `path`.
fn take(job: &Restore<'_>, path: &Path) -> Result<()> {
    let growing = Growing::begin(path)?;
    growing.take(job.file)?;
    let mut conn = Conn::open(&growing.address(), Use::Fill, Tuning::default())?;
    migrate::run(&mut conn, job.now)?;
    drop(conn);
    growing.finish()
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(growing::fault("remove", path, &error))
        }
        _ => Ok(()),
    }
}
