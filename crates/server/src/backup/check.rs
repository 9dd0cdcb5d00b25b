//! Whether a backup is what was backed up, byte for byte.

use std::io::{self, ErrorKind};
use std::path::Path;

use parlance_engine::checkup::Checkup;
use parlance_engine::db::{self, Watch};

use super::manifest::{Files, Manifest};
use super::{DATABASE, MANIFEST, SUMS, conflict, fault, sums};
use crate::blob::Key;
use crate::command::Failure;

/// Reads every byte of the backup in `folder` and gives its manifest. Nothing is written.
///
/// # Errors
/// It is damaged or no backup; the sentence names the first thing that is wrong.
pub fn check(folder: &Path, watch: Watch<'_>) -> Result<Manifest, Failure> {
    if !folder.is_dir() {
        return Err(Failure::not_found(format!("there is no folder {}", folder.display())));
    }
    let found = compare_sums(folder)?;
    let manifest = read_manifest(folder)?;
    if found != manifest.files {
        return Err(damaged(folder, SUMS, "lists other files than were backed up"));
    }
    let contents = db::contents(&folder.join(DATABASE), watch)?;
    if !manifest.describes(contents) {
        return Err(damaged(folder, DATABASE, "does not hold what backup.json says"));
    }
    if manifest.bucket.is_none() {
        expect_files(folder)?;
    }
    Ok(manifest)
}

/// Compares every listed file with its sum; how many of them are bytes of files.
fn compare_sums(folder: &Path) -> Result<Files, Failure> {
    let (mut files, mut own) = (Files::default(), Vec::new());
    let unreadable = |problem: io::Error| damaged(folder, SUMS, &problem.to_string());
    for line in sums::lines(&folder.join(SUMS)).map_err(unreadable)? {
        let line = line.map_err(unreadable)?;
        let bytes = compare(folder, &line)?;
        match sums::key(&line.name) {
            Some(_) => files = Files { count: files.count + 1, bytes: files.bytes + bytes },
            None => own.push(line.name),
        }
    }
    match own == [DATABASE, MANIFEST] {
        true => Ok(files),
        false => Err(damaged(folder, SUMS, "does not list parlance.db and backup.json")),
    }
}

fn compare(folder: &Path, line: &sums::Line) -> Result<u64, Failure> {
    let path = folder.join(&line.name);
    match sums::of_file(&path) {
        Ok((bytes, sha256)) if sha256 == line.sha256 => Ok(bytes),
        Ok(_) => Err(damaged(folder, &line.name, "has other bytes than were backed up")),
        Err(problem) if problem.kind() == ErrorKind::NotFound => {
            Err(damaged(folder, &line.name, "is missing"))
        }
        Err(problem) => Err(fault("read", &path, &problem)),
    }
}

fn read_manifest(folder: &Path) -> Result<Manifest, Failure> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read(&path).map_err(|problem| fault("read", &path, &problem))?;
    let manifest: Result<Manifest, _> = serde_json::from_slice(&text);
    manifest.ok().filter(Manifest::is_known).ok_or_else(|| {
        conflict(format!("{} was written by a Parlance that this one does not understand", path.display()))
    })
}

/// Every file that hangs on a message must be there, in the size that the database says.
fn expect_files(folder: &Path) -> Result<(), Failure> {
    let mut checkup = Checkup::open_backup(&folder.join(DATABASE))?;
    let mut last = None;
    loop {
        let page = checkup.files(last.as_ref())?;
        for kept in page.iter().filter(|kept| kept.is_attached) {
            let name = sums::name(&Key::from(kept.id.0));
            let size = folder.join(&name).metadata().map(|about| about.len());
            if !size.is_ok_and(|size| i64::try_from(size) == Ok(kept.size_bytes)) {
                return Err(damaged(folder, &name, "is not the file that hangs on a message"));
            }
        }
        let Some(newest) = page.last().copied() else { return Ok(()) };
        last = Some(newest);
    }
}

fn damaged(folder: &Path, name: &str, what: &str) -> Failure {
    conflict(format!("the backup {} is damaged: {name} {what}", folder.display()))
}
