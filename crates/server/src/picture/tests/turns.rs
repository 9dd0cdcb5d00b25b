//! Pictures are turned upright as their EXIF says (EXIF 2.3, tag 0x0112), because the EXIF goes.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::make::*;
use super::{Picture, cleaned, decoded};

/// One colour in each quarter, 32 × 16: red and white above, black and blue below.
fn quarters() -> DynamicImage {
    let colours = [[RED, [250; 3]], [[5; 3], BLUE]];
    RgbImage::from_fn(32, 16, |x, y| Rgb(colours[usize::from(y >= 8)][usize::from(x >= 16)])).into()
}

/// The four quarters in a file that says how to turn them.
fn jpeg_turned(orientation: u8) -> Picture {
    let exif = [b"Exif\0\0", exif(orientation, b"").as_slice()].concat();
    cleaned(&insert(&encoded(&quarters(), ImageFormat::Jpeg), 2, &[jpeg_segment(0xE1, &exif)]))
}

/// The colours of the corners, above and below, each from left to right, and the size.
fn looks(picture: &Picture) -> (String, (u32, u32)) {
    let image = decoded(&picture.bytes).to_rgb8();
    let (width, height) = image.dimensions();
    assert_eq!((width, height), (picture.width, picture.height));
    let (right, bottom) = (width - 1, height - 1);
    let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
    let letters = corners.map(|(x, y)| match image.get_pixel(x, y).0.map(|sample| sample > 128) {
        [true, false, false] => 'R',
        [true, true, true] => 'W',
        [false, false, false] => 'K',
        [false, false, true] => 'B',
        _ => '?',
    });
    (letters.iter().collect(), (width, height))
}

#[test]
fn a_photo_is_turned_upright() {
    let (landscape, portrait) = ((32, 16), (16, 32));
    for (orientation, corners, size) in [
        (1, "RWKB", landscape),
        (2, "WRBK", landscape),
        (3, "BKWR", landscape),
        (4, "KBRW", landscape),
        (5, "RKWB", portrait),
        (6, "KRBW", portrait),
        (7, "BWKR", portrait),
        (8, "WBRK", portrait),
    ] {
        assert_eq!(looks(&jpeg_turned(orientation)), (corners.to_owned(), size), "orientation {orientation}");
    }
}

#[test]
fn an_orientation_that_does_not_exist_turns_nothing() {
    for orientation in [0, 9, 255] {
        assert_eq!(looks(&jpeg_turned(orientation)), ("RWKB".to_owned(), (32, 16)));
    }
}

#[test]
fn png_and_webp_are_turned_too() {
    let png = encoded(&quarters(), ImageFormat::Png);
    let png = insert(&png, 33, &[png_chunk(b"eXIf", &exif(8, b""))]);
    assert_eq!(looks(&cleaned(&png)), ("WBRK".to_owned(), (16, 32)));
    for simple in [encoded(&halves(), ImageFormat::WebP), LOSSY_WEBP.to_vec()] {
        let webp = extended_webp(&simple, 0x08, &[riff_chunk(b"EXIF", &exif(8, b""))]);
        let picture = cleaned(&webp);
        assert_eq!((picture.width, picture.height), (16, 24));
    }
}
