//! Backups: a folder with everything in it, which proves that it is whole.
//!
//! ```text
//! FOLDER/
//! ├── SHA256SUMS         a line for each other file, as `sha256sum -c SHA256SUMS` reads it
//! ├── backup.json        what it is: version, schema, time, rows and sums of the tables, how many files
//! ├── parlance.db        the database: a SQLite file, wherever it came from
//! └── files/9c/0190…9c   the bytes of files, laid out as the blob room does it
//! ```
//!
//! The database is copied first, from one unchanging state, and the files that it speaks of afterwards: the bytes
//! of a file that is deleted meanwhile are kept for a day. Files that lie in a bucket are not copied: a bucket has
//! versions and replicas of its own. The backup then names the bucket, and has no files.

mod check;
mod manifest;
mod restore;
mod sums;
mod take;
mod unfinished;

use std::io;
use std::path::Path;

use crate::command::{Code, Failure};

pub use check::check;
pub use manifest::{Files, Manifest};
pub use restore::{Restore, restore};
pub use take::{Take, take};

const SUMS: &str = "SHA256SUMS";
const MANIFEST: &str = "backup.json";
const DATABASE: &str = "parlance.db";
const FILES: &str = "files";

/// What was being done to which path, and what the system said.
fn fault(verb: &str, path: &Path, problem: &io::Error) -> Failure {
    Failure::unavailable(format!("cannot {verb} {}: {problem}", path.display()))
}

fn conflict(message: String) -> Failure {
    Failure { code: Code::Conflict, message }
}
