//! What gzip compressed.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;

use super::archive::{Budget, is_packed};
use super::{Checked, Refusal, begins};

/// A gzip file that unpacks to its end, into something that is not packed again.
pub(super) fn check(file: &mut File) -> Checked<bool> {
    if !begins(file, b"\x1F\x8B\x08")? {
        return Ok(false);
    }
    let packed_bytes = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut budget = Budget::new(packed_bytes);
    let mut first = Vec::new();
    match budget.unpack(MultiGzDecoder::new(BufReader::new(file)), &mut first) {
        Ok(_) if is_packed(&first) => Err(Refusal::Unsafe("an archive within an archive").into()),
        Ok(_) => Ok(true),
        Err(failure) => Err(failure),
    }
}

/// Whether an error while unpacking is the file's and not the disk's.
pub(super) fn is_of_the_file(problem: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(problem.kind(), InvalidData | InvalidInput | UnexpectedEof | Other)
}
