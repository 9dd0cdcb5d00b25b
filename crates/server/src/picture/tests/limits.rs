//! Bombs: uploads that would cost far more than they weigh.

use std::io::Write;

use image::ImageFormat;

use super::super::{CLEAN_BYTES_MAX, Output, UPLOAD_BYTES_MAX, webp};
use super::make::*;
use super::refused;

#[test]
fn an_upload_of_too_many_bytes_is_refused_unread() {
    let mut upload = encoded(&halves(), ImageFormat::Png);
    upload.resize(UPLOAD_BYTES_MAX + 1, 0);
    assert_eq!(refused(&upload), "The image has 10485761 bytes; at most 10485760 are allowed.");
    upload.pop();
    super::cleaned(&upload);
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_with_its_size() {
    assert_eq!(
        refused(&png_claiming(20_000, 20_000)),
        "The image is 20000 × 20000 pixels; at most 16384 on a side and 25 million in all are allowed."
    );
    assert!(refused(&png_claiming(16_385, 1)).starts_with("The image is 16385 × 1 pixels"));
    assert!(refused(&png_claiming(5_001, 5_000)).starts_with("The image is 5001 × 5000 pixels"));
    // This size is allowed, and then there is not enough in it.
    assert_eq!(refused(&png_claiming(5_000, 5_000)), "The image is damaged or incomplete.");
}

#[test]
fn a_jpeg_cannot_claim_more_than_it_may_have() {
    let mut jpeg = encoded(&halves(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert!(refused(&jpeg).starts_with("The image is 65535 × 65535 pixels"));
}

#[test]
fn a_jpeg_of_many_passes_over_a_large_picture_is_refused() {
    let mut jpeg = PROGRESSIVE_JPEG.to_vec();
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC2]).unwrap();
    // 5000 × 5000 pixels of three components that are not thinned out: 75 MB decoded, 150 MB while decoding.
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x13, 0x88, 0x13, 0x88]);
    [11, 14, 17].into_iter().for_each(|sampling| jpeg[frame + sampling] = 0x11);
    assert_eq!(refused(&jpeg), "The image takes too much memory to decode.");

    let scan = PROGRESSIVE_JPEG.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scans = vec![jpeg_segment(0xDA, &[1, 1, 0, 0, 0, 0]); 100];
    assert_eq!(refused(&insert(PROGRESSIVE_JPEG, scan, &scans)), "The image is stored in too many passes.");
}

/// A GIF of frames that say how large they are and have no pixels.
fn gif_claiming(frames: usize, side: u16) -> Vec<u8> {
    let screen =
        [b"GIF89a", side.to_le_bytes().as_slice(), &side.to_le_bytes(), &[0x80, 0, 0, 1, 2, 3, 4, 5, 6]]
            .concat();
    let frame =
        [&[0x2C, 0, 0, 0, 0], side.to_le_bytes().as_slice(), &side.to_le_bytes(), &[0, 2, 1, 0x2C, 0]]
            .concat();
    [screen, frame.repeat(frames), vec![0x3B]].concat()
}

#[test]
fn an_animation_of_too_many_frames_or_pixels_is_refused() {
    let damaged = "The image is damaged or incomplete.";
    let too_many = "The animation has too many frames.";
    assert_eq!(refused(&gif_claiming(1_000, 10)), damaged);
    assert_eq!(refused(&gif_claiming(1_001, 10)), too_many);
    assert_eq!(refused(&gif_claiming(4, 5_000)), damaged);
    assert_eq!(refused(&gif_claiming(5, 5_000)), too_many);
    assert!(refused(&gif_claiming(1, 5_001)).starts_with("The image is 5001 × 5001 pixels"));
}

#[test]
fn a_gif_without_frames_or_pixels_or_with_a_frame_over_the_edge_is_refused() {
    let damaged = "The image is damaged or incomplete.";
    assert_eq!(refused(&gif_claiming(0, 10)), damaged);
    assert_eq!(refused(&gif_claiming(1, 0)), damaged);
    let mut over_the_edge = animated_gif();
    over_the_edge[6] = 12;
    assert_eq!(refused(&over_the_edge), damaged);
}

#[test]
fn a_webp_frame_larger_than_its_canvas_is_refused_before_it_is_decoded() {
    let mut webp = extended_webp(LOSSY_WEBP, 0, &[]);
    assert!(webp::outline(&webp, 24, 16).is_ok());
    let frame = webp.windows(4).position(|four| four == b"VP8 ").unwrap();
    webp[frame + 14..frame + 18].fill(0xFF);
    // The decoder would refuse it as well, after it has filled 400 MB; so this asks what comes before.
    assert!(webp::outline(&webp, 24, 16).is_err());
    assert_eq!(refused(&webp), "The image is damaged or incomplete.");
}

#[test]
fn a_webp_chunk_that_claims_gigabytes_reserves_none() {
    let mut exif_chunk = riff_chunk(b"EXIF", &exif(6, b""));
    exif_chunk[4..8].fill(0xFF);
    let webp = extended_webp(&encoded(&halves(), ImageFormat::WebP), 0x08, &[exif_chunk]);
    assert_eq!(super::cleaned(&webp).width, 16);
}

#[test]
fn a_clean_picture_of_too_many_bytes_is_not_gathered() {
    let mut output = Output::default();
    output.write_all(&vec![0; CLEAN_BYTES_MAX]).unwrap();
    output.write_all(&[0]).unwrap_err();
    assert_eq!(output.0.len(), CLEAN_BYTES_MAX);
}

#[test]
fn a_webp_with_a_long_lossless_part_is_refused_wherever_the_part_is() {
    let reason = "A lossless WebP may have at most 1 MB; as a PNG it is allowed.";
    let longest = vec![0x2F; webp::LOSSLESS_BYTES_MAX];
    let long = vec![0x2F; webp::LOSSLESS_BYTES_MAX + 2];
    let frame = |inner: &[Vec<u8>]| riff_chunk(b"ANMF", &[vec![0; 16], inner.concat()].concat());
    for name in [b"VP8L", b"ALPH"] {
        let first = |data: &[u8]| [frame(&[riff_chunk(name, data)])];
        let second = |data: &[u8]| [frame(&[riff_chunk(b"ALPH", &[0; 8]), riff_chunk(name, data)])];
        for (data, expected) in [(&longest, true), (&long, false)] {
            let plain = extended_webp(LOSSY_WEBP, 0, &[riff_chunk(name, data)]);
            assert_eq!(webp::outline(&plain, 24, 16).is_ok(), expected);
            assert_eq!(webp::outline(&extended_webp(LOSSY_WEBP, 0, &first(data)), 24, 16).is_ok(), expected);
            assert_eq!(webp::outline(&extended_webp(LOSSY_WEBP, 0, &second(data)), 24, 16).is_ok(), expected);
        }
    }
    // The frame says that it is shorter than the chunk in it.
    let mut lying = extended_webp(LOSSY_WEBP, 0, &[frame(&[riff_chunk(b"VP8L", &long)])]);
    let at = lying.windows(4).position(|four| four == b"ANMF").unwrap();
    lying[at + 4..at + 8].copy_from_slice(&24_u32.to_le_bytes());
    assert!(webp::outline(&lying, 24, 16).is_err());

    let mut simple = encoded(&halves(), ImageFormat::WebP);
    simple.resize(2 * webp::LOSSLESS_BYTES_MAX, 0);
    simple[16..20].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    assert_eq!(refused(&simple), reason);
}
