//! Small steps over a shadow, for the rules that read it forwards and backwards.

use super::fold::Glyph;

/// How many spaces a disguise may put around a sign: enough for people, and a bound for the work.
const SPACES_MAX: usize = 3;

/// The character at `at`, or NUL past either end, which no rule looks for.
pub(super) fn seen(glyphs: &[Glyph], at: usize) -> char {
    glyphs.get(at).map_or('\0', |glyph| glyph.seen)
}

/// The place of the first glyph from `at` on that does not satisfy `wanted`.
pub(super) fn skip(glyphs: &[Glyph], at: usize, wanted: impl Fn(char) -> bool) -> usize {
    let rest = glyphs.get(at..).unwrap_or_default();
    rest.iter().position(|glyph| !wanted(glyph.seen)).map_or(glyphs.len().max(at), |n| at + n)
}

/// The start of the run of glyphs before `at`, not before `floor`, that satisfy `wanted`.
pub(super) fn skip_back(glyphs: &[Glyph], at: usize, floor: usize, wanted: impl Fn(char) -> bool) -> usize {
    let before = &glyphs[floor..at];
    before.iter().rposition(|glyph| !wanted(glyph.seen)).map_or(floor, |n| floor + n + 1)
}

/// Past up to [`SPACES_MAX`] spaces of one line.
pub(super) fn spaces(glyphs: &[Glyph], at: usize) -> usize {
    let limit = (at + SPACES_MAX).min(glyphs.len());
    skip(&glyphs[..limit], at.min(limit), space)
}

/// The same backwards.
pub(super) fn spaces_back(glyphs: &[Glyph], at: usize, floor: usize) -> usize {
    skip_back(glyphs, at, floor.max(at.saturating_sub(SPACES_MAX)), space)
}

/// Past `word` when it stands at `at` in any letter case.
pub(super) fn word(glyphs: &[Glyph], at: usize, word: &str) -> Option<usize> {
    let end = at + word.len();
    let there = glyphs.get(at..end)?;
    there.iter().zip(word.chars()).all(|(glyph, c)| glyph.seen.eq_ignore_ascii_case(&c)).then_some(end)
}

fn space(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}
