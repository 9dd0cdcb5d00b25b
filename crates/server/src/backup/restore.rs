//! Going back to a backup.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use parlance_engine::Time;
use parlance_engine::db::{self, Address, Watch};

use super::manifest::Manifest;
use super::unfinished::{self, Unfinished};
use super::{DATABASE, SUMS, check, conflict, fault, sums};
use crate::blob::Disk;
use crate::command::Failure;

/// From where to where.
pub struct Restore<'a> {
    /// The backup; it is only read.
    pub folder: &'a Path,
    /// A database that holds nothing.
    pub database: &'a Address,
    /// The data folder, with no file in it.
    pub data: &'a Path,
    /// The bucket that the configuration names, if it does.
    pub bucket: Option<&'a str>,
    /// When.
    pub now: Time,
}

/// Checks the whole backup, then puts the files and at last the database in their places, so that there is nothing
/// a server could start on before everything is there. After an error everything is as it was.
///
/// # Errors
/// The backup is damaged, or something is there already, or the disk or the database fails.
pub fn restore(job: &Restore<'_>, watch: Watch<'_>) -> Result<Manifest, Failure> {
    let files = job.data.join(super::FILES);
    expect_no_files(&files)?;
    db::expect_vacant(job.database, job.now)?;
    let manifest = check(job.folder, watch)?;
    expect_same_place(&manifest, job.bucket)?;
    make_room(&files).map_err(|problem| fault("replace", &files, &problem))?;
    copy_files(job.folder, &files)?.finish()?;
    let file = job.folder.join(DATABASE);
    let restore = db::Restore { file: &file, to: job.database, scratch: job.data, now: job.now };
    if let Err(error) = db::restore(&restore, watch) {
        fs::remove_dir_all(&files).map_err(|problem| fault("remove", &files, &problem))?;
        return Err(error.into());
    }
    Ok(manifest)
}

/// A server that looked for the files in another place than theirs would find none.
fn expect_same_place(manifest: &Manifest, configured: Option<&str>) -> Result<(), Failure> {
    match (&manifest.bucket, configured) {
        (Some(bucket), None) => Err(conflict(format!(
            "the bytes of this backup's files lie in the bucket {bucket}: name it, or a copy of it, as s3.bucket"
        ))),
        (None, Some(bucket)) if manifest.files.count > 0 => Err(conflict(format!(
            "this backup holds the bytes of files, and the configuration looks for them in the bucket {bucket}: \
             restore with an empty s3.bucket; the folder files can be copied into a bucket as it is"
        ))),
        _ => Ok(()),
    }
}

/// A server leaves empty subfolders behind; anything more is somebody's.
fn expect_no_files(files: &Path) -> Result<(), Failure> {
    let first = if files.exists() { Disk::at(files).keys().next().transpose() } else { Ok(None) };
    match first.map_err(|problem| Failure::unavailable(problem.to_string()))? {
        None => Ok(()),
        Some(key) => Err(conflict(format!(
            "{} has files already, such as {key}; nothing was written over them",
            files.display()
        ))),
    }
}

/// Copies the files, and compares them with their sums once more on the way.
fn copy_files(from: &Path, files: &Path) -> Result<Unfinished, Failure> {
    let folder = Unfinished::begin(files)?;
    let lines = sums::lines(&from.join(SUMS)).map_err(|problem| fault("read", &from.join(SUMS), &problem))?;
    for line in lines {
        let line = line.map_err(|problem| fault("read", &from.join(SUMS), &problem))?;
        if let Some(key) = sums::key(&line.name) {
            let to = folder.path().join(key.subfolder());
            let copied = unfinished::make_if_missing(&to)
                .and_then(|()| copy_file(&from.join(&line.name), &to.join(key.as_str()), &line.sha256));
            copied.map_err(|problem| fault("restore", &from.join(&line.name), &problem))?;
        }
    }
    Ok(folder)
}

fn copy_file(from: &Path, to: &Path, expected: &str) -> io::Result<()> {
    let (_, sha256) = sums::copy(File::open(from)?, &mut sums::create(to)?)?;
    if sha256 == expected { Ok(()) } else { Err(io::Error::other("it changed while it was read")) }
}

/// Removes a folder of empty subfolders; fails when there is anything in one.
fn make_room(files: &Path) -> io::Result<()> {
    if !files.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(files)? {
        fs::remove_dir(entry?.path())?;
    }
    fs::remove_dir(files)
}
