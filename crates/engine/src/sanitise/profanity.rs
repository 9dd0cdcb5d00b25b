//! Profanity: listed words on word bounds, seen through the usual disguises, covered with asterisks.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::fold::{Glyph, fold, lookalike};
use super::lexicon::{COVERED, Lexicon, lexicon};

/// A masked word has at least so many asterisks: more than a disguise may have, so that a mask is never taken
/// for one.
const MASK_CHARS_MIN: usize = 3;

/// A word with signs between its letters (`s-h-i-t`) is at most so long.
const JOINED_CHARS_MAX: usize = 40;

/// At most so many signs or spaces stand between single letters that are read as one word.
const GAP_CHARS_MAX: usize = 4;

/// Words of a single letter, in any of our languages and in the short spelling of messages. They may stand
/// beside a word that is spelled out (`u r a …`).
const SINGLE_WORDS: &str = "aiuryoe";

/// `text` with every profanity covered; `None` when it has none.
pub(super) fn mask(text: &str) -> Option<String> {
    let glyphs = fold(text);
    let reader =
        Reader { letters: glyphs.iter().map(|glyph| lookalike(glyph.seen)).collect(), words: lexicon() };
    let found = reader.profanities();
    (!found.is_empty()).then(|| cover(text, &glyphs, &found))
}

fn cover(text: &str, glyphs: &[Glyph], found: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for word in found {
        let (start, end) = (glyphs[word.start].start, glyphs[word.end - 1].end);
        if end <= copied {
            continue;
        }
        let start = start.max(copied);
        out.push_str(&text[copied..start]);
        let graphemes = text[start..end].graphemes(true).count();
        out.extend(std::iter::repeat_n('*', graphemes.max(MASK_CHARS_MIN)));
        copied = end;
    }
    out.push_str(&text[copied..]);
    out
}

struct Reader {
    /// The text in small plain letters, one for each glyph.
    letters: Vec<char>,
    words: &'static Lexicon,
}

impl Reader {
    /// Every profanity as a range of glyphs, sorted by its beginning.
    fn profanities(&self) -> Vec<Range<usize>> {
        let tokens = self.tokens();
        let mut found = Vec::new();
        for token in &tokens {
            self.in_token(token, &mut found);
        }
        self.chains(&tokens, &mut found);
        self.rows(&tokens, &mut found);
        found.sort_by_key(|word| (word.start, std::cmp::Reverse(word.end)));
        found
    }

    /// Runs of letters, digits and the signs that stand for letters.
    fn tokens(&self) -> Vec<Range<usize>> {
        let mut tokens: Vec<Range<usize>> = Vec::new();
        for (at, &c) in self.letters.iter().enumerate() {
            if !plain(c) && sign(c).is_none() {
                continue;
            }
            match tokens.last_mut() {
                Some(token) if token.end == at => token.end += 1,
                _ => tokens.push(at..at + 1),
            }
        }
        tokens
    }

    /// The token as a whole, and each of its parts between signs.
    fn in_token(&self, token: &Range<usize>, found: &mut Vec<Range<usize>>) {
        let mut start = token.start;
        for part in self.letters[token.clone()].split(|&c| !plain(c)) {
            let part = start..start + part.len();
            start = part.end + 1;
            let bare = self.trim(&part, |c| c.is_ascii_digit());
            if self.profane(&part) {
                found.push(part.clone());
            } else if bare != part && self.profane(&bare) {
                found.push(bare);
            }
            if part == *token {
                return;
            }
        }
        let whole = self.trim(token, |c| !plain(c) && !strong(c));
        let inner = self.trim(token, |c| !plain(c));
        found.extend([whole, inner].into_iter().find(|word| self.profane(word)));
    }

    /// Tokens joined by one sign each: `f.u.c.k`, `mother-fucker`, `f-ck`.
    fn chains(&self, tokens: &[Range<usize>], found: &mut Vec<Range<usize>>) {
        let joined = |a: &Range<usize>, b: &Range<usize>| {
            a.end + 1 == b.start && "-_./\\,~·•".contains(self.letters[a.end])
        };
        for chain in groups(tokens, joined) {
            let whole = self.trim(&(chain[0].start..chain[chain.len() - 1].end), |c| !plain(c) && !strong(c));
            if whole.len() > JOINED_CHARS_MAX {
                continue;
            }
            let letters = self.letters[whole.clone()].iter();
            let tight: Vec<char> =
                letters.clone().copied().filter(|&c| plain(c) || sign(c).is_some()).collect();
            let covered = letters.map(|&c| if c == '-' || c == '_' { COVERED } else { c });
            if self.profane_letters(&tight) || self.words.has_covered(covered) {
                found.push(whole);
            }
        }
    }

    /// Single letters apart from each other: `f u c k`. What is apart further than its neighbours is another
    /// word, unless all of them together are one.
    fn rows(&self, tokens: &[Range<usize>], found: &mut Vec<Range<usize>>) {
        for row in groups(tokens, |a, b| self.spaced(a, b)) {
            self.in_row(row, found);
            let narrowest = row.windows(2).map(|pair| gap(&pair[0], &pair[1])).min().unwrap_or(0);
            for part in groups(row, |a, b| gap(a, b) == narrowest).filter(|part| part.len() < row.len()) {
                self.in_row(part, found);
            }
        }
    }

    fn spaced(&self, a: &Range<usize>, b: &Range<usize>) -> bool {
        let between = &self.letters[a.end..b.start];
        a.len() == 1
            && b.len() == 1
            && between.len() <= GAP_CHARS_MAX
            && !between.iter().any(|c| c.is_alphanumeric())
    }

    /// Words in a row of single letters that only [`SINGLE_WORDS`] stand beside: `c l a s s` hides nothing.
    fn in_row(&self, row: &[Range<usize>], found: &mut Vec<Range<usize>>) {
        let letters: Vec<char> = row.iter().map(|token| read(self.letters[token.start], 'i')).collect();
        let text: String = letters.iter().collect();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let place = |byte: usize| places.partition_point(|&at| at < byte);
        let words: Vec<Range<usize>> =
            self.words.find_in_row(&text).map(|word| place(word.start)..place(word.end)).collect();
        let alone = |from: usize, to: usize| letters[from..to].iter().all(|&c| SINGLE_WORDS.contains(c));
        for (n, word) in words.iter().enumerate() {
            let before = n.checked_sub(1).map_or(0, |n| words[n].end);
            let after = words.get(n + 1).map_or(letters.len(), |next| next.start);
            let written: Vec<char> =
                row[word.clone()].iter().map(|token| self.letters[token.start]).collect();
            if alone(before, word.start) && alone(word.end, after) && credible(&written) {
                found.push(row[word.start].start..row[word.end - 1].end);
            }
        }
    }

    fn trim(&self, range: &Range<usize>, unwanted: impl Fn(char) -> bool) -> Range<usize> {
        let letters = &self.letters[range.clone()];
        let from = letters.iter().position(|&c| !unwanted(c)).unwrap_or(letters.len());
        let to = letters.iter().rposition(|&c| !unwanted(c)).map_or(from, |at| at + 1);
        range.start + from..range.start + to
    }

    fn profane(&self, range: &Range<usize>) -> bool {
        self.profane_letters(&self.letters[range.clone()])
    }

    fn profane_letters(&self, letters: &[char]) -> bool {
        if letters.iter().all(|c| c.is_alphabetic()) {
            return self.words.has(letters.iter().copied());
        }
        let covered = |&c: &char| if sign(c).is_some() { COVERED } else { read(c, 'i') };
        credible(letters)
            && (['i', 'l'].into_iter().any(|one| self.words.has(letters.iter().map(|&c| read(c, one))))
                || self.words.has_covered(letters.iter().map(covered)))
    }
}

/// The longest groups of neighbours in which every pair is `together`.
fn groups<'a>(
    tokens: &'a [Range<usize>],
    together: impl Fn(&Range<usize>, &Range<usize>) -> bool + 'a,
) -> impl Iterator<Item = &'a [Range<usize>]> + 'a {
    tokens.chunk_by(together).filter(|group| group.len() > 1)
}

fn gap(a: &Range<usize>, b: &Range<usize>) -> usize {
    b.start - a.end
}

/// Whether `c` is a letter of the Latin script, after look-alikes were undone, or a digit. A letter of another
/// script ends a word, as a space does.
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphabetic() && c < '\u{250}')
}

/// The letter that a digit or a sign is used for, where `one` is what 1 and | are used for; other characters as
/// they are.
fn read(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' => one,
        '2' => 'z',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '6' | '9' => 'g',
        '7' => 't',
        '8' => 'b',
        '|' => one,
        _ => sign(c).unwrap_or(c),
    }
}

/// The letter that a sign is used for, [`COVERED`] when it may be any; `None` when it is no part of a word.
fn sign(c: char) -> Option<char> {
    match c {
        '@' => Some('a'),
        '$' => Some('s'),
        '¢' => Some('c'),
        '€' => Some('e'),
        '£' => Some('l'),
        '!' | '¡' | '|' => Some('i'),
        '+' => Some('t'),
        '*' | '#' | '%' | '&' | '^' => Some(COVERED),
        _ => None,
    }
}

/// Signs that stand for a letter at the edge of a word too, where others are punctuation.
fn strong(c: char) -> bool {
    matches!(c, '@' | '$' | '¢' | '€' | '£')
}

/// Whether what is not all letters may be a word: it has a letter, and digits only where they are the smaller
/// part of something longer than a model number (`A55`).
fn credible(letters: &[char]) -> bool {
    let digits = letters.iter().filter(|c| c.is_ascii_digit()).count();
    letters.iter().any(|c| c.is_alphabetic())
        && (digits == 0 || letters.len() > 3 && digits * 2 <= letters.len())
}
