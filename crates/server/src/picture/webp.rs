//! What the chunks of a WebP say, read before a pixel is decoded (RFC 9649).

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;

use super::refusal::Refusal;

/// The longest lossless part, in bytes. Such a part may define 65,536 groups of Huffman tables, of which the decoder
/// makes 350 bytes for each byte that it reads, whatever the size of the picture: 3.8 MB became 1.3 GB.
pub(super) const LOSSLESS_BYTES_MAX: usize = 1024 * 1024;

pub(super) struct Outline {
    /// Whether any part of it is compressed lossily.
    pub(super) lossy: bool,
    pub(super) orientation: Orientation,
}

/// Reads the chunks of a whole WebP whose canvas is `width` × `height`; refuses one with a larger frame or
/// with a lossless part of more than [`LOSSLESS_BYTES_MAX`].
///
/// The decoder believes the size in a lossy frame's own header and compares it with the canvas only after decoding:
/// a few bytes would make it fill 400 MB.
pub(super) fn outline(bytes: &[u8], width: u32, height: u32) -> Result<Outline, Refusal> {
    if has_long_lossless_part(bytes) {
        return Err(Refusal::LongLosslessWebp);
    }
    let mut lossy = false;
    for (frame_width, frame_height) in lossy_frames(bytes) {
        if frame_width > width || frame_height > height {
            return Err(Refusal::Damaged);
        }
        lossy = true;
    }
    Ok(Outline { lossy, orientation: orientation(bytes) })
}

/// What the decoder holds for each pixel beside the decoded picture, in bytes, at most: lossy planes take 1.5; alpha is
/// decoded as a picture of its own (4 + 1); an animation has a frame and a canvas (4 + 4) on top.
pub(super) fn working_bytes_per_pixel(decoder: &WebPDecoder<Cursor<&[u8]>>) -> u64 {
    match (decoder.has_animation(), decoder.color_type().has_alpha()) {
        (true, _) => 11,
        (false, true) => 7,
        (false, false) => 4,
    }
}

/// The sizes of all lossy frames, wherever the decoder could find one: the four letters of the chunk, its length, three
/// bytes, the start code, width and height.
fn lossy_frames(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let frames = bytes
        .windows(18)
        .filter(|window| window.starts_with(b"VP8 ") && window[11..14] == [0x9D, 0x01, 0x2A]);
    frames.map(|window| {
        // The two highest bits are a hint for scaling.
        let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
        (side(window[14], window[15]), side(window[16], window[17]))
    })
}

/// The orientation in the first EXIF chunk. The decoder's own way reserves as many bytes as the chunk claims to have,
/// which can be four gigabytes.
fn orientation(bytes: &[u8]) -> Orientation {
    let exif = top_level(bytes).find(|chunk| chunk.name == b"EXIF");
    exif.and_then(|chunk| Orientation::from_exif_chunk(chunk.data)).unwrap_or(Orientation::NoTransforms)
}

/// Whether a lossless part, of the picture or of its first animation frames, is longer than what is safe to decode.
fn has_long_lossless_part(bytes: &[u8]) -> bool {
    let long =
        |chunk: Chunk| matches!(chunk.name, b"VP8L" | b"ALPH") && chunk.data.len() > LOSSLESS_BYTES_MAX;
    // A frame begins with 16 bytes of its own; then come at most two chunks, transparency and picture.
    let in_frame =
        |frame: Chunk| Chunks { rest: frame.to_end.get(16..).unwrap_or_default() }.take(2).any(long);
    top_level(bytes).any(|chunk| if chunk.name == b"ANMF" { in_frame(chunk) } else { long(chunk) })
}

fn top_level(bytes: &[u8]) -> Chunks<'_> {
    Chunks { rest: bytes.get(12..).unwrap_or_default() }
}

#[derive(Clone, Copy)]
struct Chunk<'a> {
    name: &'a [u8; 4],
    /// As long as it says, or as there is.
    data: &'a [u8],
    /// The data and everything behind it: the decoder does not mind when an inner chunk is longer than its outer one.
    to_end: &'a [u8],
}

struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (name, after) = self.rest.split_first_chunk()?;
        let (length, to_end) = after.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        // Chunks begin at even offsets.
        self.rest = to_end.get(length.saturating_add(length & 1)..).unwrap_or_default();
        Some(Chunk { name, data: &to_end[..length.min(to_end.len())], to_end })
    }
}
