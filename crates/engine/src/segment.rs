//! How long a text is as the telephone network counts: in which alphabet it goes, and in how many parts.
//!
//! The alphabets are those of 3GPP TS 23.038: the GSM 7-bit default alphabet with its extension table, and UCS-2, which
//! phones read as UTF-16. A text that does not fit into one message goes in several, each with a header of six bytes
//! that says how they belong together (3GPP TS 23.040 §9.2.3.24.1).

/// What the parts of a text are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Seven bits a character; those of the extension table take two places.
    Gsm7,
    /// Sixteen bits; a character beyond U+FFFF takes two places.
    Ucs2,
}

/// How long a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// In which alphabet it goes: the shorter one, if that has all its characters.
    pub alphabet: Alphabet,
    /// How many places its characters take.
    pub units: usize,
    /// In how many messages it goes, each of which costs; an empty text is one.
    pub segments: i64,
}

/// The default alphabet without its extension table.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension table: an escape, and a second place.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

impl Alphabet {
    /// The alphabet in which this text goes.
    #[must_use]
    pub fn of(text: &str) -> Alphabet {
        if text.chars().all(|c| septets(c).is_some()) { Alphabet::Gsm7 } else { Alphabet::Ucs2 }
    }

    /// How many places there are in a message that goes alone.
    #[must_use]
    pub fn units_alone(self) -> usize {
        match self {
            Alphabet::Gsm7 => 160,
            Alphabet::Ucs2 => 70,
        }
    }

    /// How many there are in one of several.
    #[must_use]
    pub fn units_in_part(self) -> usize {
        match self {
            Alphabet::Gsm7 => 153,
            Alphabet::Ucs2 => 67,
        }
    }

    /// How many places a character takes.
    fn units(self, c: char) -> usize {
        match self {
            Alphabet::Gsm7 => septets(c).unwrap_or(0),
            Alphabet::Ucs2 => c.len_utf16(),
        }
    }
}

/// How long `text` is.
#[must_use]
pub fn measure(text: &str) -> Measure {
    let alphabet = Alphabet::of(text);
    let units = text.chars().map(|c| alphabet.units(c)).sum();
    Measure { alphabet, units, segments: parts(text).len() as i64 }
}

/// The parts in which `text` goes, in order; together they are the text. What takes two places is never divided between
/// two parts. An empty text is one part.
#[must_use]
pub fn parts(text: &str) -> Vec<&str> {
    let alphabet = Alphabet::of(text);
    if text.chars().map(|c| alphabet.units(c)).sum::<usize>() <= alphabet.units_alone() {
        return vec![text];
    }
    let (mut parts, mut start, mut filled) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        let units = alphabet.units(c);
        if filled + units > alphabet.units_in_part() {
            parts.push(&text[start..at]);
            (start, filled) = (at, 0);
        }
        filled += units;
    }
    parts.push(&text[start..]);
    parts
}

/// How many places a character takes in the 7-bit alphabet, if it is in it.
fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || c == ' ' || BASIC.contains(c) {
        return Some(1);
    }
    EXTENSION.contains(c).then_some(2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_alphabet_has_as_many_characters_as_the_standard_says() {
        // 128 places, one of which is the escape; ten in the extension table.
        assert_eq!((BASIC.chars().count(), EXTENSION.chars().count()), (127, 10));
    }

    #[test]
    fn a_text_is_measured_at_the_edges_of_its_messages() {
        let cases = [
            (String::new(), Alphabet::Gsm7, 0, 1),
            ("a".repeat(160), Alphabet::Gsm7, 160, 1),
            ("a".repeat(161), Alphabet::Gsm7, 161, 2),
            ("a".repeat(306), Alphabet::Gsm7, 306, 2),
            ("a".repeat(307), Alphabet::Gsm7, 307, 3),
            ("€".repeat(80), Alphabet::Gsm7, 160, 1),
            // 153 is odd: one place of each part stays empty rather than dividing an escape from what follows it.
            ("€".repeat(153), Alphabet::Gsm7, 306, 3),
            ("я".repeat(70), Alphabet::Ucs2, 70, 1),
            ("я".repeat(71), Alphabet::Ucs2, 71, 2),
            ("я".repeat(134), Alphabet::Ucs2, 134, 2),
            ("😀".repeat(35), Alphabet::Ucs2, 70, 1),
            ("😀".repeat(67), Alphabet::Ucs2, 134, 3),
            ("à la carte ê".to_owned(), Alphabet::Ucs2, 12, 1),
        ];
        for (text, alphabet, units, segments) in cases {
            assert_eq!(measure(&text), Measure { alphabet, units, segments }, "{text}");
        }
    }

    /// The definition, said otherwise: the fewest parts that each hold, one character after the other.
    fn fewest(units: &[usize], alone: usize, in_part: usize) -> usize {
        if units.iter().sum::<usize>() <= alone {
            return 1;
        }
        let mut best = vec![0; units.len() + 1];
        for end in 1..=units.len() {
            let fits = |start: &usize| units[*start..end].iter().sum::<usize>() <= in_part;
            best[end] = (0..end).rev().take_while(fits).map(|start| best[start] + 1).min().expect("one fits");
        }
        best[units.len()]
    }

    proptest! {
        #[test]
        fn any_text_goes_in_the_fewest_parts_that_hold_it(
            text in prop_oneof![
                "[a-z€\\[\\]{}~^|\\\\ \n]{0,400}", "[a-zéèà€😀я]{0,200}", "[😀𝄞a]{0,150}", any::<String>()
            ]
        ) {
            let is_basic = |c: char| BASIC.contains(c);
            let is_gsm7 = text.chars().all(|c| is_basic(c) || EXTENSION.contains(c));
            let units: Vec<usize> = match is_gsm7 {
                true => text.chars().map(|c| if is_basic(c) { 1 } else { 2 }).collect(),
                false => text.chars().map(char::len_utf16).collect(),
            };
            let (alone, in_part) = if is_gsm7 { (160, 153) } else { (70, 67) };
            let parts = parts(&text);
            prop_assert_eq!(parts.concat(), text.clone(), "nothing is lost, and no character is divided");
            prop_assert_eq!(parts.len(), fewest(&units, alone, in_part));
            let measure = measure(&text);
            prop_assert_eq!(measure.segments, parts.len() as i64);
            prop_assert_eq!(measure.units, units.iter().sum::<usize>());
            prop_assert_eq!(measure.alphabet == Alphabet::Gsm7, is_gsm7);
        }
    }
}
