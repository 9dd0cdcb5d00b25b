//! Documents of office programs, which are ZIP archives with certain members.

use std::fs::File;
use std::io::Read;

use zip::CompressionMethod;

use super::archive::{self, Archive};
use super::{Checked, Refusal, begins, text};

/// The member of every document of Office Open XML.
const TYPES: &str = "[Content_Types].xml";

/// The list of an OpenDocument's members, and the longest that is looked at, in bytes.
const MANIFEST: &str = "META-INF/manifest.xml";
const MANIFEST_BYTES_MAX: u64 = 1024 * 1024;

/// A document of Office Open XML with this member, which says of which kind it is.
pub(super) fn open_xml(file: &mut File, member: &str) -> Checked<bool> {
    if text::is_compound(file)? {
        return Err(Refusal::Encrypted.into());
    }
    let Some(mut archive) = opened(file)? else { return Ok(false) };
    let has = |name: &str| archive.index_for_name(name).is_some();
    if !has(TYPES) || !has(member) {
        return Ok(false);
    }
    expect_no_program(&archive, |name| name.ends_with(b"vbaproject.bin"))?;
    archive::unpack(&mut archive).map(|()| true)
}

/// An OpenDocument of this type, which its first member repeats as plain bytes.
pub(super) fn open_document(file: &mut File, media_type: &str) -> Checked<bool> {
    let Some(mut archive) = opened(file)? else { return Ok(false) };
    if first_member(&mut archive, media_type.len() as u64 + 1)?.as_deref() != Some(media_type.as_bytes()) {
        return Ok(false);
    }
    if member(&mut archive, MANIFEST)?.is_some_and(|text| contains(&text, b"encryption-data")) {
        return Err(Refusal::Encrypted.into());
    }
    expect_no_program(&archive, |name| name.starts_with(b"basic/") || name.starts_with(b"scripts/"))?;
    archive::unpack(&mut archive).map(|()| true)
}

fn opened(file: &mut File) -> Checked<Option<Archive<'_>>> {
    if begins(file, b"PK\x03\x04")? { archive::open(file).map(Some) } else { Ok(None) }
}

/// A document that brings a program along runs it where it is opened.
fn expect_no_program(archive: &Archive<'_>, is_program: impl Fn(&[u8]) -> bool) -> Checked {
    match archive.file_names_raw().any(|name| is_program(&name.to_ascii_lowercase())) {
        true => Err(Refusal::Unsafe("macros").into()),
        false => Ok(()),
    }
}

/// What the member `mimetype` says, if it comes first and as it is.
fn first_member(archive: &mut Archive<'_>, bytes_max: u64) -> Checked<Option<Vec<u8>>> {
    let entry = archive.by_index(0).map_err(archive::bad)?;
    if entry.name_raw() != b"mimetype" || entry.compression() != CompressionMethod::Stored {
        return Ok(None);
    }
    read(entry, bytes_max).map(Some)
}

fn member(archive: &mut Archive<'_>, name: &str) -> Checked<Option<Vec<u8>>> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    read(archive.by_index(index).map_err(archive::bad)?, MANIFEST_BYTES_MAX).map(Some)
}

fn read(from: impl Read, bytes_max: u64) -> Checked<Vec<u8>> {
    let mut bytes = Vec::new();
    match from.take(bytes_max).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(_) => Err(Refusal::Corrupt.into()),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
