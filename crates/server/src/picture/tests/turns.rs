//! Pictures are turned upright as their EXIF says (EXIF 2.3, tag 0x0112), because the EXIF goes.

use image::{ImageFormat, Rgb};

use super::make::*;
use super::{Picture, cleaned, decoded};

/// A red and a blue half, left and right, in a file that says how to turn them.
fn jpeg_turned(orientation: u8) -> Picture {
    let exif = [b"Exif\0\0", exif(orientation, b"").as_slice()].concat();
    cleaned(&insert(&encoded(&halves(), ImageFormat::Jpeg), 2, &[jpeg_segment(0xE1, &exif)]))
}

/// The colours in the first and the last corner, and the size.
fn looks(picture: &Picture) -> (&'static str, &'static str, (u32, u32)) {
    let image = decoded(&picture.bytes).to_rgb8();
    let colour = |pixel: &Rgb<u8>| if pixel[0] > pixel[2] { "red" } else { "blue" };
    let (width, height) = image.dimensions();
    assert_eq!((width, height), (picture.width, picture.height));
    (colour(image.get_pixel(0, 0)), colour(image.get_pixel(width - 1, height - 1)), (width, height))
}

#[test]
fn a_photo_is_turned_upright() {
    let landscape = (24, 16);
    let portrait = (16, 24);
    for (orientation, first, last, size) in [
        (1, "red", "blue", landscape),
        (2, "blue", "red", landscape),
        (3, "blue", "red", landscape),
        (4, "red", "blue", landscape),
        (5, "red", "blue", portrait),
        (6, "red", "blue", portrait),
        (7, "blue", "red", portrait),
        (8, "blue", "red", portrait),
    ] {
        assert_eq!(looks(&jpeg_turned(orientation)), (first, last, size), "orientation {orientation}");
    }
}

#[test]
fn an_orientation_that_does_not_exist_turns_nothing() {
    for orientation in [0, 9, 255] {
        assert_eq!(looks(&jpeg_turned(orientation)), ("red", "blue", (24, 16)));
    }
}

#[test]
fn png_and_webp_are_turned_too() {
    let png = encoded(&halves(), ImageFormat::Png);
    let png = insert(&png, 33, &[png_chunk(b"eXIf", &exif(8, b""))]);
    assert_eq!(looks(&cleaned(&png)), ("blue", "red", (16, 24)));
    let webp = encoded(&halves(), ImageFormat::WebP);
    let webp = extended_webp(&webp, 0x08, &[riff_chunk(b"EXIF", &exif(8, b""))]);
    assert_eq!(looks(&cleaned(&webp)), ("blue", "red", (16, 24)));
}
