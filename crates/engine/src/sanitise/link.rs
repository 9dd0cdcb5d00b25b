//! Links, e-mail addresses, and the ways in which people disguise them.

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};

use super::domain::{self, Host};
use super::fold::{Glyph, fold};
use super::reading::{seen, skip, skip_back, spaces_back, word};

/// What stands where a link was. It also parts the text: no rule for links reads across it.
const REMOVED: &str = "[link removed]";

/// Schemes of links that have no `//`.
const BARE_SCHEMES: [&str; 3] = ["mailto:", "magnet:", "javascript:"];

/// How the words for a dot begin.
const DOT_STARTS: [&[u8; 3]; 4] = [b"dot", b"pun", b"poi", b"pon"];

/// `text` with every link replaced; `None` when it has none.
pub(super) fn remove(text: &str) -> Option<String> {
    if !worth_reading(text) {
        return None;
    }
    let mut found = false;
    let parts: Vec<String> = text.split(REMOVED).map(|part| replace(part, &mut found)).collect();
    found.then(|| parts.join(REMOVED))
}

/// A quick look: without one of these signs a text has no link in any disguise. A full stop at the end of a line,
/// right behind a word, is none of them.
fn worth_reading(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, b)| match b {
        b'.' => {
            let ends_line = matches!(bytes.get(at + 1), None | Some(b'\n'));
            !ends_line || at == 0 || !bytes[at - 1].is_ascii_alphanumeric()
        }
        b':' | b'@' | 0x80.. => true,
        b'd' | b'D' | b'p' | b'P' => {
            let start = bytes.get(at..at + 3).unwrap_or_default();
            DOT_STARTS.iter().any(|word| start.eq_ignore_ascii_case(word.as_slice()))
        }
        _ => false,
    })
}

fn replace(part: &str, found: &mut bool) -> String {
    let glyphs = fold(part);
    let mut out = String::with_capacity(part.len());
    let mut copied = 0;
    for link in links(&glyphs) {
        *found = true;
        out.push_str(&part[copied..glyphs[link.start].start]);
        out.push_str(REMOVED);
        copied = glyphs[link.end - 1].end;
    }
    out.push_str(&part[copied..]);
    out
}

/// Every link as a range of glyphs, in order; those that overlap or touch are one.
fn links(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let mut all = standard(glyphs);
    all.extend(schemes(glyphs));
    all.extend(hosts(glyphs));
    all.sort_by_key(|link| link.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for link in all {
        match merged.last_mut() {
            Some(last) if link.start <= last.end => last.end = last.end.max(link.end),
            _ => merged.push(link),
        }
    }
    merged
}

/// URLs and e-mail addresses as the standards have them.
fn standard(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    if !glyphs.iter().any(|glyph| matches!(glyph.seen, ':' | '@')) {
        return Vec::new();
    }
    let text: String = glyphs.iter().map(|glyph| glyph.seen).collect();
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let glyph_at = |byte: usize| bytes.partition_point(|&at| at < byte);
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]);
    finder.links(&text).map(|link| glyph_at(link.start())..glyph_at(link.end())).collect()
}

/// Anything with a scheme, also where the standards would not have it: `1http://…`, `x@http://…`.
fn schemes(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < glyphs.len() {
        let Some((start, body)) = scheme(glyphs, at) else {
            at += 1;
            continue;
        };
        let past = skip(glyphs, body, in_url);
        let end = trimmed(glyphs, body, past);
        if glyphs[body..end].iter().any(|glyph| glyph.seen.is_alphanumeric()) {
            found.push(start..end);
        }
        at = past.max(at + 1);
    }
    found
}

/// The start of a scheme whose colon is at `at`, and the first glyph after the scheme.
fn scheme(glyphs: &[Glyph], at: usize) -> Option<(usize, usize)> {
    if seen(glyphs, at) != ':' {
        return None;
    }
    if let Some(body) = word(glyphs, at, "://") {
        let start = skip_back(glyphs, at, 0, |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        return (start < at).then_some((start, body));
    }
    BARE_SCHEMES.iter().find_map(|name| {
        let start = (at + 1).checked_sub(name.len())?;
        word(glyphs, start, name).map(|body| (start, body))
    })
}

/// Hosts without a scheme, with the port, path and e-mail name around them.
fn hosts(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let (mut found, mut at, mut floor) = (Vec::new(), 0, 0);
    while at < glyphs.len() {
        if !domain::begins_label(glyphs[at].seen) {
            at += 1;
            continue;
        }
        at = match domain::read(glyphs, at) {
            Host::None { past } => past,
            Host::Found { end, spelled } => {
                let link = before(glyphs, at, floor, spelled)..after(glyphs, end);
                floor = link.end;
                found.push(link);
                floor
            }
        };
    }
    found
}

/// Where a link to the host at `host` begins: at the name of its mailbox, at its scheme, or at the host.
fn before(glyphs: &[Glyph], host: usize, floor: usize, spelled: bool) -> usize {
    let mailbox = at_sign(glyphs, host, floor, spelled).and_then(|sign| {
        let end = spaces_back(glyphs, sign, floor);
        let start = skip_back(glyphs, end, floor, |c| c.is_alphanumeric() || "._+-%".contains(c));
        (start < end).then_some(start)
    });
    mailbox.or_else(|| broken_scheme(glyphs, host, floor)).unwrap_or(host)
}

/// The start of `@`, `(at)`, or, when the dot is spelled as well, of ` at ` right before `host`.
fn at_sign(glyphs: &[Glyph], host: usize, floor: usize, spelled: bool) -> Option<usize> {
    let end = spaces_back(glyphs, host, floor);
    let last = end.checked_sub(1).filter(|&last| last >= floor)?;
    if glyphs[last].seen == '@' {
        return Some(last);
    }
    if matches!(glyphs[last].seen, ')' | ']' | '}' | '>') {
        let inside = spaces_back(glyphs, last, floor);
        let sign = at_word(glyphs, inside, floor)?;
        let open = spaces_back(glyphs, sign, floor).checked_sub(1).filter(|&open| open >= floor)?;
        return matches!(glyphs[open].seen, '(' | '[' | '{' | '<').then_some(open);
    }
    (spelled && end < host).then(|| at_word(glyphs, end, floor)).flatten()
}

/// The start of `@` or of the word `at` that ends at `end`.
fn at_word(glyphs: &[Glyph], end: usize, floor: usize) -> Option<usize> {
    let sign = end.checked_sub(1).filter(|&sign| sign >= floor && glyphs[sign].seen == '@');
    let spelled = end.checked_sub(2).filter(|&start| start >= floor && word(glyphs, start, "at").is_some());
    sign.or(spelled)
}

/// The start of a scheme that was broken on purpose: `hxxp[:]//host`, `http:/host`.
fn broken_scheme(glyphs: &[Glyph], host: usize, floor: usize) -> Option<usize> {
    let signs = skip_back(glyphs, host, floor.max(host.saturating_sub(8)), |c| ":/[]() ".contains(c));
    let slash = glyphs[signs..host].iter().any(|glyph| glyph.seen == '/');
    let start = skip_back(glyphs, signs, floor.max(signs.saturating_sub(5)), |c| c.is_ascii_alphabetic());
    let name: String = glyphs[start..signs].iter().map(|glyph| glyph.seen.to_ascii_lowercase()).collect();
    (slash && matches!(name.as_str(), "http" | "https" | "hxxp" | "hxxps" | "ftp")).then_some(start)
}

/// Where a link to a host that ends at `host_end` ends: behind its port, path and query.
fn after(glyphs: &[Glyph], host_end: usize) -> usize {
    let goes_on = match seen(glyphs, host_end) {
        '/' | '?' | '#' => true,
        ':' => seen(glyphs, host_end + 1).is_ascii_digit(),
        _ => false,
    };
    if goes_on { trimmed(glyphs, host_end, skip(glyphs, host_end, in_url)) } else { host_end }
}

/// `end` without the punctuation of the sentence around the link.
fn trimmed(glyphs: &[Glyph], start: usize, end: usize) -> usize {
    skip_back(glyphs, end, start, |c| ".,;:!?)]}'*_".contains(c))
}

fn in_url(c: char) -> bool {
    !c.is_whitespace() && !"<>\"«»“”、。！".contains(c)
}
