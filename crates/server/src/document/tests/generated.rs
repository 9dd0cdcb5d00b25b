//! Whatever is sent, it is taken or refused, and what is taken has a safe name.

use parlance_engine::file::{Name, Rules};
use proptest::prelude::*;

use super::make::{docx, gzip, open_document, pdf, zip};
use super::{examined, kept};

/// Endings that are allowed, and others.
fn ending() -> impl Strategy<Value = String> {
    let known: Vec<String> =
        Rules::of_documents().extensions.iter().map(|(known, _)| (*known).to_owned()).collect();
    prop_oneof![4 => proptest::sample::select(known), 1 => "[a-z]{1,5}"]
}

fn name() -> impl Strategy<Value = String> {
    let odd = "[\\PC\u{0}-\u{1F}./\\\\ \u{200B}\u{202E}\u{2066}\u{FEFF}\u{301}\u{E0001}]{0,40}";
    (odd, ending()).prop_map(|(stem, ending)| format!("{stem}.{ending}"))
}

/// A good file, cut off, changed and followed by something.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        Just(zip(&[("a.txt", b"hello"), ("b/c.txt", b"world")])),
        Just(docx()),
        Just(open_document("application/vnd.oasis.opendocument.text", "<m/>")),
        Just(gzip(b"hello hello hello")),
        Just(pdf()),
        proptest::collection::vec(any::<u8>(), 0..300),
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (whole, changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, changes, cut, is_cut)| {
            if bytes.is_empty() {
                return bytes;
            }
            changes.iter().for_each(|(at, byte)| {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            });
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

fn is_harmless(name: &str) -> bool {
    let odd = |c: char| c.is_control() || "/\\<>:\"|?*\u{200B}\u{202E}\u{2066}\u{FEFF}\u{E0001}".contains(c);
    !name.contains(odd)
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && name.chars().count() <= 150
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_file_is_kept_byte_for_byte_or_refused_with_a_sentence(typed in name(), bytes in damaged()) {
        match examined(&typed, None, &bytes) {
            Err(refusal) => prop_assert!(refusal.to_string().ends_with('.')),
            Ok(document) => {
                prop_assert!(is_harmless(document.name.as_str()), "{:?}", document.name);
                prop_assert!(document.pixels.is_some() || kept(document) == bytes);
            }
        }
    }

    #[test]
    fn a_name_that_is_taken_is_harmless_and_stays_as_it_is(typed in "\\PC*|[\\PC\u{0}-\u{1F}]{0,10}\\.[\\PC]{1,5}") {
        if let Ok(name) = Name::new(&typed) {
            prop_assert!(is_harmless(name.as_str()), "{name:?}");
            prop_assert_eq!(Name::new(name.as_str()), Ok(name));
        }
    }
}
