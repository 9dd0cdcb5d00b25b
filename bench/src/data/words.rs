//! Text that looks like language: made-up words, the frequent ones far more frequent than the rare ones.

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// How many different words there are.
const WORDS: usize = 4096;
/// The shortest and the longest body, in characters.
const BODY_CHARS: std::ops::RangeInclusive<usize> = 20..=300;

const ONSETS: [&str; 16] =
    ["b", "d", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st", "gr", "pl", "z"];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "ei", "ou", "é", "ö", "ia"];
const CODAS: [&str; 8] = ["", "", "", "n", "r", "s", "l", "m"];

/// The vocabulary.
pub(super) struct Words(Vec<String>);

impl Words {
    /// The words of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        Self((0..WORDS).map(|rank| word(&mut random, rank)).collect())
    }

    /// One word; low ranks come often.
    pub(super) fn pick(&self, random: &mut impl Rng) -> &str {
        let share: f64 = random.random();
        &self.0[(share.powi(3) * WORDS as f64) as usize]
    }

    /// The word of this rank; 0 comes most often.
    pub(super) fn of_rank(&self, rank: usize) -> &str {
        &self.0[rank]
    }

    /// A message of 20 to 300 characters, short ones being more common.
    pub(super) fn body(&self, random: &mut impl Rng) -> String {
        let chars = random.random_range(BODY_CHARS).min(random.random_range(BODY_CHARS));
        self.sentence(random, chars)
    }

    /// Words up to exactly this many characters, with a capital and a full stop.
    pub(super) fn sentence(&self, random: &mut impl Rng, chars: usize) -> String {
        let mut text = String::with_capacity(chars + chars / 8);
        let mut written = 0;
        while written < chars {
            let word = self.pick(random);
            text.extend((written > 0).then_some(' '));
            text.push_str(word);
            written += word.chars().count() + 1;
        }
        finish(&text, chars)
    }
}

/// Cuts `text` to `chars` characters, the first a capital and the last a full stop.
fn finish(text: &str, chars: usize) -> String {
    let mut rest = text.chars().take(chars - 1);
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let mut text: String = first.chain(rest).collect();
    text.push('.');
    text
}

/// A word of one to four syllables; frequent words are short.
fn word(random: &mut impl Rng, rank: usize) -> String {
    let syllables = 1 + random.random_range(0..=(rank + 1).ilog2() / 4);
    (0..syllables).map(|_| syllable(random)).collect()
}

fn syllable(random: &mut impl Rng) -> String {
    let mut pick = |list: &[&'static str]| list[random.random_range(0..list.len())];
    [pick(&ONSETS), pick(&VOWELS), pick(&CODAS)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_keep_to_their_length_and_come_again_from_the_same_seed() {
        let words = Words::new(1);
        for seed in 0..2_000 {
            let body = words.body(&mut Pcg64Mcg::seed_from_u64(seed));
            assert!(BODY_CHARS.contains(&body.chars().count()), "{body}");
            assert_eq!(body, Words::body(&words, &mut Pcg64Mcg::seed_from_u64(seed)));
        }
    }
}
