//! Nothing that hides in an upload comes out again.

use image::ImageFormat;

use super::make::*;
use super::{cleaned, has_metadata};

const SECRET: &[u8] = b"<script>alert('48.858370N 2.294481E PK\x03\x04 Ada Lovelace')</script>";

/// No eight bytes of the secret are in the clean picture, and the decoders find no metadata.
fn assert_gone(upload: &[u8], hiding_place: &str) {
    assert!(holds_secret(upload), "{hiding_place}: nothing was planted");
    let picture = cleaned(upload);
    assert!(!holds_secret(&picture.bytes), "{hiding_place}: it is still there");
    assert!(!has_metadata(&picture.bytes), "{hiding_place}");
}

fn holds_secret(bytes: &[u8]) -> bool {
    SECRET.windows(8).any(|part| bytes.windows(8).any(|other| other == part))
}

fn named(name: &[u8]) -> Vec<u8> {
    [name, SECRET].concat()
}

#[test]
fn in_a_png() {
    let png = encoded(&halves(), ImageFormat::Png);
    let text = |name, prefix: &[u8]| png_chunk(name, &named(prefix));
    let places = [
        ("text", text(b"tEXt", b"Comment\0")),
        ("international text", text(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0")),
        ("compressed text", text(b"zTXt", b"Comment\0\0")),
        ("exif", png_chunk(b"eXIf", &exif(1, SECRET))),
        ("colour profile", text(b"iCCP", b"profile\0\0")),
        ("suggested palette", text(b"sPLT", b"x\0\x08")),
        ("private chunk", text(b"prVt", b"")),
    ];
    for (place, chunk) in places {
        assert_gone(&insert(&png, 33, std::slice::from_ref(&chunk)), place);
        assert_gone(&insert(&png, png.len() - 12, &[chunk]), place);
    }
    assert_gone(&[&png, SECRET].concat(), "after the end");
}

#[test]
fn in_a_jpeg() {
    let jpeg = encoded(&halves(), ImageFormat::Jpeg);
    let places = [
        ("exif", jpeg_segment(0xE1, &[b"Exif\0\0", exif(1, SECRET).as_slice()].concat())),
        ("xmp", jpeg_segment(0xE1, &named(b"http://ns.adobe.com/xap/1.0/\0"))),
        ("colour profile", jpeg_segment(0xE2, &named(b"ICC_PROFILE\0\x01\x01"))),
        ("second picture", jpeg_segment(0xE2, &named(b"MPF\0"))),
        ("iptc", jpeg_segment(0xED, &named(b"Photoshop 3.0\0"))),
        ("comment", jpeg_segment(0xFE, SECRET)),
        ("application 15", jpeg_segment(0xEF, SECRET)),
    ];
    for (place, segment) in places {
        assert_gone(&insert(&jpeg, 2, &[segment]), place);
    }
    assert_gone(&[&jpeg, SECRET].concat(), "after the end");
}

/// A GIF extension of one block (GIF89a, 24 to 26).
fn gif_extension(label: u8, blocks: &[&[u8]]) -> Vec<u8> {
    let sized = blocks.iter().map(|block| [&[u8::try_from(block.len()).unwrap()], *block].concat());
    [vec![0x21, label], sized.collect::<Vec<_>>().concat(), vec![0]].concat()
}

#[test]
fn in_a_gif() {
    let gif = animated_gif();
    // Header, screen and a palette of four colours.
    let after_palette = 6 + 7 + 12;
    let places = [
        ("comment", gif_extension(0xFE, &[SECRET])),
        ("xmp", gif_extension(0xFF, &[b"XMP DataXMP", SECRET])),
        ("colour profile", gif_extension(0xFF, &[b"ICCRGBG1012", SECRET])),
        ("application", gif_extension(0xFF, &[b"parlance1.0", SECRET])),
    ];
    for (place, extension) in places {
        assert_gone(&insert(&gif, after_palette, std::slice::from_ref(&extension)), place);
        assert_gone(&insert(&gif, gif.len() - 1, &[extension]), place);
    }
    assert_gone(&[&gif, SECRET].concat(), "after the end");
}

#[test]
fn in_the_unused_colours_of_a_gif() {
    let palette = [&[1, 2, 3], &SECRET[..SECRET.len() / 3 * 3]].concat();
    let mut encoder = gif::Encoder::new(Vec::new(), 4, 4, &palette).unwrap();
    encoder.write_frame(&gif::Frame::from_indexed_pixels(4, 4, vec![0; 16], None)).unwrap();
    assert_gone(&encoder.into_inner().unwrap(), "palette");
}

#[test]
fn a_gif_that_is_also_a_script_is_one_no_longer() {
    // `GIF89a/*…*/=1;…`: the width is spelled like the beginning of a comment.
    let width = u16::from_le_bytes(*b"/*");
    let mut encoder = gif::Encoder::new(Vec::new(), width, 2, &[RED, BLUE].concat()).unwrap();
    encoder
        .write_frame(&gif::Frame::from_indexed_pixels(width, 2, vec![1; usize::from(width) * 2], None))
        .unwrap();
    let gif = encoder.into_inner().unwrap();
    let script = insert(&gif, 19, &[gif_extension(0xFE, &[b"*/=1;", SECRET, b"//"])]);
    assert!(script.starts_with(b"GIF89a/*"));
    assert_gone(&[script.as_slice(), b"*/=1;", SECRET].concat(), "script");
    let clean = cleaned(&script).bytes;
    assert!(!clean.windows(2).any(|pair| pair == b"*/"));
}

#[test]
fn in_a_webp() {
    const ICC: u8 = 0x20;
    const EXIF: u8 = 0x08;
    const XMP: u8 = 0x04;
    for simple in [encoded(&halves(), ImageFormat::WebP), LOSSY_WEBP.to_vec()] {
        let places = [
            ("exif", EXIF, riff_chunk(b"EXIF", &exif(1, SECRET))),
            ("xmp", XMP, riff_chunk(b"XMP ", SECRET)),
            ("colour profile", ICC, riff_chunk(b"ICCP", SECRET)),
            ("unknown chunk", 0, riff_chunk(b"WHAT", SECRET)),
        ];
        for (place, flag, chunk) in places {
            assert_gone(&extended_webp(&simple, flag, &[chunk]), place);
        }
        assert_gone(&[&simple, SECRET].concat(), "after the end");
    }
}
