use image::{DynamicImage, GenericImageView, ImageFormat};

use super::make::*;
use super::{cleaned, decoded, has_metadata, refused};

/// Whether two pictures look the same: no sample of any pixel is further than `tolerance` from the other's.
fn look_alike(one: &DynamicImage, other: &DynamicImage, tolerance: u8) -> bool {
    let (one, other) = (one.to_rgba8(), other.to_rgba8());
    one.dimensions() == other.dimensions()
        && one.iter().zip(other.iter()).all(|(one, other)| one.abs_diff(*other) <= tolerance)
}

#[test]
fn every_kind_of_picture_comes_out_decodable_of_the_same_size_and_bare() {
    for (kind, upload) in every_kind() {
        let picture = cleaned(&upload);
        assert_eq!((picture.width, picture.height), (24, 16), "{kind}");
        assert_eq!(decoded(&picture.bytes).dimensions(), (24, 16), "{kind}");
        assert!(!has_metadata(&picture.bytes), "{kind}");
        let format = image::guess_format(&picture.bytes).unwrap();
        assert_eq!(format.to_mime_type(), picture.content_type, "{kind}");
    }
}

#[test]
fn pictures_keep_their_looks() {
    for (kind, upload) in every_kind() {
        // The animated ones show their first frame here; a JPEG may lose a little where colours meet.
        let same = look_alike(&decoded(&upload), &decoded(&cleaned(&upload).bytes), 24);
        assert!(same, "{kind}");
    }
}

#[test]
fn a_cmyk_jpeg_shows_the_colours_it_was_made_from() {
    let picture = decoded(&cleaned(CMYK_JPEG).bytes);
    assert!(look_alike(&picture, &gradient(), 32));
}

#[test]
fn lossless_formats_keep_every_pixel() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let image = DynamicImage::ImageRgba8(gradient().to_rgba8());
        let picture = cleaned(&encoded(&image, format));
        assert_eq!(decoded(&picture.bytes).to_rgba8(), image.to_rgba8());
        assert_eq!(picture.content_type, format.to_mime_type());
    }
}

#[test]
fn a_png_keeps_16_bits_and_a_grey_jpeg_stays_grey() {
    let deep = DynamicImage::ImageRgb16(gradient().to_rgb16());
    assert_eq!(decoded(&cleaned(&encoded(&deep, ImageFormat::Png)).bytes), deep);
    let grey = DynamicImage::ImageLuma8(gradient().to_luma8());
    let picture = decoded(&cleaned(&encoded(&grey, ImageFormat::Jpeg)).bytes);
    assert!(matches!(picture, DynamicImage::ImageLuma8(_)));
}

#[test]
fn a_transparent_colour_of_a_palette_stays_transparent() {
    let picture = decoded(&cleaned(PALETTE_PNG).bytes).to_rgba8();
    assert_eq!(picture.get_pixel(0, 0).0[3], 0);
    assert_eq!(picture.get_pixel(23, 15).0[3], 255);
}

#[test]
fn a_lossy_webp_becomes_a_jpeg_unless_it_is_transparent() {
    assert_eq!(cleaned(LOSSY_WEBP).content_type, "image/jpeg");
    let picture = cleaned(LOSSY_ALPHA_WEBP);
    assert_eq!(picture.content_type, "image/webp");
    assert_eq!(decoded(&picture.bytes).to_rgba8().get_pixel(0, 0).0[3], 0);
}

#[test]
fn of_an_animated_png_or_webp_the_first_image_stays() {
    for upload in [ANIMATED_PNG, ANIMATED_WEBP] {
        let picture = decoded(&cleaned(upload).bytes).to_rgb8();
        assert!(picture.pixels().all(|pixel| pixel.0 == RED));
    }
}

/// What a viewer is told of a frame: time, left edge, width, what comes after it, the colours of its pixels.
type Shown = (u16, u16, u16, gif::DisposalMethod, Vec<u8>);

fn frames(gif: &[u8]) -> (gif::Repeat, Vec<Shown>) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(gif).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let visible =
            frame.buffer.as_chunks().0.iter().map(|pixel| if pixel[3] == 0 { [0; 4] } else { *pixel });
        frames.push((frame.delay, frame.left, frame.width, frame.dispose, visible.flatten().collect()));
    }
    (decoder.repeat(), frames)
}

#[test]
fn a_gif_keeps_its_animation() {
    let upload = animated_gif();
    let picture = cleaned(&upload);
    assert_eq!(frames(&picture.bytes).1.len(), 3);
    assert_eq!(frames(&picture.bytes), frames(&upload));
}

#[test]
fn a_gif_of_256_colours_and_one_that_points_past_its_palette_are_taken() {
    let palette: Vec<u8> = (0..=255).flat_map(|shade| [shade, 255 - shade, 7]).collect();
    let mut encoder = gif::Encoder::new(Vec::new(), 16, 16, &palette).unwrap();
    encoder
        .write_frame(&gif::Frame::from_indexed_pixels(16, 16, (0..=255).collect::<Vec<_>>(), None))
        .unwrap();
    let full = encoder.into_inner().unwrap();
    assert_eq!(frames(&cleaned(&full).bytes), frames(&full));

    let mut encoder = gif::Encoder::new(Vec::new(), 16, 16, &[1, 2, 3, 4, 5, 6]).unwrap();
    encoder.write_frame(&gif::Frame::from_indexed_pixels(16, 16, vec![9; 256], None)).unwrap();
    cleaned(&encoder.into_inner().unwrap());
}

#[test]
fn cleaning_twice_changes_no_lossless_picture() {
    for (kind, upload) in every_kind() {
        let once = cleaned(&upload);
        if once.content_type != "image/jpeg" {
            assert_eq!(cleaned(&once.bytes), once, "{kind}");
        }
    }
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_pretends() {
    let others: [&[u8]; 10] = [
        b"",
        b"hello",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04\x14\0",
        b"\x7fELF\x02\x01\x01",
        b"BM\x3a\0\0\0\0\0\0\0",
        b"\0\0\0\x20ftypavif",
    ];
    for other in others {
        assert_eq!(refused(other), "This is not a PNG, JPEG, WebP or GIF image.");
    }
}

#[test]
fn a_bare_beginning_of_a_picture_is_refused() {
    let heads: [&[u8]; 4] = [b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\0\0\0WEBPVP8 "];
    for head in heads {
        assert_eq!(refused(head), "The image is damaged or incomplete.");
    }
    // Read as a size, the beginning of this script is one.
    assert!(refused(b"GIF89a/*<script>*/").starts_with("The image is 10799 × 29500 pixels"));
}
