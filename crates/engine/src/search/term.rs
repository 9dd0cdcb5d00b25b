//! Cuts text into terms, the same for both databases: neither of them folds or cuts anything itself.
//!
//! A term is a word without its accents and in one case; or, where a script has no spaces, each two characters that
//! stand side by side, and the last one alone, so that whatever is looked for inside a run is a phrase of pairs.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use crate::sanitise::invisible;

/// Characters of a term that count: what is longer is indexed, and found, by its beginning.
const TERM_CHARS_MAX: usize = 64;

/// Stands between two parts of a document, so that no phrase reaches from one into the other. No text can have it in
/// a term, because it is no letter.
pub(super) const GAP: &str = "\u{e000}";

/// Characters that follow one another without a space or a mark between.
struct Run {
    text: String,
    /// Whether its script has no spaces between words.
    unspaced: bool,
}

/// Terms that shall stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    /// At least one.
    pub(super) terms: Vec<String>,
    /// The last term may go on: what was asked for is a single character of a script without spaces.
    pub(super) is_prefix: bool,
}

impl Phrase {
    /// As it stands in a text that has a space before each term and behind the last.
    pub(super) fn needle(&self) -> String {
        format!(" {}{}", self.terms.join(" "), if self.is_prefix { "" } else { " " })
    }
}

/// The terms of a text, in their order.
pub(super) fn terms(text: &str) -> Vec<String> {
    runs(text).iter().flat_map(|run| run.terms(true)).collect()
}

/// What a document must have for this text to be in it; `None` when there is nothing in it to look for.
pub(super) fn phrase(text: &str) -> Option<Phrase> {
    let runs = runs(text);
    let (last, before) = runs.split_last()?;
    let mut terms: Vec<String> = before.iter().flat_map(|run| run.terms(true)).collect();
    let is_prefix = last.unspaced && last.text.chars().nth(1).is_none();
    terms.extend(last.terms(is_prefix));
    Some(Phrase { terms, is_prefix })
}

impl Run {
    /// Its terms. A run that is looked for may go on in the document, so it is not `ended`.
    fn terms(&self, ended: bool) -> Vec<String> {
        if !self.unspaced {
            return vec![self.text.chars().take(TERM_CHARS_MAX).collect()];
        }
        let chars: Vec<char> = self.text.chars().collect();
        let pairs = chars.windows(2).map(|pair| pair.iter().collect());
        let last = chars.last().filter(|_| ended).map(|last| last.to_string());
        pairs.chain(last).collect()
    }
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joined = false;
    for c in folded(text).chars() {
        if !is_of_a_word(c) {
            joined = false;
            continue;
        }
        let unspaced = if !c.is_ascii() && is_combining_mark(c) { None } else { Some(is_unspaced(c)) };
        match runs.last_mut() {
            Some(run) if joined && unspaced.is_none_or(|it| it == run.unspaced) => run.text.push(c),
            _ => runs.push(Run { text: c.into(), unspaced: unspaced.unwrap_or(false) }),
        }
        joined = true;
    }
    runs
}

/// The text without accents, in one case, and plain where it was full-width, circled, joined or the like (NFKD).
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.chars().filter(|c| !invisible(*c)).nfkd().filter(|c| !is_accent(*c));
    // Up and down again: the way there makes one of ß and SS, of ς and σ, of the dotless ı and i.
    plain.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Marks that a letter can do without. Those of Indic scripts, of Thai and of kana make it another letter: they are
/// of the classes 0, 7 to 9, and 84 to 132 (Unicode Character Database, `Canonical_Combining_Class`). 240 is the iota
/// under a Greek vowel, which is a letter when it is written in capitals.
fn is_accent(c: char) -> bool {
    is_combining_mark(c) && matches!(canonical_combining_class(c), 1 | 10..=36 | 200..=239)
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c) && canonical_combining_class(c) > 0)
}

/// Whether the script of `c` has no spaces between words: Han, kana, Hangul, Bopomofo, Thai, Lao, Khmer, Myanmar
/// (Unicode blocks).
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{312F}' | '\u{3131}'..='\u{318F}' | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> String {
        terms(text).join(" ")
    }

    #[test]
    fn words_lose_case_and_accents() {
        for (text, terms) in [
            ("Déjà-vu, NAÏVE!", "deja vu naive"),
            ("De\u{301}ja\u{300}", "deja"),
            ("Straße STRASSE", "strasse strasse"),
            ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
            ("Ёлка ЕЛКА", "елка елка"),
            ("ISPARTA ısparta İSPARTA isparta", "isparta isparta isparta isparta"),
            ("ﬁne Ｆｕｌｌ ① x²", "fine full 1 x2"),
            ("soft\u{ad}hyphen zero\u{200d}joined 5\u{fe0f}\u{20e3}", "softhyphen zerojoined 5"),
            ("שָׁלוֹם كِتَاب", "שלום كتاب"),
            ("a_b don't a@b.example #42", "a b don t a b example 42"),
            ("\0 \u{7} \"'*^()", ""),
        ] {
            assert_eq!(cut(text), terms, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(cut("東京都"), "東京 京都 都");
        assert_eq!(cut("ガラスが"), "ガラ ラス スが が");
        assert_eq!(cut("ｶﾞ"), "ガ", "half-width and its voicing are one letter");
        assert_eq!(cut("서울시"), "서울 울시 시");
        assert_eq!(cut("ไทย"), "ไท ทย ย");
        assert_eq!(cut("PHP開発 8"), "php 開発 発 8");
        assert_eq!(cut("कि की"), "कि की", "a vowel sign is no accent");
    }

    #[test]
    fn what_is_looked_for_may_stand_inside_a_run() {
        let looked_for = |text| phrase(text).map(|p| (p.terms.join(" "), p.is_prefix));
        assert_eq!(looked_for("京都"), Some(("京都".into(), false)));
        assert_eq!(looked_for("東京都"), Some(("東京 京都".into(), false)));
        assert_eq!(looked_for("都"), Some(("都".into(), true)));
        assert_eq!(looked_for("都 hall"), Some(("都 hall".into(), false)), "here the run has ended");
        assert_eq!(looked_for("town 都"), Some(("town 都".into(), true)));
        assert_eq!(looked_for("a"), Some(("a".into(), false)));
        assert_eq!(looked_for("!?"), None);
    }

    #[test]
    fn a_long_word_counts_by_its_beginning() {
        let long = "ä".repeat(TERM_CHARS_MAX + 10);
        assert_eq!(cut(&long), "a".repeat(TERM_CHARS_MAX));
    }

    proptest! {
        #[test]
        fn a_term_is_nothing_but_letters_digits_and_their_marks(text in any::<String>()) {
            for term in terms(&text) {
                prop_assert!(!term.is_empty() && term != GAP);
                prop_assert!(term.chars().all(is_of_a_word), "{term:?} of {text:?}");
                prop_assert!(term.chars().count() <= TERM_CHARS_MAX);
            }
        }

        #[test]
        fn case_makes_no_difference(text in "\\PC{0,40}") {
            prop_assert_eq!(terms(&text.to_uppercase()), terms(&text.to_lowercase()));
        }

        #[test]
        fn words_are_cut_and_folded_to_the_end(text in "\\PC{0,40}") {
            let spaced: String = text.chars().filter(|c| !is_unspaced(*c)).collect();
            let once = terms(&spaced);
            prop_assume!(!once.concat().chars().any(is_unspaced));
            prop_assert_eq!(terms(&once.join(" ")), once);
        }
    }
}
