//! What the chunks of a WebP say, read before a pixel is decoded (RFC 9649).

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;

use super::refusal::Refusal;

pub(super) struct Outline {
    /// Whether any part of it is compressed lossily.
    pub(super) lossy: bool,
    pub(super) orientation: Orientation,
}

/// Reads the chunks of a whole WebP whose canvas is `width` × `height`; refuses one with a larger frame.
///
/// The decoder believes the size in a lossy frame's own header and compares it with the canvas only after decoding:
/// a few bytes would make it fill 400 MB.
pub(super) fn outline(bytes: &[u8], width: u32, height: u32) -> Result<Outline, Refusal> {
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
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((name, length)) = chunk_head(rest) {
        let data = &rest[8..];
        let data_end = length.min(data.len());
        if name == b"EXIF" {
            return Orientation::from_exif_chunk(&data[..data_end]).unwrap_or(Orientation::NoTransforms);
        }
        // Chunks begin at even offsets.
        rest = data.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
    Orientation::NoTransforms
}

fn chunk_head(rest: &[u8]) -> Option<(&[u8; 4], usize)> {
    let (name, after) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*after.first_chunk()?);
    Some((name, length as usize))
}
