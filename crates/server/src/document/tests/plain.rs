//! Names, declared types, text, PDF and images.

use image::{DynamicImage, ImageFormat, RgbImage};
use parlance_engine::file::{Content, FORMATS, Rules};

use super::make::{docx, pdf, zip};
use super::{assert_kept, assert_refused, examined, kept, under};

const PAGES: [&str; 14] = [
    "<!DOCTYPE html><p>x",
    "<html>",
    " \t\r\n<script>alert(1)</script>",
    "\u{FEFF}<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    "<?xml version='1.0'?><svg/>",
    "<?php system('id');",
    "<SvG/>",
    "<!-- x --><b>",
    "</b>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>",
    "<a href=x>",
    "#!/bin/sh\nid",
    "<!ENTITY lol \"lol\">",
    "\u{FEFF}\n\n<iframe src=x>",
];

fn png() -> Vec<u8> {
    encoded(ImageFormat::Png)
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(20, 10)).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn text_of_every_sort_is_kept_as_it_is() {
    assert_kept("a.txt", "Grüße, 你好\r\n\tend".as_bytes(), "text/plain");
    assert_kept("latin.txt", b"Gr\xFC\xDFe", "text/plain");
    assert_kept("syslog.log", b"<134>Oct 1 host app: \x1b[31mred\x1b[0m\n", "text/plain");
    assert_kept("a.csv", b"a;b\n1;2\n", "text/csv");
    assert_kept("a.md", b"# Title\n\n<b>bold</b>\n", "text/markdown");
    assert_kept("a.json", br#"{"a": [1, "b", null]}"#, "application/json");
    assert_kept("a.eml", b"Received: from x\r\nFrom: a@b.example\r\n\r\n<html>", "message/rfc822");
    assert_kept("a.pdf", &pdf(), "application/pdf");
    assert_kept("long.txt", &b"line\n".repeat(60_000), "text/plain");
}

#[test]
fn what_begins_as_a_page_a_drawing_or_a_script_is_no_text() {
    for page in PAGES {
        for name in ["a.txt", "a.csv", "a.md", "a.log", "a.json"] {
            assert_refused(name, page.as_bytes(), "contains unsafe content");
        }
    }
    for name in
        ["a.svg", "a.html", "a.htm", "a.xhtml", "a.xml", "a.js", "a.php", "a.mhtml", "a.exe", "a.htaccess"]
    {
        assert_refused(name, b"x", "is not allowed, allowed");
    }
}

#[test]
fn what_is_no_text_is_not_called_text() {
    for bytes in
        [b"a\0b".to_vec(), b"\x7fELF\x02\x01".to_vec(), png(), zip(&[("a", b"b")]), b"a\x08b".to_vec()]
    {
        for name in ["a.txt", "a.csv", "a.md", "a.log", "a.json", "a.eml"] {
            assert_refused(name, &bytes, "does not match to the file extension");
        }
    }
    for bytes in [pdf(), b"{\\rtf1}".to_vec(), b"%!PS-Adobe".to_vec()] {
        assert_refused("a.txt", &bytes, "does not match to the file extension");
    }
    let late = [b"x".repeat(200_000), b"\0".to_vec()].concat();
    assert_refused("a.txt", &late, "does not match to the file extension");
    assert_refused("a.eml", b"From a@b Mon\n\nhello", "does not match to the file extension");
    assert_refused("a.eml", b"<html>", "does not match to the file extension");
}

#[test]
fn what_breaks_off_or_makes_no_sense_is_corrupt() {
    for bytes in ["{", "{} {}", "NaN", "[1,]", "\"\u{1F600}", "\u{FEFF}{}"] {
        assert_refused("a.json", bytes.as_bytes(), "is corrupt");
    }
    assert_kept("deep.json", &[b"[".repeat(100_000), b"]".repeat(100_000)].concat(), "application/json");
    assert_refused("a.pdf", &pdf()[..40], "is corrupt");
    assert_refused("a.png", &png()[..40], "is corrupt");
    for name in ["a.txt", "a.png", "a.zip", "a.pdf", "a.docx"] {
        assert_refused(name, b"", "is corrupt");
    }
}

#[test]
fn a_pdf_that_is_an_archive_besides_is_refused() {
    let polyglot = [pdf(), zip(&[("a.class", b"x")])].concat();
    assert_refused("a.pdf", &polyglot, "contains unsafe content");
    assert_refused("a.zip", &polyglot, "does not match to the file extension");
    let with_comment = [zip(&[("a.class", b"x")]), pdf()].concat();
    assert_refused("a.pdf", &with_comment, "does not match to the file extension");
    assert_refused("a.zip", &with_comment, "is corrupt");
}

#[test]
fn ending_declared_type_and_content_must_agree() {
    let taken = |name, declared, bytes: &[u8]| examined(name, Some(declared), bytes).map(|d| d.content_type);
    for declared in ["text/plain", "Text/Plain; charset=utf-8", "", "application/octet-stream"] {
        assert_eq!(taken("a.TXT", declared, b"x"), Ok("text/plain"), "{declared}");
    }
    assert_eq!(taken("a.csv", "application/vnd.ms-excel", b"x"), Ok("text/csv"));
    assert_eq!(taken("a.zip", "application/x-zip-compressed", &zip(&[("a", b"b")])), Ok("application/zip"));
    for (name, declared) in [("a.txt", "image/png"), ("a.md", "application/pdf"), ("a.png", "image/jpeg")] {
        let refusal = taken(name, declared, b"x").unwrap_err().to_string();
        assert!(refusal.contains("does not match to the file extension"), "{refusal}");
    }
    for declared in ["text/html", "image/svg+xml", "application/xhtml+xml", "x", "text/html\u{202E}<b>"] {
        let refusal = taken("a.txt", declared, b"x").unwrap_err().to_string();
        assert!(refusal.contains("is not allowed, allowed"), "{refusal}");
        assert!(refusal.is_ascii() && refusal.ends_with('.'), "{refusal}");
    }
    for (name, bytes) in
        [("a.png", encoded(ImageFormat::Jpeg)), ("a.docx", pdf()), ("a.pdf", docx()), ("a.gz", pdf())]
    {
        assert_refused(name, &bytes, "does not match to the file extension");
    }
}

#[test]
fn an_image_is_cleaned_and_its_name_says_what_it_has_become() {
    let hidden = [png(), zip(&[("a.class", b"x")]), b"<script>".to_vec()].concat();
    let document = examined("photo.PNG", Some("image/png"), &hidden).unwrap();
    assert_eq!((document.name.as_str(), document.pixels), ("photo.PNG", Some((20, 10))));
    let bytes = kept(document);
    assert!(!bytes.windows(2).any(|w| w == b"PK") && !bytes.windows(7).any(|w| w == b"<script"));
    let lossy = include_bytes!("../../picture/samples/lossy.webp");
    let document = examined("a.webp", None, lossy).unwrap();
    assert_eq!((document.name.as_str(), document.content_type), ("a.jpeg", "image/jpeg"));
}

#[test]
fn a_page_that_pretends_to_be_an_image_is_refused() {
    for bytes in [
        b"GIF89a/*<script>alert(1)</script>*/".as_slice(),
        b"<svg/>",
        b"BM<html>",
        b"\x89PNG\r\n\x1a\n<html>",
    ] {
        for name in ["a.gif", "a.png", "a.jpg", "a.webp"] {
            assert!(examined(name, None, bytes).is_err(), "{name}");
        }
    }
}

#[test]
fn too_many_pixels_and_too_many_bytes_are_named() {
    let mut wide = std::io::Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(17_000, 1)).write_to(&mut wide, ImageFormat::Png).unwrap();
    assert_refused("a.png", wide.get_ref(), "image width");
    assert_refused("a.png", wide.get_ref(), "image height");
    let rules = Rules { bytes_max: 10, ..Rules::of_documents() };
    let refusal = under(&rules, "a.txt", None, b"12345678901").unwrap_err().to_string();
    assert_eq!(refusal, "The file exceeds the limit of 10 bytes.");
    let large = [png(), vec![0; 11 * 1024 * 1024]].concat();
    assert_refused("a.png", &large, "exceeds the limit of 10485760 bytes");
}

#[test]
fn a_name_is_judged_as_it_will_be_kept() {
    for (typed, as_kept) in [
        ("../../etc/cron.txt", "cron.txt"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("a\u{202E}txt.exe.txt", "atxt.exe.txt"),
        ("a.t\u{200B}xt", "a.txt"),
        ("a.txt\0", "a.txt"),
        ("a.txt. . ", "a.txt"),
        ("  a \r\n b.txt ", "a b.txt"),
        ("a\u{301}.txt", "\u{E1}.txt"),
        ("a\"b<c>:d|e?f*.txt", "a_b_c__d_e_f_.txt"),
    ] {
        assert_eq!(examined(typed, None, b"x").unwrap().name.as_str(), as_kept, "{typed:?}");
    }
    let refused = [
        ("a.ht\u{200B}ml", "is not allowed, allowed"),
        ("photo\u{202E}gnp.exe", "is not allowed, allowed"),
        ("a.txt\0.html", "is not allowed, allowed"),
        ("a.txt/.html", "file name"),
        (".htaccess", "file name"),
        ("\u{200B}.txt", "file name"),
        (". .txt", "file name"),
        ("..", "file name"),
        ("", "file name"),
        ("\u{200B}", "file name"),
        ("readme", "file extension is required"),
        ("readme.", "file extension is required"),
        ("a.txt::$DATA", "is not allowed, allowed"),
    ];
    for (typed, words) in refused {
        assert_refused(typed, b"x", words);
    }
    assert_refused(&format!("{}.txt", "a".repeat(300)), b"x", "file name length");
    assert_refused(&format!("{}.txt", "\u{1F600}".repeat(80)), b"x", "file name length");
    assert!(examined(&format!("{}.txt", "a".repeat(146)), None, b"x").is_ok());
}

#[test]
fn what_a_workspace_does_not_want_is_refused_there() {
    let mut rules = Rules::of_documents();
    rules.extensions.retain(|(extension, _)| *extension == "txt");
    assert!(under(&rules, "a.txt", None, b"x").is_ok());
    let refusal = under(&rules, "a.log", None, b"x").unwrap_err().to_string();
    assert_eq!(refusal, "The extension .log is not allowed, allowed are: .txt.");
}

#[test]
fn avatars_are_images_alone() {
    let rules = Rules::of_avatars();
    assert!(rules.formats().all(|format| format.content == Content::Image));
    assert!(rules.bytes_max <= crate::picture::UPLOAD_BYTES_MAX as i64);
    assert!(
        FORMATS
            .iter()
            .all(|format| format.extensions.iter().all(|e| e.chars().all(|c| c.is_ascii_lowercase())))
    );
}
