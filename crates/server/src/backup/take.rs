//! Making a backup.

use std::io::{self, Read};
use std::path::Path;

use parlance_engine::Time;
use parlance_engine::checkup::{Checkup, Kept};
use parlance_engine::db::{self, Address, Watch};

use super::manifest::{Files, Manifest};
use super::unfinished::{self, Unfinished};
use super::{DATABASE, FILES, MANIFEST, SUMS, conflict, fault, sums};
use crate::blob::{Blobs, Disk, Key};
use crate::command::Failure;

/// What is kept, and where.
pub struct Take<'a> {
    /// The database.
    pub database: &'a Address,
    /// The bytes of files. Those in a bucket stay there, and the backup says so.
    pub blobs: &'a Blobs,
    /// The folder to make.
    pub folder: &'a Path,
    /// The time to write into it.
    pub now: Time,
}

/// Makes a backup, while others go on reading and writing. It is in its folder when this gives `Ok`, whole and on
/// the disk; otherwise there is no such folder.
///
/// # Errors
/// The folder exists, the database or the disk fails, or a file that hangs on a message has no bytes.
pub fn take(job: &Take<'_>, watch: Watch<'_>) -> Result<Manifest, Failure> {
    let folder = Unfinished::begin(job.folder)?;
    let file = folder.path().join(DATABASE);
    let contents = db::back_up(job.database, &file, job.now, watch)?;
    let mut pile = Pile::begin(folder.path())?;
    pile.note(DATABASE)?;
    let manifest = match job.blobs {
        Blobs::Disk(disk) => Manifest::new(contents, copy_files(disk, &file, &mut pile)?, job.now),
        Blobs::Bucket(bucket) => Manifest::without_files(contents, bucket.name(), job.now),
    };
    pile.write(MANIFEST, spell(&manifest).as_slice())?;
    pile.sums.finish().map_err(|problem| fault("write", folder.path(), &problem))?;
    folder.finish()?;
    Ok(manifest)
}

/// Copies the bytes of every file that the copied database speaks of.
fn copy_files(disk: &Disk, database: &Path, pile: &mut Pile<'_>) -> Result<Files, Failure> {
    let mut checkup = Checkup::open_backup(database)?;
    let (mut files, mut last) = (Files::default(), None);
    loop {
        let page = checkup.files(last.as_ref())?;
        let Some(newest) = page.last().copied() else { return Ok(files) };
        for kept in page {
            files.add(copy_file(disk, &kept, pile)?);
        }
        last = Some(newest);
    }
}

/// How large it is. A file that was uploaded and never attached may have been swept away meanwhile, as will its row.
fn copy_file(disk: &Disk, kept: &Kept, pile: &mut Pile<'_>) -> Result<Option<u64>, Failure> {
    let key = Key::from(kept.id.0);
    let found = disk.get(&key).map_err(|problem| Failure::unavailable(problem.to_string()))?;
    match found {
        Some(bytes) => pile.write(&sums::name(&key), bytes).map(Some),
        None if kept.is_attached => Err(conflict(format!(
            "the bytes of file {} of workspace {} are missing; nothing was backed up",
            kept.id, kept.workspace
        ))),
        None => Ok(None),
    }
}

impl Files {
    fn add(&mut self, bytes: Option<u64>) {
        self.count += u64::from(bytes.is_some());
        self.bytes += bytes.unwrap_or(0);
    }
}

fn spell(manifest: &Manifest) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(manifest).expect("a manifest is JSON");
    text.push(b'\n');
    text
}

/// Files that are written and noted with their sums.
struct Pile<'a> {
    folder: &'a Path,
    sums: sums::Writer,
}

impl<'a> Pile<'a> {
    fn begin(folder: &'a Path) -> Result<Pile<'a>, Failure> {
        let begun =
            unfinished::make(&folder.join(FILES)).and_then(|()| sums::Writer::begin(&folder.join(SUMS)));
        Ok(Pile { folder, sums: begun.map_err(|problem| fault("write", folder, &problem))? })
    }

    /// Writes a file of the backup; how many bytes.
    fn write(&mut self, name: &str, from: impl Read) -> Result<u64, Failure> {
        let path = self.folder.join(name);
        self.fill(name, &path, from).map_err(|problem| fault("write", &path, &problem))
    }

    fn fill(&mut self, name: &str, path: &Path, from: impl Read) -> io::Result<u64> {
        path.parent().map_or(Ok(()), unfinished::make_if_missing)?;
        let (bytes, sha256) = sums::copy(from, &mut sums::create(path)?)?;
        self.sums.add(name, &sha256)?;
        Ok(bytes)
    }

    /// Notes a file that is there already.
    fn note(&mut self, name: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        let noted = sums::of_file(&path).and_then(|(_, sha256)| self.sums.add(name, &sha256));
        noted.map_err(|problem| fault("read", &path, &problem))
    }
}
