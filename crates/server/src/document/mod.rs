//! An upload is looked into before it is kept: whether it is what its name says, and nothing that harms.
//!
//! Three must agree: the ending of the name, the type that the sender declares, and the content. Images are cleaned
//! like every picture here; all else is kept byte for byte, because it is its sender's document, and is never shown
//! within a page.
//!
//! | content | what is asked of it |
//! |---|---|
//! | text, CSV, Markdown, logs | no NUL and no control characters; does not begin as a page, a drawing or a script does |
//! | JSON, e-mail | the same, and it is JSON; it begins with the header of a message |
//! | PDF | begins and ends as one, and is no archive besides |
//! | ZIP, gzip | unpacks without an error, into something of a bearable size; [`archive`] says what else |
//! | office documents | a good ZIP archive with the members that make it one, without macros |

mod archive;
mod gzip;
mod office;
mod refusal;
mod text;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use parlance_engine::file::{Content, Format, Name, Rules};

pub use refusal::Refusal;

use crate::blob::Source;
use crate::picture::{self, Cleaner};

/// What is uploaded, as its sender describes it.
pub struct Offer {
    /// What they call it.
    pub name: String,
    /// Which type they say it has, if they do.
    pub declared: Option<String>,
    /// The bytes.
    pub file: File,
    /// How many.
    pub size_bytes: u64,
}

/// An upload that may be kept.
#[derive(Debug)]
pub struct Document {
    /// What it is called.
    pub name: Name,
    /// Its media type.
    pub content_type: &'static str,
    /// The bytes to keep.
    pub source: Source,
    /// How many.
    pub size_bytes: i64,
    /// Width and height in pixels, of an image.
    pub pixels: Option<(u32, u32)>,
}

/// Why [`examine`] gave no document.
#[derive(Debug)]
pub enum Failure {
    /// All places stayed taken: to be tried again later.
    Busy,
    /// It is refused, for a reason that the sender may know.
    Refused(Refusal),
    /// The upload could not be read from where it lies.
    Unreadable(io::Error),
}

/// What a check gives: an error is the sender's or the disk's.
type Checked<T = ()> = Result<T, Failure>;

/// Looks into an upload when it is its turn among all that keep a core busy.
pub async fn examine(turns: &Cleaner, rules: Rules, offer: Offer) -> Result<Document, Failure> {
    match turns.turn(move || document(&rules, offer)).await {
        None => Err(Failure::Busy),
        Some(Err(died)) => Err(Failure::Unreadable(died)),
        Some(Ok(examined)) => examined,
    }
}

fn document(rules: &Rules, mut offer: Offer) -> Checked<Document> {
    let (name, format) = announced(rules, &offer)?;
    let size_bytes = i64::try_from(offer.size_bytes).unwrap_or(i64::MAX);
    if size_bytes > rules.bytes_max {
        return Err(Refusal::TooLarge(rules.bytes_max).into());
    }
    if size_bytes == 0 {
        return Err(Refusal::Empty.into());
    }
    if format.content == Content::Image {
        return image(name, format, offer);
    }
    let mismatch = || Refusal::Mismatch { extension: name.extension() };
    if !content(&mut offer.file, format)? {
        return Err(mismatch().into());
    }
    offer.file.seek(SeekFrom::Start(0))?;
    let content_type = format.media_type;
    Ok(Document { name, content_type, source: Source::File(offer.file), size_bytes, pixels: None })
}

/// The name as it is kept, and the format that it and the sender speak of.
fn announced(rules: &Rules, offer: &Offer) -> Result<(Name, &'static Format), Refusal> {
    let name = Name::new(&offer.name)?;
    let extension = name.extension();
    let format = rules.format(&extension).ok_or_else(|| Refusal::extension(&extension, rules))?;
    let declared = offer.declared.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
    let declared = declared.trim().to_ascii_lowercase();
    let is = |format: &Format| format.media_type == declared || format.aliases.contains(&declared.as_str());
    // Senders that do not know say this or nothing.
    if declared.is_empty() || declared == "application/octet-stream" || is(format) {
        return Ok((name, format));
    }
    match rules.formats().any(is) {
        true => Err(Refusal::Mismatch { extension }),
        false => Err(Refusal::media_type(&declared, rules)),
    }
}

/// Whether the file is of this format; an error when it is a bad one.
fn content(file: &mut File, format: &Format) -> Checked<bool> {
    match format.content {
        Content::Image => Ok(false),
        Content::Pdf => pdf(file),
        Content::Text => text::plain(file),
        Content::Json => text::json(file),
        Content::Mail => text::mail(file),
        Content::Zip => archive::zip(file),
        Content::Gzip => gzip::check(file),
        Content::OpenXml(member) => office::open_xml(file, member),
        Content::OpenDocument => office::open_document(file, format.media_type),
    }
}

/// A cleaned image. A format may have become another on the way; then the name says so too.
fn image(name: Name, format: &Format, mut offer: Offer) -> Checked<Document> {
    if offer.size_bytes > picture::UPLOAD_BYTES_MAX as u64 {
        return Err(Refusal::TooLarge(picture::UPLOAD_BYTES_MAX as i64).into());
    }
    let bytes = head(&mut offer.file, offer.size_bytes)?;
    let is_other = infer::get(&bytes).is_none_or(|found| found.mime_type() != format.media_type);
    if is_other {
        return Err(Refusal::Mismatch { extension: name.extension() }.into());
    }
    let clean = picture::clean(&bytes).map_err(Refusal::from)?;
    let name = match clean.content_type == format.media_type {
        true => name,
        false => name.ending_in(clean.content_type.trim_start_matches("image/")),
    };
    Ok(Document {
        name,
        content_type: clean.content_type,
        size_bytes: clean.bytes.len() as i64,
        pixels: Some((clean.width, clean.height)),
        source: Source::Memory(clean.bytes),
    })
}

/// How far from its end a PDF says that it ends, in bytes.
const PDF_TAIL_BYTES: u64 = 2_048;

fn pdf(file: &mut File) -> Checked<bool> {
    if !begins(file, b"%PDF-")? {
        return Ok(false);
    }
    if archive::has_directory(file)? {
        return Err(Refusal::Unsafe("it is a PDF and an archive at once").into());
    }
    let tail = tail(file, PDF_TAIL_BYTES)?;
    match tail.windows(5).any(|window| window == b"%%EOF") {
        true => Ok(true),
        false => Err(Refusal::Corrupt.into()),
    }
}

/// Whether the file begins with these bytes.
fn begins(file: &mut File, magic: &[u8]) -> io::Result<bool> {
    Ok(head(file, magic.len() as u64)? == magic)
}

/// The first bytes of the file, as many as there are.
fn head(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(bytes).read_to_end(&mut head)?;
    Ok(head)
}

/// The last bytes of the file, as many as there are.
fn tail(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    file.by_ref().take(bytes).read_to_end(&mut tail)?;
    Ok(tail)
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<io::Error> for Failure {
    fn from(problem: io::Error) -> Failure {
        Failure::Unreadable(problem)
    }
}
