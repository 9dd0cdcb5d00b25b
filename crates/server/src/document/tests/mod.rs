//! Uploads of every kind and what becomes of them.

mod archive;
mod generated;
mod make;
mod office;
mod plain;

use std::io::{Read, Write};

use parlance_engine::file::Rules;

use super::{Document, Failure, Offer, Refusal, document};
use crate::blob::Source;

/// What becomes of these bytes under this name.
fn examined(name: &str, declared: Option<&str>, bytes: &[u8]) -> Result<Document, Refusal> {
    under(&Rules::of_documents(), name, declared, bytes)
}

fn under(rules: &Rules, name: &str, declared: Option<&str>, bytes: &[u8]) -> Result<Document, Refusal> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let offer = Offer {
        name: name.to_owned(),
        declared: declared.map(str::to_owned),
        file,
        size_bytes: bytes.len() as u64,
    };
    document(rules, offer).map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    })
}

/// The bytes that would be kept.
fn kept(document: Document) -> Vec<u8> {
    match document.source {
        Source::Memory(bytes) => bytes,
        Source::File(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        }
    }
}

/// It is taken as this type, byte for byte.
fn assert_kept(name: &str, bytes: &[u8], content_type: &str) {
    let document = examined(name, None, bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    assert_eq!((document.name.as_str(), document.content_type), (name, content_type));
    assert_eq!(document.size_bytes, bytes.len() as i64);
    assert!(kept(document) == bytes, "{name}");
}

/// It is refused with these words, by which the official web client knows why.
fn assert_refused(name: &str, bytes: &[u8], words: &str) {
    let refusal = examined(name, None, bytes).expect_err(name).to_string();
    assert!(refusal.contains(words), "{name}: {refusal}");
}
