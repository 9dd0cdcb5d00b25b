//! Files on the local disk. All functions block: call them through `spawn_blocking`, or through [`super::Blobs`].

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::folder;
use super::key::Key;

/// A folder of files, each under its [`Key`]. One process at a time may have it open: opening clears away what another
/// is writing.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Opens the folder `root`, making it if its parent exists, and removes what a crash left half written.
    ///
    /// Folders are for the owner alone (0700), files too (0600).
    pub fn open(root: &Path) -> io::Result<Self> {
        let disk = Self { root: root.to_owned() };
        folder::make(root)?;
        // All subfolders are made here, so that a `put` into a disk that was unmounted fails and does not fill the
        // disk underneath.
        for subfolder in disk.subfolders() {
            folder::make(&subfolder)?;
            folder::remove_unfinished(&subfolder)?;
        }
        folder::sync(root)?;
        Ok(disk)
    }

    /// The folder `root`, which another process may have open, for reading alone. Nothing is made or removed.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Stores what `from` gives under `key`, in place of what was there. On return it is on the disk, name and all;
    /// after an error or a crash there is either the old file or the new one.
    pub fn put(&self, key: &Key, from: impl Read) -> io::Result<()> {
        let subfolder = self.subfolder(key);
        folder::write(&subfolder, key.as_str(), from)
            .map_err(|error| folder::explain("store", &self.path(key), &error))?;
        folder::sync(&subfolder)
    }

    /// The file under `key`, opened for reading, or nothing. A reader keeps what it opened, even when the key is
    /// stored anew or deleted meanwhile.
    pub fn get(&self, key: &Key) -> io::Result<Option<File>> {
        self.unless_absent(key, "open", File::open(self.path(key)))
    }

    /// Removes the file under `key`; that there is none is fine.
    pub fn delete(&self, key: &Key) -> io::Result<()> {
        let removed = self.unless_absent(key, "delete", fs::remove_file(self.path(key)))?;
        removed.map_or(Ok(()), |()| folder::sync(&self.subfolder(key)))
    }

    /// The keys of all files, in no order, read one subfolder at a time. A file that is stored or deleted meanwhile may
    /// be among them or not.
    pub fn keys(&self) -> impl Iterator<Item = io::Result<Key>> + use<> {
        self.subfolders().flat_map(|subfolder| match folder::names(&subfolder) {
            // What has another name lies in the wrong place or is not ours.
            Ok(names) => names.iter().filter_map(|name| Key::parse(name).ok().map(Ok)).collect(),
            Err(error) => vec![Err(error)],
        })
    }

    /// `None` when there is no such file. Where even the folder is missing, the disk is, and that is an error.
    fn unless_absent<T>(&self, key: &Key, verb: &str, done: io::Result<T>) -> io::Result<Option<T>> {
        match done {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::NotFound && self.subfolder(key).is_dir() => Ok(None),
            Err(error) => Err(folder::explain(verb, &self.path(key), &error)),
        }
    }

    fn subfolders(&self) -> impl Iterator<Item = PathBuf> + use<> {
        let root = self.root.clone();
        (0..=255_u8).map(move |number| root.join(format!("{number:02x}")))
    }

    fn subfolder(&self, key: &Key) -> PathBuf {
        self.root.join(key.subfolder())
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.subfolder(key).join(key.as_str())
    }
}
