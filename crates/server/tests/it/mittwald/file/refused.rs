//! What is refused changes nothing, leaves no byte behind, and says why in the words that the official web client knows.

use std::io::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::multipart::{Form, Part};
use zip::write::SimpleFileOptions;

use super::{Desk, form, look, png, send, stored, text};
use crate::support::{Database, Server, on_both};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

on_both! {
    fn a_file_that_may_not_be_kept_is_refused_by_its_reason(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let inner = zip(&[("a", b"x")]);
        let polyglot = [b"%PDF-1.4 %%EOF\n".as_slice(), &inner].concat();
        let long = format!("{}.txt", "a".repeat(300));
        let cases: [(&str, &[u8], u16, &str); 21] = [
            ("a.svg", b"<svg/>", 406, "is not allowed, allowed"),
            ("a.html", b"<html>", 406, "is not allowed, allowed"),
            ("a.xml", b"<?xml?>", 406, "is not allowed, allowed"),
            ("a.txt", b"<svg/>", 422, "contains unsafe content"),
            ("a.csv", b" <!doctype html>", 422, "contains unsafe content"),
            ("a.md", b"<?xml version='1.0'?>", 422, "contains unsafe content"),
            ("a.gif", b"GIF89a/*<script>*/", 422, "image width"),
            ("a.gif", b"GIF89a\x01\0\x01\0<script>", 422, "is corrupt"),
            ("a.png", b"x", 406, "does not match to the file extension"),
            ("a.pdf", &polyglot, 422, "contains unsafe content"),
            ("a.txt", b"", 400, "is corrupt"),
            ("a.txt", b"a\0b", 406, "does not match to the file extension"),
            ("a.zip", &zip(&[]), 422, "zip archive is empty"),
            ("a.zip", &zip(&[("../a", b"x")]), 422, "contains unsafe content"),
            ("a.zip", &zip(&[("a.zip", &inner)]), 422, "contains unsafe content"),
            ("a.zip", &inner[..inner.len() - 5], 422, "is corrupt"),
            ("readme", b"x", 400, "file extension is required"),
            (".htaccess", b"x", 400, "file extension is required"),
            ("", b"x", 400, "file extension is required"),
            ("a.ht\u{200B}ml", b"x", 406, "is not allowed, allowed"),
            (&long, b"x", 400, "file name length"),
        ];
        let before = server.dump();
        for (name, bytes, status, words) in cases {
            let refused = send(server, &token, name, bytes).expect(status);
            assert!(text(&refused, "message").contains(words), "{name}: {refused}");
            assert_eq!(refused["validationErrors"][0]["path"], ".file");
        }
        let declared = Part::bytes(&b"x"[..]).file_name("a.txt").mime_str("text/html").unwrap();
        form(server, &token, Form::new().part("file", declared)).expect(406);
        assert_eq!((server.dump(), stored(server)), (before, 0));
        send(server, &token, "a.txt", b"the token is still good").expect(201);
    }

    fn a_file_that_is_too_large_is_refused_where_it_becomes_so(server: &Server) {
        let desk = Desk::open(server);
        let token = desk.token(&desk.ada);
        let before = server.dump();
        let refused = send(server, &token, "a.txt", &vec![b'x'; 26_214_401]).expect(400);
        assert!(text(&refused, "message").contains("exceeds the limit of 26214400 bytes"));
        // Longer than any body may be: the head says so already.
        let refused = send(server, &token, "a.txt", &vec![b'x'; 30_000_000]).expect(400);
        assert!(text(&refused, "message").contains("exceeds the limit of 26214400 bytes"), "{refused}");
        let image = [png(), vec![0; 10_485_760]].concat();
        let refused = send(server, &token, "a.png", &image).expect(400);
        assert!(text(&refused, "message").contains("exceeds the limit of 10485760 bytes"));
        assert_eq!((server.dump(), stored(server)), (before, 0));
    }

    fn a_hostile_name_is_refused_or_kept_harmless(server: &Server) {
        let desk = Desk::open(server);
        for (typed, as_kept) in [
            ("../../etc/passwd.txt", "passwd.txt"),
            ("..\\..\\a.txt", "a.txt"),
            ("/abs.txt", "abs.txt"),
            ("a\u{202E}cod.txt", "acod.txt"),
            ("a\u{200B}\u{FEFF}.txt", "a.txt"),
            ("a.txt%00.html.txt", "a.txt%00.html.txt"),
            ("a;b=c.txt", "a;b=c.txt"),
            ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
        ] {
            let kept = desk.hung(typed, b"x");
            assert_eq!(kept["name"], as_kept, "{typed:?}");
            let key = desk.key(&desk.ada, &kept);
            let shown = look(server, &format!("/v2/files/{}", text(&kept, "id")), &[("token", &key)]);
            assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
        }
    }
}

/// Whatever is sent, it is kept or refused, and what is refused leaves no byte.
#[test]
fn whatever_is_sent_is_kept_or_refused_without_a_trace() {
    let server = &Server::start(Database::sqlite());
    let desk = Desk::open(server);
    let endings =
        ["txt", "csv", "md", "json", "eml", "zip", "gz", "docx", "odt", "pdf", "png", "gif", "html", ""];
    let starts: [&[u8]; 8] =
        [b"", b"PK\x03\x04", b"%PDF-", b"\x1F\x8B\x08", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg", b"{}"];
    let name = ("[\\PC\u{0}-\u{1F}/\\\\\u{202E}\u{200B}]{0,30}", prop::sample::select(endings.to_vec()));
    let bytes = (prop::sample::select(starts.to_vec()), prop::collection::vec(any::<u8>(), 0..200));
    let mut runner = TestRunner::new(Config::with_cases(150));
    let outcome = runner.run(&(name, bytes), |((stem, ending), (start, rest))| {
        let (before, files) = (server.dump(), stored(server));
        // What a header cannot hold no client sends: reqwest escapes it.
        let answer =
            send(server, &desk.token(&desk.ada), &format!("{stem}.{ending}"), &[start, &rest].concat());
        prop_assert!(answer.status.as_u16() < 500, "{}", answer.status);
        let kept = usize::from(answer.status == 201);
        prop_assert_eq!(stored(server), files + kept);
        prop_assert!(server.dump().len() > before.len(), "the token that was asked for");
        Ok(())
    });
    outcome.unwrap();
}
