//! Parts of a text that is longer than a short message: how they say so, in a user data header (3GPP TS 23.040
//! §9.2.3.24) or in SMPP's own parameters.

/// Where a part belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// What its sender calls the whole text, with the width of the number: a narrow 7 is not a wide 7.
    pub(super) reference: String,
    /// How many parts there are: at least two.
    pub(super) total: u8,
    /// Which one this is, from 1.
    pub(super) number: u8,
}

/// A header that is longer than what it heads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BrokenHeader;

/// A part with an 8-bit reference.
const CONCATENATION_8_BIT: u8 = 0x00;
/// A part with a 16-bit reference.
const CONCATENATION_16_BIT: u8 = 0x08;

impl Place {
    /// By its numbers. `None` when it is no part of several: the standard has a receiver ignore such numbers.
    pub(super) fn new(reference: String, total: u8, number: u8) -> Option<Place> {
        (total > 1 && (1..=total).contains(&number)).then_some(Place { reference, total, number })
    }

    /// The header of a part with an 8-bit reference.
    pub(super) fn header(reference: u8, total: u8, number: u8) -> [u8; 6] {
        [5, CONCATENATION_8_BIT, 3, reference, total, number]
    }
}

/// Takes the header off user data that begins with one: what it says of a place, and what is behind it. Elements that
/// mean something else, such as ports, are left aside.
pub(super) fn take_header(data: &[u8]) -> Result<(Option<Place>, &[u8]), BrokenHeader> {
    let (length, rest) = data.split_first().ok_or(BrokenHeader)?;
    let (header, text) = rest.split_at_checked(usize::from(*length)).ok_or(BrokenHeader)?;
    Ok((elements(header)?.find_map(|(id, value)| place(id, value)), text))
}

/// The elements of a header: their identifiers and values.
fn elements(header: &[u8]) -> Result<impl Iterator<Item = (u8, &[u8])>, BrokenHeader> {
    let mut found = Vec::new();
    let mut rest = header;
    while let [id, length, behind @ ..] = rest {
        let (value, after) = behind.split_at_checked(usize::from(*length)).ok_or(BrokenHeader)?;
        found.push((*id, value));
        rest = after;
    }
    // A single octet that is left over is no element; networks fill headers up.
    Ok(found.into_iter())
}

fn place(id: u8, value: &[u8]) -> Option<Place> {
    match (id, value) {
        (CONCATENATION_8_BIT, &[reference, total, number]) => {
            Place::new(format!("8:{reference}"), total, number)
        }
        (CONCATENATION_16_BIT, &[high, low, total, number]) => {
            Place::new(format!("16:{}", u16::from_be_bytes([high, low])), total, number)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(reference: &str, total: u8, number: u8) -> Option<Place> {
        Some(Place { reference: reference.to_owned(), total, number })
    }

    #[test]
    fn references_of_both_widths_are_read() {
        assert_eq!(take_header(b"\x05\x00\x03\x07\x03\x02text"), Ok((at("8:7", 3, 2), &b"text"[..])));
        assert_eq!(take_header(b"\x06\x08\x04\x01\x00\x02\x01text"), Ok((at("16:256", 2, 1), &b"text"[..])));
        assert_eq!(
            take_header(&[&Place::header(9, 2, 1), &b"x"[..]].concat()),
            Ok((at("8:9", 2, 1), &b"x"[..]))
        );
    }

    #[test]
    fn a_place_stands_among_other_elements() {
        let data = b"\x0b\x05\x04\x0b\x84\x23\xf0\x00\x03\x07\x02\x01text";
        assert_eq!(take_header(data), Ok((at("8:7", 2, 1), &b"text"[..])));
        assert_eq!(take_header(b"\x06\x05\x04\x0b\x84\x23\xf0text"), Ok((None, &b"text"[..])), "ports alone");
        assert_eq!(take_header(b"\x00text"), Ok((None, &b"text"[..])));
    }

    #[test]
    fn numbers_that_make_no_sense_are_ignored() {
        for (total, number) in [(0, 0), (1, 1), (2, 0), (2, 3)] {
            assert_eq!(
                take_header(&Place::header(7, total, number)),
                Ok((None, &b""[..])),
                "{number} of {total}"
            );
        }
        assert_eq!(
            take_header(b"\x04\x00\x02\x07\x02x"),
            Ok((None, &b"x"[..])),
            "an element of another length"
        );
    }

    #[test]
    fn a_header_longer_than_its_data_is_broken() {
        for data in [&b""[..], b"\x05\x00\x03\x07", b"\x05\x00\x09\x07\x02\x01text", b"\xfftext"] {
            assert_eq!(take_header(data), Err(BrokenHeader), "{data:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_broken(data in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok((place, text)) = take_header(&data) {
                prop_assert!(data.ends_with(text));
                prop_assert!(place.is_none_or(|place| place.number >= 1 && place.number <= place.total));
            }
        }
    }
}
