//! Documents of office programs.

use super::make::{docx, open_document, zip};
use super::{assert_kept, assert_refused};

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";

#[test]
fn documents_of_every_sort_are_kept_as_they_are() {
    let types = ("[Content_Types].xml", b"<Types/>".as_slice());
    assert_kept("a.docx", &docx(), WORD);
    assert_kept(
        "a.docx",
        &zip(&[types, ("word/document.xml", b"<w/>"), ("word/embeddings/s.xlsx", &docx())]),
        WORD,
    );
    assert_kept("a.xlsx", &zip(&[types, ("xl/workbook.xml", b"<x/>")]), SHEET);
    assert_kept("a.pptx", &zip(&[types, ("ppt/presentation.xml", b"<p/>")]), SLIDES);
    assert_kept("a.odt", &open_document(ODT, "<manifest/>"), ODT);
    assert_kept("a.ods", &open_document(ODS, "<manifest/>"), ODS);
}

#[test]
fn an_archive_that_is_not_that_document_is_not_called_one() {
    let archive = zip(&[("a.txt", b"x")]);
    for name in ["a.docx", "a.xlsx", "a.pptx", "a.odt", "a.ods"] {
        assert_refused(name, &archive, "does not match to the file extension");
    }
    for name in ["a.xlsx", "a.pptx", "a.odt"] {
        assert_refused(name, &docx(), "does not match to the file extension");
    }
    assert_refused("a.ods", &open_document(ODT, ""), "does not match to the file extension");
    assert_refused(
        "a.odt",
        &open_document(&format!("{ODT}-template"), ""),
        "does not match to the file extension",
    );
}

#[test]
fn a_locked_document_is_refused() {
    let compound = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    for name in ["a.docx", "a.xlsx", "a.pptx"] {
        assert_refused(name, &compound, "password protected");
    }
    let manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
    assert_refused("a.odt", &open_document(ODT, manifest), "password protected");
}

#[test]
fn a_document_with_macros_is_refused() {
    let document = [
        ("[Content_Types].xml", b"x".as_slice()),
        ("word/document.xml", b"x"),
        ("word/vbaProject.bin", b"x"),
    ];
    assert_refused("a.docx", &zip(&document), "contains unsafe content");
}

#[test]
fn a_document_that_swells_is_refused() {
    let zeros = vec![0; 40 << 20];
    let bomb = [("[Content_Types].xml", b"x".as_slice()), ("word/document.xml", &zeros)];
    assert_refused("a.docx", &zip(&bomb), "contains unsafe content");
}
