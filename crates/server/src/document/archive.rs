//! ZIP archives: one that does not say the same to every reader, or unpacks into more than anybody wants, is refused.
//!
//! Before the library reads the directory, its end is looked at here, because each entry takes memory. Then the whole
//! archive is unpacked into nothing, and what really comes out is counted: what an archive declares is only said.

use std::fs::File;
use std::io::{BufReader, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Checked, Refusal, begins, gzip, tail};

/// Entries of an archive, at most.
const ENTRIES_MAX: usize = 10_000;

/// What may come out of one upload, in bytes.
const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How many times larger what comes out may be, once it is larger than [`RATIO_FROM_BYTES`].
const RATIO_MAX: u64 = 200;
const RATIO_FROM_BYTES: u64 = 16 * 1024 * 1024;

/// The end of the directory (APPNOTE 4.3.16): its signature, its length without the comment, and the longest comment.
const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: u64 = 65_535;

/// Endings of documents that are archives inside; they may lie in one.
const PACKED_DOCUMENTS: [&str; 5] = ["docx", "xlsx", "pptx", "odt", "ods"];

/// How packed files begin: ZIP (also empty), gzip, 7z, RAR, bzip2, xz, Zstandard, cabinet.
const PACKED: [&[u8]; 9] = [
    b"PK\x03\x04",
    END,
    b"\x1F\x8B",
    b"7z\xBC\xAF\x27\x1C",
    b"Rar!\x1A\x07",
    b"BZh",
    b"\xFD7zXZ\x00",
    b"\x28\xB5\x2F\xFD",
    b"MSCF",
];

/// An archive whose directory has been read and believed.
pub(super) type Archive<'f> = ZipArchive<BufReader<&'f mut File>>;

/// Whether this is an archive; a bad one is an error.
pub(super) fn zip(file: &mut File) -> Checked<bool> {
    if !begins(file, b"PK\x03\x04")? && !begins(file, END)? {
        return Ok(false);
    }
    unpack(&mut open(file)?).map(|()| true)
}

/// Whether there is the end of an archive's directory where readers of archives look for it.
pub(super) fn has_directory(file: &mut File) -> std::io::Result<bool> {
    Ok(end(&tail(file, END_BYTES as u64 + COMMENT_BYTES_MAX)?).is_some())
}

/// The last end of a directory in these bytes, up to the file's end.
fn end(tail: &[u8]) -> Option<&[u8]> {
    let at = tail.windows(END.len()).rposition(|window| window == END)?;
    tail.get(at..)
}

/// Reads the directory and compares it with the entries.
pub(super) fn open(file: &mut File) -> Checked<Archive<'_>> {
    expect_a_bearable_directory(file)?;
    let packed = file.metadata()?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(bad)?;
    if archive.offset() != 0 {
        return Err(Refusal::Unsafe("something stands before the archive").into());
    }
    if archive.has_duplicate_names() || archive.has_overlapping_entries().map_err(bad)? {
        return Err(Refusal::Unsafe("entries of the archive lie over each other").into());
    }
    archive.validate_header_consistency().map_err(bad)?;
    let mut declared = Budget::new(packed);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(bad)?;
        if entry.encrypted() {
            return Err(Refusal::Encrypted.into());
        }
        if entry.is_symlink() || !is_safe(entry.name_raw()) {
            return Err(Refusal::Unsafe("an entry of the archive leads out of it").into());
        }
        declared.spend(entry.size())?;
    }
    Ok(archive)
}

fn expect_a_bearable_directory(file: &mut File) -> Checked {
    let tail = tail(file, END_BYTES as u64 + COMMENT_BYTES_MAX)?;
    let end = end(&tail).filter(|end| end.len() >= END_BYTES).ok_or(Refusal::Corrupt)?;
    let number = |at: usize| usize::from(u16::from_le_bytes([end[at], end[at + 1]]));
    if end.len() != END_BYTES + number(20) {
        return Err(Refusal::Corrupt.into());
    }
    match number(10) {
        0 => Err(Refusal::EmptyArchive.into()),
        1..=ENTRIES_MAX => Ok(()),
        _ => Err(Refusal::Unsafe("an archive of too many entries").into()),
    }
}

/// Unpacks every entry into nothing.
pub(super) fn unpack(archive: &mut Archive<'_>) -> Checked {
    let mut budget = Budget::new(archive.central_directory_start());
    let mut files = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(bad)?;
        let (size, is_file, name) = (entry.size(), entry.is_file(), entry.name_raw().to_ascii_lowercase());
        let mut first = Vec::new();
        if budget.unpack(entry, &mut first)? != size {
            return Err(Refusal::Corrupt.into());
        }
        let may_be_packed =
            PACKED_DOCUMENTS.iter().any(|known| name.ends_with(format!(".{known}").as_bytes()));
        if is_packed(&first) && !(may_be_packed && first.starts_with(PACKED[0])) {
            return Err(Refusal::Unsafe("an archive within an archive").into());
        }
        files += usize::from(is_file);
    }
    if files == 0 { Err(Refusal::EmptyArchive.into()) } else { Ok(()) }
}

/// Whether a packed file begins like this.
pub(super) fn is_packed(first: &[u8]) -> bool {
    PACKED.iter().any(|magic| first.starts_with(magic))
}

/// Whether an entry's name stays within the folder that one unpacks into, on every system.
fn is_safe(name: &[u8]) -> bool {
    let leads_out = |part: &[u8]| part == b"..";
    let is_absolute = matches!(name, [] | [b'/' | b'\\', ..] | [_, b':', ..]);
    let odd = |byte: &u8| *byte == 0 || *byte == b'\\';
    !is_absolute && !name.iter().any(odd) && !name.split(|byte| *byte == b'/').any(leads_out)
}

/// How much may still come out of an upload.
pub(super) struct Budget {
    packed: u64,
    unpacked: u64,
}

impl Budget {
    /// For an upload of so many bytes.
    pub(super) fn new(packed: u64) -> Budget {
        Budget { packed, unpacked: 0 }
    }

    fn spend(&mut self, bytes: u64) -> Checked {
        self.unpacked = self.unpacked.saturating_add(bytes);
        let swells = self.unpacked > RATIO_FROM_BYTES && self.unpacked / self.packed.max(1) >= RATIO_MAX;
        match self.unpacked > UNPACKED_BYTES_MAX || swells {
            true => Err(Refusal::Unsafe("it unpacks into far more than it is").into()),
            false => Ok(()),
        }
    }

    /// Reads to the end; how many bytes came, of which `first` gets the first few.
    pub(super) fn unpack(&mut self, mut from: impl Read, first: &mut Vec<u8>) -> Checked<u64> {
        let (mut part, mut total) = (vec![0; 32 * 1024], 0);
        loop {
            let read = match from.read(&mut part) {
                Ok(0) => return Ok(total),
                Ok(read) => read,
                Err(problem) if gzip::is_of_the_file(&problem) => return Err(Refusal::Corrupt.into()),
                Err(problem) => return Err(problem.into()),
            };
            let wanted = read.min(8_usize.saturating_sub(first.len()));
            first.extend_from_slice(&part[..wanted]);
            total += read as u64;
            self.spend(read as u64)?;
        }
    }
}

/// What the library has to say against an archive.
pub(super) fn bad(error: ZipError) -> super::Failure {
    match error {
        ZipError::Io(problem) if !gzip::is_of_the_file(&problem) => problem.into(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refusal::Encrypted.into(),
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
            Refusal::Unsafe("it is packed in a way that cannot be examined").into()
        }
        _ => Refusal::Corrupt.into(),
    }
}
