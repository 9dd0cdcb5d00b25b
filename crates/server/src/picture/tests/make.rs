//! Uploads made by hand.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

pub(super) const CMYK_JPEG: &[u8] = include_bytes!("../samples/cmyk.jpg");
pub(super) const PROGRESSIVE_JPEG: &[u8] = include_bytes!("../samples/progressive.jpg");
pub(super) const LOSSY_WEBP: &[u8] = include_bytes!("../samples/lossy.webp");
pub(super) const LOSSY_ALPHA_WEBP: &[u8] = include_bytes!("../samples/lossy-alpha.webp");
pub(super) const ANIMATED_WEBP: &[u8] = include_bytes!("../samples/animated.webp");
pub(super) const ANIMATED_PNG: &[u8] = include_bytes!("../samples/animated.png");
pub(super) const PALETTE_PNG: &[u8] = include_bytes!("../samples/palette.png");

pub(super) const RED: [u8; 3] = [250, 10, 10];
pub(super) const BLUE: [u8; 3] = [10, 10, 250];

/// Red on the left, blue on the right: 24 × 16.
pub(super) fn halves() -> DynamicImage {
    RgbImage::from_fn(24, 16, |x, _| Rgb(if x < 12 { RED } else { BLUE })).into()
}

/// Colours that change from pixel to pixel: 24 × 16.
pub(super) fn gradient() -> DynamicImage {
    let shade = |part: u32, whole: u32| u8::try_from(part * 255 / whole).unwrap();
    RgbImage::from_fn(24, 16, |x, y| Rgb([shade(x, 24), shade(y, 16), shade(x + y, 40)])).into()
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// Three frames, the second smaller than the canvas and partly transparent, repeated for ever.
pub(super) fn animated_gif() -> Vec<u8> {
    let palette = [RED, BLUE, [0, 0, 0]].concat();
    let mut encoder = gif::Encoder::new(Vec::new(), 24, 16, &palette).unwrap();
    encoder.set_repeat(gif::Repeat::Infinite).unwrap();
    for (side, colour, delay) in [(16, 0, 5), (8, 1, 7), (16, 1, 9)] {
        let mut pixels = vec![colour; usize::from(side) * usize::from(side)];
        pixels[0] = 2;
        let mut frame = gif::Frame::from_indexed_pixels(side, side, pixels, Some(2));
        (frame.delay, frame.left, frame.dispose) = (delay, 3, gif::DisposalMethod::Background);
        encoder.write_frame(&frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

/// One upload of every kind that is taken.
pub(super) fn every_kind() -> Vec<(&'static str, Vec<u8>)> {
    let image = gradient();
    let sample = |bytes: &[u8]| bytes.to_vec();
    vec![
        ("png", encoded(&image, ImageFormat::Png)),
        ("png of 16 bits", encoded(&image.to_rgba16().into(), ImageFormat::Png)),
        ("palette png", sample(PALETTE_PNG)),
        ("animated png", sample(ANIMATED_PNG)),
        ("jpeg", encoded(&image, ImageFormat::Jpeg)),
        ("grey jpeg", encoded(&image.to_luma8().into(), ImageFormat::Jpeg)),
        ("cmyk jpeg", sample(CMYK_JPEG)),
        ("progressive jpeg", sample(PROGRESSIVE_JPEG)),
        ("gif", animated_gif()),
        ("webp", encoded(&image, ImageFormat::WebP)),
        ("lossy webp", sample(LOSSY_WEBP)),
        ("lossy webp with alpha", sample(LOSSY_ALPHA_WEBP)),
        ("animated webp", sample(ANIMATED_WEBP)),
    ]
}

/// A PNG chunk with its checksum (PNG specification, 5.3).
pub(super) fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [name.as_slice(), data].concat();
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
    }
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, body.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// `bytes` with `parts` put in at `at`.
pub(super) fn insert(bytes: &[u8], at: usize, parts: &[Vec<u8>]) -> Vec<u8> {
    [&bytes[..at], &parts.concat(), &bytes[at..]].concat()
}

/// A PNG whose header claims another size than its pixels have.
pub(super) fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let png = encoded(&halves(), ImageFormat::Png);
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), &png[24..29]].concat();
    [&png[..8], &png_chunk(b"IHDR", &header), &png[33..]].concat()
}

/// A JPEG segment: marker, length, content.
pub(super) fn jpeg_segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], length.as_slice(), content].concat()
}

/// EXIF that says how the picture is turned, followed by `text` (TIFF 6.0: one entry of type SHORT, tag 0x0112).
pub(super) fn exif(orientation: u8, text: &[u8]) -> Vec<u8> {
    let entry = [&[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0], [0; 4].as_slice()].concat();
    [b"II*\0\x08\0\0\0\x01\0", entry.as_slice(), text].concat()
}

/// A RIFF chunk, padded to an even length (RFC 9649, 2.3).
pub(super) fn riff_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    [name.as_slice(), &length, data, &[0][..data.len() % 2]].concat()
}

/// A WebP in the extended format around the image chunk of a simple one; `flags` say which chunks `after` holds.
pub(super) fn extended_webp(simple: &[u8], flags: u8, after: &[Vec<u8>]) -> Vec<u8> {
    let head = riff_chunk(b"VP8X", &[flags, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
    let body = [b"WEBP", head.as_slice(), &simple[12..], &after.concat()].concat();
    riff_chunk(b"RIFF", &body)
}
