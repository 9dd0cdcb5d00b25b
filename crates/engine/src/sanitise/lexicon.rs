//! The words that are masked, and the questions [`super::profanity`] asks about them.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::fold::{fold, lookalike};

/// One list for each language. Nobody knows the language of a text, so all apply to every text.
const LISTS: [&str; 7] = [
    include_str!("words/de.txt"),
    include_str!("words/en.txt"),
    include_str!("words/es.txt"),
    include_str!("words/fr.txt"),
    include_str!("words/it.txt"),
    include_str!("words/nl.txt"),
    include_str!("words/pt.txt"),
];

/// Stands in a pattern for one letter that was covered up, as in `f*ck`.
pub(super) const COVERED: char = '*';

/// More letters than any listed word has, repeated ones counted once.
const LETTERS_MAX: usize = 24;

/// The lists, folded and made ready for looking up.
pub(super) struct Lexicon {
    /// Each word without repeated letters, with how often every letter is repeated: one entry for each spelling.
    squeezed: HashMap<Vec<char>, Vec<Vec<u32>>>,
    /// Each word with one or two neighbouring letters covered, never the first or the last.
    covered: HashSet<String>,
    /// Finds words in a row of single letters.
    row: AhoCorasick,
}

/// The one lexicon, made when it is first asked for.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(Lexicon::read)
}

impl Lexicon {
    fn read() -> Lexicon {
        let lines = LISTS.iter().flat_map(|list| list.lines());
        let words: HashSet<String> = lines.filter(|line| !line.starts_with('#')).map(folded).collect();
        let mut squeezed: HashMap<Vec<char>, Vec<Vec<u32>>> = HashMap::new();
        for word in words.iter().filter_map(|word| Squeezed::of(word.chars())) {
            squeezed.entry(word.letters().to_vec()).or_default().push(word.repeats().to_vec());
        }
        let covered = words.iter().flat_map(|word| coverings(word)).collect();
        let row = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words);
        Lexicon { squeezed, covered, row: row.expect("the lists are small enough for any automaton") }
    }

    /// Whether `letters` are a listed word, also with a letter drawn out (`fuuuck`).
    pub(super) fn has(&self, letters: impl Iterator<Item = char>) -> bool {
        let Some(written) = Squeezed::of(letters) else { return false };
        self.squeezed.get(written.letters()).is_some_and(|words| {
            words.iter().any(|listed| {
                let counts = listed.iter().zip(written.repeats());
                written
                    .letters()
                    .iter()
                    .zip(counts)
                    .all(|(&c, (&listed, &written))| stretches(c, listed, written))
            })
        })
    }

    /// Whether `letters`, some of which are [`COVERED`], let one see a listed word.
    pub(super) fn has_covered(&self, letters: impl Iterator<Item = char>) -> bool {
        let letters: String = letters.take(LETTERS_MAX + 1).collect();
        self.covered.contains(&letters)
    }

    /// The listed words in a row of letters, as byte ranges, none overlapping.
    pub(super) fn find_in_row<'a>(
        &'a self,
        row: &'a str,
    ) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        self.row.find_iter(row).map(|found| found.range())
    }
}

/// Whether a letter that is listed `listed` times in a row may be written `written` times. Doubling makes other
/// words (Putte is a town), but i and u are hardly ever doubled in our languages.
fn stretches(letter: char, listed: u32, written: u32) -> bool {
    written == listed || written > listed && (written > 2 || matches!(letter, 'i' | 'u'))
}

/// A word with each run of the same letter as one, and the lengths of the runs. It lives on the stack, because
/// every word of every message is made into one.
#[derive(Default)]
struct Squeezed {
    letters: [char; LETTERS_MAX],
    repeats: [u32; LETTERS_MAX],
    len: usize,
}

impl Squeezed {
    /// `None` when `letters` are more than any word has.
    fn of(letters: impl Iterator<Item = char>) -> Option<Squeezed> {
        let mut word = Squeezed::default();
        for letter in letters {
            if word.len == 0 || word.letters[word.len - 1] != letter {
                *word.letters.get_mut(word.len)? = letter;
                word.len += 1;
            }
            word.repeats[word.len - 1] = word.repeats[word.len - 1].saturating_add(1);
        }
        Some(word)
    }

    fn letters(&self) -> &[char] {
        &self.letters[..self.len]
    }

    fn repeats(&self) -> &[u32] {
        &self.repeats[..self.len]
    }
}

fn folded(word: &str) -> String {
    fold(word).iter().map(|glyph| lookalike(glyph.seen)).collect()
}

/// The ways to cover one or two letters inside `word`. Words of three letters say too little without one.
fn coverings(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let cover = |from: usize, count: usize| {
        let covered = from..from + count;
        letters.iter().enumerate().map(|(n, &c)| if covered.contains(&n) { COVERED } else { c }).collect()
    };
    let inside = 1..letters.len() - 1;
    let ways = inside.clone().flat_map(|from| [(from, 1), (from, 2)]);
    ways.filter(|(from, count)| letters.len() > 3 && from + count <= inside.end)
        .map(|(f, n)| cover(f, n))
        .collect()
}
