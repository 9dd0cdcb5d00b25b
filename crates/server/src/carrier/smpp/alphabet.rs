//! Characters as short messages carry them: GSM 03.38 where it has them all, UCS-2 where it does not; and whatever
//! codings others send.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::{EUC_KR, Encoding, ISO_2022_JP, ISO_8859_5, ISO_8859_8, SHIFT_JIS, UTF_16BE};
use parlance_engine::segment::{self, Alphabet};
use rusmpp::extra::encoding::gsm7bit::Gsm7BitUnpacked;
use rusmpp::values::DataCoding;

/// Says that the next octet stands for a character of the extension table.
const ESCAPE: u8 = 0x1b;

/// The default alphabet of GSM 03.38 and its extension, both ways, an octet for each septet.
struct Gsm {
    octets: HashMap<char, Vec<u8>>,
    characters: HashMap<Vec<u8>, char>,
}

/// The codec knows one way only; asked for every character there could be, its answers give the other. It does not know
/// the page break of the extension table.
static GSM: LazyLock<Gsm> = LazyLock::new(|| {
    let codec = Gsm7BitUnpacked::new();
    let coded =
        ('\0'..='\u{20ac}').filter_map(|c| Some((c, codec.encode_to_vec(c.encode_utf8(&mut [0; 4])).ok()?)));
    let octets: HashMap<char, Vec<u8>> = coded.chain([('\u{c}', vec![ESCAPE, 0x0a])]).collect();
    let characters = octets.iter().map(|(c, octets)| (octets.clone(), *c)).collect();
    Gsm { octets, characters }
});

/// A text in octets, in one piece or in as many as it needs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coded {
    /// How the octets are to be read.
    pub(super) coding: DataCoding,
    /// One for each short message.
    pub(super) pieces: Vec<Vec<u8>>,
}

/// Codes a text, cut where the engine has measured it to be cut.
pub(super) fn encode(text: &str) -> Coded {
    let (coding, octets): (_, fn(char) -> Vec<u8>) = match Alphabet::of(text) {
        Alphabet::Gsm7 => (DataCoding::McSpecific, |c| GSM.octets.get(&c).cloned().unwrap_or_default()),
        // UCS-2 has no characters beyond the first 65,536; every telephone reads the pairs of UTF-16 for them.
        Alphabet::Ucs2 => (DataCoding::Ucs2, utf16),
    };
    let pieces = segment::parts(text).into_iter().map(|part| part.chars().flat_map(octets).collect());
    Coded { coding, pieces: pieces.collect() }
}

fn utf16(character: char) -> Vec<u8> {
    character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

/// Reads octets as `coding` says, a value of SMPP's `data_coding`. Whatever they are, they become a text: a coding that
/// nobody knows is read as UTF-8 where it is that, else as Latin 1. There is never a NUL in it.
pub(super) fn decode(coding: u8, octets: &[u8]) -> String {
    let text = match coding {
        0x00 => gsm(octets),
        0x01 if !is_ia5(octets) => gsm(octets),
        0x05 => known(SHIFT_JIS, octets),
        0x06 => known(ISO_8859_5, octets),
        0x07 => known(ISO_8859_8, octets),
        0x08 => known(UTF_16BE, octets),
        0x0a => known(ISO_2022_JP, octets),
        0x0e => known(EUC_KR, octets),
        // The groups of GSM 03.38: where a network passes its own octet on.
        0x10..=0x3f => grouped(coding >> 2, octets),
        0xe0..=0xef => known(UTF_16BE, octets),
        0xc0..=0xdf => gsm(octets),
        0xf0..=0xff if coding & 0b100 == 0 => gsm(octets),
        _ => guessed(octets),
    };
    text.replace('\0', "")
}

fn grouped(alphabet: u8, octets: &[u8]) -> String {
    match alphabet & 0b11 {
        0b00 => gsm(octets),
        0b10 => known(UTF_16BE, octets),
        _ => guessed(octets),
    }
}

/// What cannot be read is shown as U+FFFD. A mark of byte order is no text.
fn known(encoding: &'static Encoding, octets: &[u8]) -> String {
    encoding.decode_with_bom_removal(octets).0.into_owned()
}

fn guessed(octets: &[u8]) -> String {
    let latin = || octets.iter().map(|octet| char::from(*octet)).collect();
    std::str::from_utf8(octets).map_or_else(|_| latin(), str::to_owned)
}

/// Whether octets that are said to be IA5, which is ASCII, are. Some say so of GSM 03.38, whose letters stand where ASCII has
/// the control characters that no text has; at its end a NUL may be left over.
fn is_ia5(octets: &[u8]) -> bool {
    let end = octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    octets[..end].iter().all(|octet| *octet >= b' ' || matches!(octet, b'\n' | b'\r'))
}

/// A septet has no eighth bit: octets that have one are no GSM 03.38, whatever was said of them.
fn gsm(octets: &[u8]) -> String {
    if octets.iter().any(|octet| *octet > 0x7f) {
        return guessed(octets);
    }
    let mut text = String::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(first) = rest.first() {
        let length = if *first == ESCAPE { 2.min(rest.len()) } else { 1 };
        let (code, after) = rest.split_at(length);
        // GSM 03.38 §6.2.1.1: an extension that is not known is read as the character under it, a lone escape as space.
        let known = GSM.characters.get(code).or_else(|| GSM.characters.get(&code[length - 1..]));
        text.push(known.copied().unwrap_or(' '));
        rest = after;
    }
    text
}

/// A text that is ASCII, whichever of the two its octets were read as: where it seems to have a character of GSM 03.38 that
/// ASCII has not, its octet is one of ASCII.
pub(super) fn ascii(text: &str) -> String {
    let octet = |character: char| match GSM.octets.get(&character).map(Vec::as_slice) {
        Some(&[octet]) if !character.is_ascii() && octet.is_ascii_graphic() => char::from(octet),
        _ => character,
    };
    text.chars().map(octet).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(coded: &Coded) -> String {
        decode(coded.coding.into(), &coded.pieces.concat())
    }

    #[test]
    fn what_gsm_has_goes_in_septets_and_the_rest_in_ucs2() {
        let plain = encode("Ça coûte 5 €");
        assert_eq!(plain.coding, DataCoding::Ucs2, "û is not in the alphabet");
        let plain = encode("Hello @ {5 €}");
        assert_eq!(plain.coding, DataCoding::McSpecific);
        assert_eq!(plain.pieces, [b"Hello \0 \x1b(5 \x1b\x65\x1b)".to_vec()]);
        assert_eq!(encode("日本").pieces, [vec![0x65, 0xe5, 0x67, 0x2c]]);
    }

    #[test]
    fn a_text_is_cut_where_the_standard_cuts_it() {
        let pieces = |text: &str| encode(text).pieces.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(pieces(&"a".repeat(160)), [160]);
        assert_eq!(pieces(&"a".repeat(161)), [153, 8]);
        assert_eq!(pieces(&"日".repeat(70)), [140]);
        assert_eq!(pieces(&"日".repeat(71)), [134, 8]);
        // The extension takes two septets and stays in one piece, a pair of UTF-16 as well.
        assert_eq!(pieces(&format!("{}€a", "a".repeat(159))), [153, 9]);
        assert_eq!(pieces(&format!("{}€{}", "a".repeat(152), "a".repeat(20))), [152, 22]);
        assert_eq!(pieces(&format!("{}🙂{}", "日".repeat(66), "日".repeat(9))), [132, 22]);
        assert_eq!(pieces(""), [0]);
    }

    #[test]
    fn other_codings_are_read() {
        assert_eq!(decode(1, b"plain"), "plain");
        assert_eq!(decode(1, b"r\x05ponse \x1be"), "réponse €", "not what it is said to be");
        assert_eq!(decode(3, b"caf\xe9"), "café");
        assert_eq!(decode(6, &[0xbf, 0xe0, 0xd8]), "При");
        assert_eq!(decode(0x18, &[0x20, 0xac]), "€", "a network's own octet for UCS-2");
        assert_eq!(decode(0xf0, b"\x1be"), "€");
        assert_eq!(decode(0xf5, "naïve".as_bytes()), "naïve", "a coding of eight bits is guessed");
        assert_eq!(decode(0, b"\x1b"), " ");
        assert_eq!(decode(0, b"\x1bA"), "A");
        assert_eq!(decode(0, "é".as_bytes()), "é", "no septets");
        assert_eq!(decode(8, &[0x00, 0x41, 0x00]), "A\u{fffd}");
        assert_eq!(decode(3, b"a\0b"), "ab");
    }

    proptest! {
        #[test]
        fn an_ascii_text_is_known_by_its_octets_in_both_alphabets(text in "[!-~]{0,60}") {
            let in_gsm: Vec<u8> = text.chars().flat_map(|c| GSM.octets.get(&c).cloned().unwrap_or_default()).collect();
            let spelled = text.replace('`', "");
            prop_assert_eq!(ascii(&gsm(&in_gsm)), &spelled[..], "GSM 03.38 has no grave accent");
            prop_assert_eq!(ascii(&gsm(text.as_bytes())), &text[..]);
        }

        #[test]
        fn ascii_is_read_as_it_is(text in "[ -~\n\r]{0,160}", ends in "\0{0,2}") {
            prop_assert_eq!(decode(1, format!("{text}{ends}").as_bytes()), text);
        }

        #[test]
        fn gsm_that_is_said_to_be_ascii_is_read_where_its_letters_tell(text in "[a-z ]{0,40}[éèùòÇØøåΔ€@$_][a-z éà€]{0,40}[a-z]") {
            prop_assert_eq!(decode(1, &encode(&text).pieces.concat()), text);
        }

        #[test]
        fn what_is_sent_can_be_read(text in "[a-zA-Z0-9 @£€{}\\[\\]äöñ\n\u{c}]{0,400}|[^\0]{0,200}") {
            let coded = encode(&text);
            prop_assert_eq!(coded.coding == DataCoding::McSpecific, Alphabet::of(&text) == Alphabet::Gsm7);
            prop_assert_eq!(read(&coded), text.strip_prefix('\u{feff}').unwrap_or(&text));
            let limit = if coded.coding == DataCoding::Ucs2 { 140 } else { 160 };
            prop_assert!(coded.pieces.iter().all(|piece| piece.len() <= limit));
        }

        #[test]
        fn whatever_comes_becomes_a_text(coding: u8, octets in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(!decode(coding, &octets).contains('\0'));
        }
    }
}
