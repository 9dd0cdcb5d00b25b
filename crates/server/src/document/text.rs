//! Text of every sort.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use serde::de::IgnoredAny;

use super::{Checked, Refusal, begins, head};

/// How much is looked at in one piece, in bytes.
const PART_BYTES: usize = 64 * 1024;

/// Where a file shows how it begins, in bytes.
const BEGINNING_BYTES: u64 = 4 * 1024;

/// The headers of which every e-mail has one.
const MAIL_HEADERS: [&str; 7] =
    ["from", "date", "subject", "received", "return-path", "message-id", "mime-version"];

/// Text in UTF-8 or in an encoding of one byte to a character, of which no reader makes anything else.
pub(super) fn plain(file: &mut File) -> Checked<bool> {
    let head = head(file, BEGINNING_BYTES)?;
    if begins_as_active_content(&head) {
        return Err(Refusal::Unsafe("it begins as a page, a drawing or a script does").into());
    }
    let pretends = [b"%PDF-".as_slice(), b"%!PS", b"{\\rtf"].iter().any(|magic| head.starts_with(magic));
    Ok(!pretends && is_text(file)?)
}

/// One JSON value.
pub(super) fn json(file: &mut File) -> Checked<bool> {
    if !plain(file)? {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    let read: Result<IgnoredAny, _> = serde_json::from_reader(BufReader::with_capacity(PART_BYTES, file));
    match read {
        Err(error) if error.is_io() => Err(std::io::Error::from(error).into()),
        Err(_) => Err(Refusal::Corrupt.into()),
        Ok(_) => Ok(true),
    }
}

/// An e-mail: text that begins with the lines of its header.
pub(super) fn mail(file: &mut File) -> Checked<bool> {
    let head = head(file, BEGINNING_BYTES)?;
    let text = String::from_utf8_lossy(&head);
    let mut names = text.lines().take_while(|line| !line.is_empty()).filter_map(header_name);
    let begins_well = text.lines().next().is_some_and(|line| header_name(line).is_some());
    let is_mail = names.any(|name| MAIL_HEADERS.contains(&name.to_ascii_lowercase().as_str()));
    Ok(begins_well && is_mail && is_text(file)?)
}

/// The name in a line of a header (RFC 5322 §2.2).
fn header_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    Some(name).filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()))
}

/// Whether a browser or a shell that is left to guess would take it for something to run. A log that begins with
/// `<134>` is none.
fn begins_as_active_content(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let is_markup = matches!(head, [b'<', b'!' | b'?' | b'/' | b'a'..=b'z' | b'A'..=b'Z', ..]);
    is_markup || head.starts_with(b"#!")
}

/// Whether there is nothing in it that text does not have.
fn is_text(file: &mut File) -> std::io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut part = vec![0; PART_BYTES];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(true),
            read if part[..read].iter().any(|byte| is_control(*byte)) => return Ok(false),
            _ => {}
        }
    }
}

/// Tab, the ends of lines and pages, and the escape that colours a terminal are allowed.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)
}

/// Whether the file is what a program for office documents writes when it is given a password.
pub(super) fn is_compound(file: &mut File) -> std::io::Result<bool> {
    begins(file, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}
