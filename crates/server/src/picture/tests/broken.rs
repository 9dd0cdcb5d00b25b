//! Broken uploads: each is refused or becomes a whole picture; none brings the process down or keeps it for ever.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::clean;
use super::make::every_kind;
use super::{cleaned, decoded};

#[test]
fn a_truncated_upload_is_refused_unless_all_its_pixels_are_there() {
    for (kind, upload) in every_kind() {
        let whole = cleaned(&upload);
        for length in 0..upload.len() {
            if let Ok(picture) = clean(&upload[..length]) {
                assert_eq!(picture, whole, "{kind}, {length} of {} bytes", upload.len());
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Set(Index, u8),
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        (at(), select(vec![0, 1, 0x7F, 0x80, 0xFE, 0xFF])).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), 1..32_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), vec(any::<u8>(), 1..32)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), 1..64_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn apply(upload: &mut Vec<u8>, damage: Damage) {
    let end = |at: usize, length: usize| (at + length).min(upload.len());
    match damage {
        _ if upload.is_empty() => {}
        Damage::Flip(at, bit) => *at.get_mut(upload) ^= bit,
        Damage::Set(at, byte) => *at.get_mut(upload) = byte,
        Damage::Remove(at, length) => {
            let at = at.index(upload.len());
            upload.drain(at..end(at, length));
        }
        Damage::Insert(at, bytes) => {
            let at = at.index(upload.len());
            upload.splice(at..at, bytes);
        }
        Damage::Repeat(at, length) => {
            let at = at.index(upload.len());
            let part = upload[at..end(at, length)].to_vec();
            upload.splice(at..at, part);
        }
    }
}

fn assert_refused_or_whole(upload: &[u8]) -> Result<(), TestCaseError> {
    match clean(upload) {
        Err(refusal) => prop_assert!(refusal.to_string().ends_with('.')),
        Ok(picture) => {
            let image = decoded(&picture.bytes);
            prop_assert_eq!((image.width(), image.height()), (picture.width, picture.height));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_damaged_picture(
        (_, mut upload) in select(every_kind()),
        damages in vec(damage(), 1..6),
    ) {
        damages.into_iter().for_each(|damage| apply(&mut upload, damage));
        assert_refused_or_whole(&upload)?;
    }

    #[test]
    fn random_bytes_behind_the_beginning_of_a_picture(
        (_, upload) in select(every_kind()),
        kept in 0..64_usize,
        noise in vec(any::<u8>(), 0..600),
    ) {
        let upload = [&upload[..kept], &noise].concat();
        assert_refused_or_whole(&upload)?;
    }
}
