//! What may not be said in a marketplace conversation, taken out of a text: links, emoji, profanity.
//!
//! The three rules never change the text they look at to make looking easier. They read a *shadow* of it
//! (`fold.rs`), in which disguises are undone, and cut the original by the offsets that the shadow kept.

mod domain;
mod emoji;
mod fold;
mod lexicon;
mod link;
mod profanity;
mod reading;

pub(crate) use fold::invisible;

use std::borrow::Cow;

/// Which rules a workspace has switched on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Links, e-mail addresses and their disguises become `[link removed]`.
    pub links: bool,
    /// Every emoji of Unicode is dropped.
    pub emoji: bool,
    /// Profanities are covered with asterisks, one for each grapheme.
    pub profanity: bool,
}

/// What taking something out may bring to light is looked at again, so that cleaning what is clean changes
/// nothing; but so often at most, so that no text can buy more than a fixed number of looks.
const LOOKS_MAX: usize = 5;

/// Takes `text` as a person sent it and gives what may be stored: without control characters (but for newline
/// and tab), with each of `rules` applied, trimmed. An empty answer means that nothing was left to say.
///
/// Cleaning takes time linear in the text and makes it at most `4 × text.len() + 14` bytes long, the worst
/// case being the shortest links side by side. `clean(clean(x)) == clean(x)`.
pub fn clean(text: &str, rules: Rules) -> String {
    let mut text = printable(text).trim().to_owned();
    for _ in 0..LOOKS_MAX {
        match look(&text, rules) {
            Cow::Borrowed(_) => break,
            Cow::Owned(changed) => text = changed,
        }
    }
    if text.chars().all(|c| c.is_whitespace() || fold::invisible(c)) { String::new() } else { text }
}

/// One look by every rule. Emoji go first, because a word or a link may be torn apart by one; links go before
/// profanity, because a masked word inside an address would leave half of the address standing.
fn look(text: &str, rules: Rules) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if rules.emoji {
        then(&mut text, emoji::drop_all);
        then(&mut text, |t| (t.trim().len() < t.len()).then(|| t.trim().to_owned()));
    }
    if rules.links {
        then(&mut text, link::remove);
    }
    if rules.profanity {
        then(&mut text, profanity::mask);
    }
    text
}

/// Applies `rule`, which gives `None` where it found nothing to change.
fn then(text: &mut Cow<'_, str>, rule: impl Fn(&str) -> Option<String>) {
    if let Some(changed) = rule(text) {
        *text = Cow::Owned(changed);
    }
}

/// `text` without control characters and without the two marks that show text in reverse, with which
/// `moc.elpmaxe` reads as a link that no rule could see.
fn printable(text: &str) -> Cow<'_, str> {
    let unwanted =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202D}' | '\u{202E}');
    if text.contains(unwanted) { Cow::Owned(text.replace(unwanted, "")) } else { Cow::Borrowed(text) }
}
