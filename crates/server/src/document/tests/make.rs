//! Files of every kind, good and bad.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
        .to_vec()
}

pub fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

pub fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

/// An archive that this writes.
pub fn archive(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    write(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// An archive of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    archive(|zip| {
        for (name, bytes) in members {
            zip.start_file(*name, deflated()).unwrap();
            zip.write_all(bytes).unwrap();
        }
    })
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub fn docx() -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", b"<r/>"),
        ("word/document.xml", b"<w:document/>"),
    ])
}

/// An OpenDocument of this type, with this list of members.
pub fn open_document(media_type: &str, manifest: &str) -> Vec<u8> {
    archive(|zip| {
        zip.start_file("mimetype", stored()).unwrap();
        zip.write_all(media_type.as_bytes()).unwrap();
        for (name, text) in [("content.xml", "<office:document/>"), ("META-INF/manifest.xml", manifest)] {
            zip.start_file(name, deflated()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
    })
}

/// An archive in which every entry of the directory leads to the same bytes, as in Fifield's bomb.
pub fn overlapping(entries: u16) -> Vec<u8> {
    let whole = zip(&[("00000", &[b'x'; 100_000])]);
    let directory = position(&whole, b"PK\x01\x02");
    let end = position(&whole, b"PK\x05\x06");
    let entry = &whole[directory..end];
    let mut bomb = whole[..directory].to_vec();
    for number in 0..entries {
        let mut entry = entry.to_vec();
        // As many names as there are numbers.
        entry.splice(46..51, format!("{number:05}").bytes());
        bomb.extend(entry);
    }
    let length = u32::try_from(bomb.len() - directory).unwrap();
    let mut end = whole[end..].to_vec();
    end.splice(8..12, [entries.to_le_bytes(), entries.to_le_bytes()].concat());
    end.splice(12..16, length.to_le_bytes());
    bomb.extend(end);
    bomb
}

/// Where these bytes first stand.
pub fn position(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).unwrap()
}
