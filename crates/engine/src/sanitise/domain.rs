//! Names of hosts as people write them in running text, `shop.example` and `shop [dot] example` alike.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use super::fold::{self, Glyph};
use super::reading::{seen, skip, spaces, word};

/// Reserved by RFC 2606, 6761, 6762, 7686 and 9476, and by ICANN for private use (`internal`).
const RESERVED: [&str; 8] = ["test", "example", "invalid", "localhost", "local", "onion", "alt", "internal"];

/// Top-level names that are no word of a sentence, so that even with a space before the dot, or with the dot
/// spelled out, nothing but an address is meant.
const FIRM: [&str; 40] = [
    "com", "net", "org", "biz", "eu", "io", "co", "uk", "fr", "nl", "ru", "cn", "pl", "ch", "jp", "br", "au",
    "ca", "cz", "dk", "gr", "hu", "kr", "lt", "lv", "ro", "rs", "sk", "tv", "ua", "cc", "xyz", "dev", "info",
    "shop", "store", "online", "app", "example", "test",
];

/// Top-level names that also begin sentences. With a capital and no space after a full stop (`end.Next one`)
/// they are taken for that.
const STARTERS: [&str; 49] = [
    "am", "as", "at", "be", "by", "do", "in", "is", "it", "me", "my", "no", "so", "to", "us", "de", "es",
    "et", "la", "se", "si", "ne", "al", "li", "im", "nu", "na", "next", "now", "here", "like", "love",
    "read", "call", "open", "free", "best", "live", "how", "you", "win", "new", "one", "buy", "sale", "case",
    "save", "pay", "day",
];

/// Top-level names that measure, weigh or tell the time after a bare number (`at 10.am`).
const UNITS: [&str; 8] = ["am", "pm", "kg", "cm", "mm", "km", "ml", "st"];

/// Those of [`FIRM`] that are words after all, and count only where a clause ends behind them (`polka dot shop`).
const WORDY: [&str; 6] = ["app", "info", "online", "shop", "store", "test"];

/// Words for the sign, in the languages whose people spell addresses out.
const DOT_WORDS: [&str; 5] = ["dot", "punkt", "point", "punto", "ponto"];

/// Before these the spelled word is a real dot: `the dot com years`.
const ARTICLES: [&str; 4] = ["the", "a", "an", "this"];

/// Longer than any name of the top level, in characters.
const TOP_CHARS_MAX: usize = 24;

/// What [`read`] found at a place where a label begins.
pub(super) enum Host {
    /// A host, and whether a dot was spelled out in it.
    Found { end: usize, spelled: bool },
    /// None, and none can begin before this place.
    None { past: usize },
}

/// Reads the labels that begin at `at`, which must be the first character of one.
pub(super) fn read(glyphs: &[Glyph], at: usize) -> Host {
    let labels = labels(glyphs, at);
    let past = labels.last().map_or(at + 1, |last| last.end);
    let found = if www(glyphs, &labels) { Some(past) } else { public_end(glyphs, &labels) };
    let found = found.or_else(|| address_end(glyphs, &labels));
    if found.is_some_and(|end| end < past) {
        return Host::Found { end: found.unwrap_or(past), spelled: false };
    }
    let article = || labels.len() == 1 && ARTICLES.contains(&lower(glyphs, &labels[0]).as_str());
    match spread_end(glyphs, past, &article) {
        Some((end, spelled)) => Host::Found { end, spelled },
        None if found.is_some() => Host::Found { end: past, spelled: false },
        None => Host::None { past },
    }
}

/// Whether a label may begin with `c`.
pub(super) fn begins_label(c: char) -> bool {
    c.is_alphanumeric()
}

fn in_label(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

fn dot(c: char) -> bool {
    // The second is what the full stops of Chinese and Japanese fold to; browsers take it for a dot.
    c == '.' || c == '\u{3002}'
}

/// The labels from `at` on that are joined by dots without spaces or by dots in brackets.
fn labels(glyphs: &[Glyph], at: usize) -> Vec<Range<usize>> {
    let mut labels = Vec::new();
    let mut start = at;
    loop {
        let end = skip(glyphs, start, in_label);
        labels.push(start..end);
        match joint(glyphs, end) {
            Some(next) => start = next,
            None => return labels,
        }
    }
}

/// Past the dot at `at` when a label follows it.
fn joint(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let next = if dot(seen(glyphs, at)) { at + 1 } else { bracketed(glyphs, at, dot_sign)? };
    begins_label(seen(glyphs, next)).then_some(next)
}

fn dot_sign(glyphs: &[Glyph], at: usize) -> Option<usize> {
    if dot(seen(glyphs, at)) { Some(at + 1) } else { spelled_dot(glyphs, at) }
}

fn spelled_dot(glyphs: &[Glyph], at: usize) -> Option<usize> {
    matches!(seen(glyphs, at), 'd' | 'D' | 'p' | 'P').then_some(())?;
    let end = DOT_WORDS.iter().find_map(|name| word(glyphs, at, name))?;
    (!in_label(seen(glyphs, end))).then_some(end)
}

/// Past a `sign` in brackets of any kind, with spaces around and inside.
pub(super) fn bracketed(
    glyphs: &[Glyph],
    at: usize,
    sign: impl Fn(&[Glyph], usize) -> Option<usize>,
) -> Option<usize> {
    let open = spaces(glyphs, at);
    matches!(seen(glyphs, open), '(' | '[' | '{' | '<').then_some(())?;
    let close = spaces(glyphs, sign(glyphs, spaces(glyphs, open + 1))?);
    matches!(seen(glyphs, close), ')' | ']' | '}' | '>').then_some(())?;
    Some(spaces(glyphs, close + 1))
}

/// `www.` in front is meant for a link, whatever follows.
fn www(glyphs: &[Glyph], labels: &[Range<usize>]) -> bool {
    labels.len() > 1 && word(glyphs, labels[0].start, "www") == Some(labels[0].end)
}

/// The end of the last label with a host before it that is a name of the top level.
fn public_end(glyphs: &[Glyph], labels: &[Range<usize>]) -> Option<usize> {
    (1..labels.len()).rev().find_map(|n| {
        let end = top_end(glyphs, &labels[n])?;
        let text = lower(glyphs, &(labels[n].start..end));
        let sentence = begins_sentence(glyphs, &labels[n], &text);
        let measure = n == 1 && UNITS.contains(&text.as_str()) && numeric(glyphs, &labels[0]);
        // A German form of company, not a host in Kyrgyzstan.
        let company = n == 1 && text == "kg" && lower(glyphs, &labels[0]) == "co";
        (!sentence && !measure && !company).then_some(end)
    })
}

/// A top-level name with a capital, as a sentence begins, and in small letters otherwise.
fn begins_sentence(glyphs: &[Glyph], label: &Range<usize>, text: &str) -> bool {
    let mut letters = glyphs[label.clone()].iter().map(|glyph| glyph.seen);
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(char::is_lowercase)
        && STARTERS.contains(&text)
}

/// Where a top-level name that begins `label` ends. Scripts without spaces may go on right after it
/// (`shop.comを見て`), and so may, after a firm one, a dash (`shop.com-cheap`).
fn top_end(glyphs: &[Glyph], label: &Range<usize>) -> Option<usize> {
    let dash = skip(&glyphs[..label.end], label.start, |c| c != '-' && c != '_');
    if dash < label.end && firm(glyphs, &(label.start..dash)) {
        return Some(dash);
    }
    let tail = glyphs[label.clone()].iter().rev().take_while(|glyph| matches!(glyph.seen, '-' | '_')).count();
    let whole = label.start..label.end - tail;
    if top(glyphs, &whole) {
        return Some(whole.end);
    }
    let ascii = skip(&glyphs[..label.end], label.start, |c| c.is_ascii());
    let other_script = seen(glyphs, ascii) > '\u{36F}' && ascii < label.end;
    (other_script && top(glyphs, &(label.start..ascii))).then_some(ascii)
}

/// The end of four numbers that a port or a path follows; without those they may be a version.
fn address_end(glyphs: &[Glyph], labels: &[Range<usize>]) -> Option<usize> {
    let [.., last] = labels else { return None };
    let numbers = labels.len() == 4
        && labels.iter().all(|label| label.len() <= 3 && numeric(glyphs, label))
        && labels.iter().all(|label| lower(glyphs, label).parse::<u8>().is_ok());
    let goes_on = match seen(glyphs, last.end) {
        '/' => true,
        ':' => seen(glyphs, last.end + 1).is_ascii_digit(),
        _ => false,
    };
    (numbers && goes_on).then_some(last.end)
}

/// The end of firm top-level names that follow the label ending at `end` after a dot with spaces around it, or
/// after the word for it.
fn spread_end(glyphs: &[Glyph], end: usize, article: &impl Fn() -> bool) -> Option<(usize, bool)> {
    let (mut reached, mut any_spelled) = (end, false);
    while let Some((label_end, spelled)) = spread(glyphs, reached, article) {
        reached = label_end;
        any_spelled |= spelled;
    }
    (reached > end).then_some((reached, any_spelled))
}

fn spread(glyphs: &[Glyph], at: usize, article: &impl Fn() -> bool) -> Option<(usize, bool)> {
    let sign = spaces(glyphs, at);
    let spelled = sign > at && !dot(seen(glyphs, sign));
    let after = if spelled { spelled_dot(glyphs, sign)? } else { dot_sign(glyphs, sign)? };
    let start = spaces(glyphs, after);
    let label = start..skip(glyphs, start, in_label);
    let name = lower(glyphs, &label);
    let apart = label.start > after;
    let before = sign > at;
    let open_ended = (!spelled && !before) || WORDY.contains(&name.as_str());
    let plausible = FIRM.contains(&name.as_str()) && (!open_ended || ends_clause(glyphs, label.end));
    let spread_out = if spelled { apart && !article() } else { apart || before };
    (plausible && spread_out).then_some((label.end, spelled))
}

/// Whether a clause ends at `at`. A dot with a space behind it alone ends sentences too (`Bom dia. com certeza`),
/// so what follows it is an address only when no sentence goes on.
fn ends_clause(glyphs: &[Glyph], at: usize) -> bool {
    let next = seen(glyphs, spaces(glyphs, at));
    matches!(next, '\0' | '\n' | '/' | '?' | '!' | ',' | ';' | ')') || dot(next)
}

fn numeric(glyphs: &[Glyph], label: &Range<usize>) -> bool {
    glyphs[label.clone()].iter().all(|glyph| glyph.seen.is_ascii_digit())
}

/// The label in small letters; empty when it is too long to be a name of the top level.
fn lower(glyphs: &[Glyph], label: &Range<usize>) -> String {
    if label.len() > TOP_CHARS_MAX {
        return String::new();
    }
    glyphs[label.clone()].iter().flat_map(|glyph| glyph.seen.to_lowercase()).collect()
}

fn firm(glyphs: &[Glyph], label: &Range<usize>) -> bool {
    FIRM.contains(&lower(glyphs, label).as_str())
}

/// Whether `label` is a public or reserved name of the top level, or looks exactly like one.
fn top(glyphs: &[Glyph], label: &Range<usize>) -> bool {
    let text = lower(glyphs, label);
    let known = tops();
    known.contains(&text)
        || (!text.is_ascii() && known.contains(&text.chars().map(fold::lookalike).collect::<String>()))
}

/// The names of the top level, folded as texts are.
fn tops() -> &'static HashSet<String> {
    static TOPS: OnceLock<HashSet<String>> = OnceLock::new();
    TOPS.get_or_init(|| {
        let listed = include_str!("tlds.txt").lines().filter(|line| !line.starts_with('#'));
        listed.chain(RESERVED).map(|name| fold::fold(name).iter().map(|glyph| glyph.seen).collect()).collect()
    })
}
