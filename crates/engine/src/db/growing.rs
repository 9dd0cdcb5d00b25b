//! A file that gets its own name only when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Address, Conn, Tuning, Use};
use crate::error::Cause;
use crate::{Error, Result};

/// How the name of a file that is not complete ends; after a crash it is worth nothing.
const UNFINISHED: &str = ".unfinished";

/// A SQLite database that grows beside the name it shall have. Dropped before [`Growing::finish`], it is gone.
pub(super) struct Growing {
    own: PathBuf,
    beside: PathBuf,
}

impl Growing {
    /// Begins an empty file that only its owner may read. [`Error::Conflict`] when there is a file `own` already.
    pub(super) fn begin(own: &Path) -> Result<Growing> {
        // A log that is left of a deleted database would be played into the new one.
        for taken in ["", "-wal", "-journal"].map(|end| with_ending(own, end)) {
            if taken.exists() {
                let taken = taken.display();
                return Err(Error::Conflict(format!("{taken} exists already; nothing was written over it.")));
            }
        }
        let growing = Growing { own: own.to_owned(), beside: with_ending(own, UNFINISHED) };
        growing.remove();
        let begun = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&growing.beside);
        begun.map(|_| growing).map_err(|error| fault("make", own, &error))
    }

    /// Where it is while it grows.
    pub(super) fn path(&self) -> &Path {
        &self.beside
    }

    pub(super) fn address(&self) -> Address {
        Address::Sqlite(self.beside.clone())
    }

    /// Fills it with the bytes of `file`. (`fs::copy` would also take over who may read them.)
    pub(super) fn take(&self, file: &Path) -> Result<()> {
        let copied = File::open(file).and_then(|mut from| {
            io::copy(&mut from, &mut OpenOptions::new().write(true).open(&self.beside)?)
        });
        copied.map(drop).map_err(|error| fault("copy", file, &error))
    }

    /// Examines the file, puts it on the disk, and gives it its name.
    pub(super) fn finish(self) -> Result<()> {
        let mut conn = Conn::open(&self.address(), Use::Inspect, Tuning::default())?;
        if let Some(fault) = conn.faults()?.into_iter().next() {
            return Err(Error::Internal(format!("the new file {} is damaged: {fault}", self.own.display())));
        }
        drop(conn);
        self.settle().map_err(|error| fault("finish", &self.own, &error))
    }

    fn settle(&self) -> io::Result<()> {
        File::open(&self.beside)?.sync_all()?;
        fs::rename(&self.beside, &self.own)?;
        let folder = self.own.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn remove(&self) {
        // Most often there is none.
        let _ = fs::remove_file(&self.beside);
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        self.remove();
    }
}

/// The path with something added to its name.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// An error of the file system, saying what was being done to which file.
pub(super) fn fault(verb: &str, path: &Path, error: &io::Error) -> Error {
    Error::busy(Cause::Disk, format!("Cannot {verb} {}: {error}", path.display()))
}
