//! The spellings of a carrier's id. A service centre may give an id in decimal and report it in hexadecimal, or the
//! other way round, with leading zeros or without, in either case (SMPP 3.4 leaves the form of message_id open).

use crate::db::stored_enum;

stored_enum! {
    /// How a carrier spells the ids in its reports.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Spelling as "a spelling" {
        /// As it gave them.
        Given = "given",
        /// In decimal, what it gave in hexadecimal.
        Decimal = "decimal",
        /// In hexadecimal, what it gave in decimal.
        Hexadecimal = "hexadecimal",
    }
}

/// A part of a message, by its number, and the texts by which it may be named.
pub(super) type Part = (i64, Vec<(String, Spelling)>);

/// The parts of a message to which these ids were given; a part without an id is none, nor is one that has another's.
pub(super) fn of_parts<'a>(given: impl Iterator<Item = (i64, &'a String)>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (number, id) in given {
        let spellings = all(id);
        if !spellings[0].0.is_empty() && parts.iter().all(|(_, known)| known[0] != spellings[0]) {
            parts.push((number, spellings));
        }
    }
    parts
}

/// Every text by which an id that was given may be named later, each once, as [`key`] spells it.
fn all(given: &str) -> Vec<(String, Spelling)> {
    let given = key(given);
    let decimal = u128::from_str_radix(&given, 16).ok().map(|number| number.to_string());
    let hexadecimal = given.parse::<u128>().ok().map(|number| format!("{number:x}"));
    let others = [(hexadecimal, Spelling::Hexadecimal), (decimal, Spelling::Decimal)];
    let mut all = vec![(given, Spelling::Given)];
    for (text, spelling) in others {
        if let Some(text) = text.filter(|text| all.iter().all(|(known, _)| known != text)) {
            all.push((text, spelling));
        }
    }
    all
}

/// Whether this text tells how a carrier spells ids; a number that looks alike in both notations does not.
pub(super) fn is_telling(key: &str) -> bool {
    all(key).len() > 1
}

/// An id as it is looked for: a number in lower case without leading zeros, anything else as it came.
pub(super) fn key(id: &str) -> String {
    let id = id.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return id.chars().filter(|c| !c.is_control()).collect();
    }
    let number = id.trim_start_matches('0');
    if number.is_empty() { "0".to_owned() } else { number.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(given: &str) -> Vec<String> {
        all(given).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn an_id_is_known_in_decimal_and_in_hexadecimal() {
        assert_eq!(texts("0000004711"), ["4711", "1267", "18193"]);
        assert_eq!(texts("1A2B"), ["1a2b", "6699"]);
        assert_eq!(texts("7"), ["7"]);
        assert_eq!(texts("000"), ["0"]);
        assert_eq!(texts("Sms-1F"), ["Sms-1F"], "no number: as it came");
    }

    proptest! {
        #[test]
        fn whatever_a_carrier_gives_is_found_by_what_it_gave(given in "\\PC{0,70}|[0-9a-fA-F]{1,70}") {
            prop_assert!(texts(&given).contains(&key(&given)));
            prop_assert_eq!(key(&key(&given)), key(&given), "said again, it is the same");
        }

        #[test]
        fn a_number_is_found_in_both_notations(number in any::<u64>(), zeros in 0_usize..5) {
            let (decimal, hexadecimal) = (format!("{:0>zeros$}{number}", ""), format!("{number:X}"));
            prop_assert!(texts(&decimal).contains(&key(&hexadecimal)));
            prop_assert!(texts(&hexadecimal).contains(&key(&decimal)));
        }
    }
}
