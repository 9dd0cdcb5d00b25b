//! `SHA256SUMS`: the files of a backup and what they must be, one line each, read and written one at a time.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{DATABASE, FILES, MANIFEST};
use crate::blob::Key;

/// The longest line: a sum, two spaces, the path of a file and the line's end.
const LINE_BYTES_MAX: u64 = 128;

/// A line: a file of the backup and its sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The path within the backup.
    pub(super) name: String,
    /// 64 hex digits.
    pub(super) sha256: String,
}

/// Writes the lines.
pub(super) struct Writer(BufWriter<File>);

impl Writer {
    /// Begins the file `path`.
    pub(super) fn begin(path: &Path) -> io::Result<Writer> {
        create(path).map(BufWriter::new).map(Writer)
    }

    /// Adds a line.
    pub(super) fn add(&mut self, name: &str, sha256: &str) -> io::Result<()> {
        writeln!(self.0, "{sha256}  {name}")
    }

    /// Writes what is still in memory.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The lines of the file `path`. What is not exactly as [`Writer`] writes it ends them with an error.
pub(super) fn lines(path: &Path) -> io::Result<impl Iterator<Item = io::Result<Line>> + use<>> {
    let mut from = BufReader::new(File::open(path)?);
    Ok(std::iter::from_fn(move || {
        let mut text = Vec::new();
        match from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut text) {
            Ok(0) => None,
            Ok(_) => Some(parse(&text).ok_or_else(|| io::Error::other("it has a line that is none of ours"))),
            Err(problem) => Some(Err(problem)),
        }
    }))
}

fn parse(text: &[u8]) -> Option<Line> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('\n')?;
    let (sha256, name) = text.split_once("  ")?;
    let is_sum = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_ours = name == DATABASE || name == MANIFEST || key(name).is_some();
    (is_sum && is_ours).then(|| Line { name: name.to_owned(), sha256: sha256.to_owned() })
}

/// The key of the file at this path within a backup. No other path leads anywhere.
pub(super) fn key(name: &str) -> Option<Key> {
    let (subfolder, id) = name.strip_prefix(FILES)?.strip_prefix('/')?.split_once('/')?;
    Key::parse(id).ok().filter(|key| key.subfolder() == subfolder)
}

/// The path of a file within a backup.
pub(super) fn name(key: &Key) -> String {
    format!("{FILES}/{}/{key}", key.subfolder())
}

/// A new file, for its owner alone.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// How many bytes come from `from`, and their sum; they go to `to` on the way.
pub(super) fn copy(mut from: impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hex(&hash.finalize()))),
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}

/// How many bytes the file has, and their sum.
pub(super) fn of_file(path: &Path) -> io::Result<(u64, String)> {
    copy(File::open(path)?, &mut io::sink())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
