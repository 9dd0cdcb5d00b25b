use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use super::refusal::Refusal;
use super::{DECODE_BYTES_MAX, Output, Picture, check_size, jpeg, webp};

/// Where the eye no longer sees what a second compression takes away, and files stay small.
const JPEG_QUALITY: u8 = 88;

pub(super) fn clean_png(bytes: &[u8]) -> Result<Picture, Refusal> {
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), limits())?;
    let orientation = decoder.orientation()?;
    let image = decode(Upload { decoder, orientation, working_bytes: 0 })?;
    let mut out = Output::default();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(too_large)?;
    Ok(picture(&image, out, "image/png"))
}

pub(super) fn clean_jpeg(bytes: &[u8]) -> Result<Picture, Refusal> {
    let outline = jpeg::outline(bytes)?;
    let mut decoder = JpegDecoder::new(Cursor::new(bytes))?;
    let orientation = decoder.orientation()?;
    let image = decode(Upload { decoder, orientation, working_bytes: outline.working_bytes })?;
    encode_jpeg(image)
}

pub(super) fn clean_webp(bytes: &[u8]) -> Result<Picture, Refusal> {
    let decoder = WebPDecoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let outline = webp::outline(bytes, width, height)?;
    let opaque = !decoder.color_type().has_alpha();
    let per_pixel = webp::working_bytes_per_pixel(&decoder);
    let image = decode(Upload {
        working_bytes: u64::from(width) * u64::from(height) * per_pixel,
        orientation: outline.orientation,
        decoder,
    })?;
    if outline.lossy && opaque {
        return encode_jpeg(image);
    }
    let mut out = Output::default();
    image.write_with_encoder(WebPEncoder::new_lossless(&mut out)).map_err(too_large)?;
    Ok(picture(&image, out, "image/webp"))
}

struct Upload<D> {
    decoder: D,
    orientation: Orientation,
    /// What the decoder holds beside the decoded picture, in bytes.
    working_bytes: u64,
}

/// Decodes all pixels and turns them upright. All sizes are checked before the first pixel is decoded.
fn decode<D: ImageDecoder>(upload: Upload<D>) -> Result<DynamicImage, Refusal> {
    let Upload { mut decoder, orientation, working_bytes } = upload;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let image_bytes = decoder.total_bytes();
    let turning_bytes = if orientation == Orientation::NoTransforms { 0 } else { image_bytes };
    if image_bytes + working_bytes.max(turning_bytes) > DECODE_BYTES_MAX {
        return Err(Refusal::TooMuchMemory);
    }
    decoder.set_limits(limits())?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    // Width and height are not limited here but by `check_size`, which can tell the sender what they are.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    limits
}

fn encode_jpeg(image: DynamicImage) -> Result<Picture, Refusal> {
    let image = match image {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => image,
        other => DynamicImage::ImageRgb8(other.into_rgb8()),
    };
    let mut out = Output::default();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY)).map_err(too_large)?;
    Ok(picture(&image, out, "image/jpeg"))
}

/// Size and colours suit the encoder by now, so all that can go wrong is that the output is full.
fn too_large(_: ImageError) -> Refusal {
    Refusal::TooLargeWhenClean
}

fn picture(image: &DynamicImage, out: Output, content_type: &'static str) -> Picture {
    Picture { bytes: out.0, content_type, width: image.width(), height: image.height() }
}
