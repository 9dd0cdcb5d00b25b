//! An uploaded picture becomes one that is safe to hand to others.
//!
//! Nothing of the upload is passed on but its pixels: the bytes are decoded to the end and encoded anew, so EXIF (with the
//! place where a photo was taken), XMP, colour profiles, comments, previews, and whatever was hidden behind or between
//! the parts of the file are gone. What the file really is decides; its name and declared type are never asked.
//!
//! | in | out |
//! |---|---|
//! | JPEG | JPEG, turned upright as its EXIF orientation says |
//! | PNG | PNG; of an animated one the default image |
//! | GIF | GIF with all its frames, their times and the number of repetitions |
//! | WebP, lossless or with transparency | lossless WebP; of an animated one the first frame |
//! | WebP, lossy and opaque | JPEG: the encoder at hand is lossless only, and would make a photo many times larger |
//!
//! A WebP whose lossless part is longer than a megabyte is refused: `webp` says why.
//!
//! Colours are read as sRGB, because the profile goes: a photo in a wider space looks a little paler.
//! What the pixels themselves spell cannot be taken out, so the answer that serves them still says `nosniff`.

mod cleaner;
mod gif;
mod jpeg;
mod refusal;
mod still;
mod upright;
mod webp;

#[cfg(test)]
mod tests;

use image::ImageFormat;

pub use cleaner::{Cleaner, Failure};
pub use refusal::Refusal;

/// The largest upload that is looked at, in bytes.
pub const UPLOAD_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The largest clean picture, in bytes: what is noise in every pixel can grow when it is encoded again.
const CLEAN_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The longest side, in pixels. WebP cannot be larger, and no screen is.
pub const SIDE_MAX: u32 = 16_384;
/// The largest area, in pixels: the 24 megapixels of a present-day telephone fit, and decoded they take 75 MB.
pub const PIXELS_MAX: u64 = 25_000_000;
/// What a decoder may hold at once, in bytes: the decoded picture and the decoder's own working memory.
const DECODE_BYTES_MAX: u64 = 160 * 1024 * 1024;

/// A picture that was decoded to its end and encoded anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The whole file, without any metadata.
    pub bytes: Vec<u8>,
    /// Its media type: `image/jpeg`, `image/png`, `image/gif` or `image/webp`. It may differ from that of the upload.
    pub content_type: &'static str,
    /// In pixels, after turning it upright.
    pub width: u32,
    /// In pixels, after turning it upright.
    pub height: u32,
}

/// Takes the bytes of an upload and gives the clean picture, or the reason why there is none.
///
/// This keeps a core busy for up to some seconds: call it through [`Cleaner`].
pub fn clean(bytes: &[u8]) -> Result<Picture, Refusal> {
    // A decoder that panics met a file it was not written for: to the sender that is a damaged image, not our fault.
    std::panic::catch_unwind(|| clean_by_format(bytes)).unwrap_or(Err(Refusal::Damaged))
}

fn clean_by_format(bytes: &[u8]) -> Result<Picture, Refusal> {
    if bytes.len() > UPLOAD_BYTES_MAX {
        return Err(Refusal::TooManyBytes(bytes.len()));
    }
    match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => still::clean_png(bytes),
        Ok(ImageFormat::Jpeg) => still::clean_jpeg(bytes),
        Ok(ImageFormat::WebP) => still::clean_webp(bytes),
        Ok(ImageFormat::Gif) => gif::clean(bytes),
        _ => Err(Refusal::NotAnImage),
    }
}

fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    let area = u64::from(width) * u64::from(height);
    if width > SIDE_MAX || height > SIDE_MAX || area > PIXELS_MAX {
        return Err(Refusal::TooManyPixels { width, height });
    }
    if area == 0 {
        return Err(Refusal::Damaged);
    }
    Ok(())
}

/// Collects the encoder's output up to [`CLEAN_BYTES_MAX`]; more is an error.
#[derive(Default)]
struct Output(Vec<u8>);

impl std::io::Write for Output {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + part.len() > CLEAN_BYTES_MAX {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
