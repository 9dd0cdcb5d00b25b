//! A folder that gets its own name only when everything in it is on the disk.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::{conflict, fault};
use crate::command::Failure;

/// A folder that is being filled, beside the name it shall have. Dropped before [`Unfinished::finish`], it is gone.
pub(super) struct Unfinished {
    own: PathBuf,
    beside: PathBuf,
    is_finished: bool,
}

impl Unfinished {
    /// Begins an empty folder that only its owner may enter.
    ///
    /// # Errors
    /// There is something by this name already, or left from one that was cut off.
    pub(super) fn begin(own: &Path) -> Result<Unfinished, Failure> {
        if own.symlink_metadata().is_ok() {
            return Err(conflict(format!("{} exists already; name a new folder", own.display())));
        }
        let mut beside = own.as_os_str().to_owned();
        beside.push(".unfinished");
        let beside = PathBuf::from(beside);
        match make(&beside) {
            Ok(()) => Ok(Unfinished { own: own.to_owned(), beside, is_finished: false }),
            Err(problem) if problem.kind() == ErrorKind::AlreadyExists => Err(conflict(format!(
                "{} is being written, or was left when this was cut off; remove it in that case",
                beside.display()
            ))),
            Err(problem) => Err(fault("make", &beside, &problem)),
        }
    }

    /// Where it is while it is filled.
    pub(super) fn path(&self) -> &Path {
        &self.beside
    }

    /// Puts everything on the disk and gives the folder its name.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.settle().map_err(|problem| fault("finish", &self.own, &problem))?;
        self.is_finished = true;
        Ok(())
    }

    /// One call for the whole disk instead of one for each of perhaps a million files.
    fn settle(&self) -> io::Result<()> {
        rustix::fs::syncfs(File::open(&self.beside)?)?;
        fs::rename(&self.beside, &self.own)?;
        let parent = self.own.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished
            && let Err(problem) = fs::remove_dir_all(&self.beside)
        {
            tracing::warn!(folder = %self.beside.display(), %problem, "an unfinished folder is left");
        }
    }
}

/// Makes a folder for its owner alone.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)
}

/// [`make`], unless it is there.
pub(super) fn make_if_missing(folder: &Path) -> io::Result<()> {
    match make(folder) {
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}
