//! What one does with a folder so that it survives a power cut.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// A file that is still being written ends in this; after a crash it is worth nothing.
const UNFINISHED: &str = ".unfinished";

/// Makes the folder, for its owner alone, unless it is there. Its parent must exist.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        done => done.map_err(|error| explain("make the folder", folder, &error)),
    }
}

/// Puts the names in a folder on the disk: a file's own `fsync` does not (see fsync(2)).
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| explain("write the folder", folder, &error))
}

/// Writes a file under another name in the same folder and renames it when all of it is on the disk. After an error
/// the other name is gone again.
pub(super) fn write(folder: &Path, name: &str, mut from: impl Read) -> io::Result<()> {
    // The library makes it 0600.
    let mut file = tempfile::Builder::new().suffix(UNFINISHED).tempfile_in(folder)?;
    io::copy(&mut from, &mut file)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    Ok(())
}

pub(super) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for name in names(folder)?.iter().filter(|name| name.ends_with(UNFINISHED)) {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|error| explain("delete", &path, &error))?;
    }
    Ok(())
}

/// The names in a folder. What is not UTF-8 was not written by us and is left out.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let list = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    };
    list().map_err(|error| explain("list", folder, &error))
}

/// The same kind of error, saying what was being done to which path.
pub(super) fn explain(verb: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {verb} {}: {error}", path.display()))
}
