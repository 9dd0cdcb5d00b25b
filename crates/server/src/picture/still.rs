use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageError, Limits, PixelWithColorType};

use super::refusal::Refusal;
use super::upright::Upright;
use super::{DECODE_BYTES_MAX, Output, Picture, check_size, jpeg, webp};

/// Where the eye no longer sees what a second compression takes away, and files stay small.
const JPEG_QUALITY: u8 = 88;

/// What a PNG may hold beside its pixels, in bytes: a kilobyte of its colour profile can unpack to a megabyte.
const PNG_CHUNK_BYTES_MAX: u64 = 8 * 1024 * 1024;

pub(super) fn clean_png(bytes: &[u8]) -> Result<Picture, Refusal> {
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), limits(PNG_CHUNK_BYTES_MAX))?;
    let orientation = decoder.orientation()?;
    let turning_bytes = if orientation == Orientation::NoTransforms { 0 } else { decoder.total_bytes() };
    let mut image = decode(decoder, turning_bytes)?;
    image.apply_orientation(orientation);
    let mut out = Output::default();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(too_large)?;
    Ok(picture(&image, out, "image/png"))
}

pub(super) fn clean_jpeg(bytes: &[u8]) -> Result<Picture, Refusal> {
    let outline = jpeg::outline(bytes)?;
    let mut decoder = JpegDecoder::new(Cursor::new(bytes))?;
    let orientation = decoder.orientation()?;
    encode_jpeg(decode(decoder, outline.working_bytes)?, orientation)
}

pub(super) fn clean_webp(bytes: &[u8]) -> Result<Picture, Refusal> {
    let decoder = WebPDecoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let outline = webp::outline(bytes, width, height)?;
    let opaque = !decoder.color_type().has_alpha();
    // This is more than a second copy takes, so it covers the turning as well.
    let per_pixel = webp::working_bytes_per_pixel(&decoder);
    let mut image = decode(decoder, u64::from(width) * u64::from(height) * per_pixel)?;
    if outline.lossy && opaque {
        return encode_jpeg(image, outline.orientation);
    }
    image.apply_orientation(outline.orientation);
    let mut out = Output::default();
    image.write_with_encoder(WebPEncoder::new_lossless(&mut out)).map_err(too_large)?;
    Ok(picture(&image, out, "image/webp"))
}

/// Decodes all pixels, when the picture and the decoder's `working_bytes` beside it are not too large.
fn decode(mut decoder: impl ImageDecoder, working_bytes: u64) -> Result<DynamicImage, Refusal> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    if decoder.total_bytes() + working_bytes > DECODE_BYTES_MAX {
        return Err(Refusal::TooMuchMemory);
    }
    decoder.set_limits(limits(DECODE_BYTES_MAX))?;
    Ok(DynamicImage::from_decoder(decoder)?)
}

fn limits(bytes_max: u64) -> Limits {
    // Width and height are not limited here but by `check_size`, which can tell the sender what they are.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(bytes_max);
    limits
}

fn encode_jpeg(image: DynamicImage, orientation: Orientation) -> Result<Picture, Refusal> {
    match image {
        DynamicImage::ImageLuma8(grey) => write_jpeg(&Upright { image: &grey, orientation }),
        other => write_jpeg(&Upright { image: &other.into_rgb8(), orientation }),
    }
}

fn write_jpeg<V>(image: &V) -> Result<Picture, Refusal>
where
    V: GenericImageView<Pixel: PixelWithColorType>,
{
    let mut out = Output::default();
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).encode_image(image).map_err(too_large)?;
    Ok(picture(image, out, "image/jpeg"))
}

/// Size and colours suit the encoder by now, so all that can go wrong is that the output is full.
fn too_large(_: ImageError) -> Refusal {
    Refusal::TooLargeWhenClean
}

fn picture(image: &impl GenericImageView, out: Output, content_type: &'static str) -> Picture {
    Picture { bytes: out.0, content_type, width: image.width(), height: image.height() }
}
