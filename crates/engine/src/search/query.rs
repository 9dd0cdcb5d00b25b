//! What somebody looks for, as they typed it. Nothing in it is an operator but quotation marks around a phrase.

use super::term::{Phrase, phrase};

/// Words and phrases that count; what comes after them is not looked for.
const PHRASES_MAX: usize = 16;

/// Characters that count, to the end of a word.
const CHARS_MAX: usize = 200;

/// What is looked for: a conversation is found when every word and every phrase is in one of its documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query {
    pub(super) phrases: Vec<Phrase>,
    pub(super) since: i64,
}

impl Query {
    /// Understands any text; `None` when it is blank, and then nothing is looked for. A text in which there is no
    /// letter and no digit finds nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Query> {
        if text.trim().is_empty() {
            return None;
        }
        let mut phrases: Vec<Phrase> = Vec::new();
        for part in parts(beginning(text)) {
            if let Some(phrase) = phrase(part).filter(|phrase| !phrases.contains(phrase)) {
                phrases.push(phrase);
            }
        }
        phrases.truncate(PHRASES_MAX);
        Some(Query { phrases, since: 0 })
    }

    /// The same, answered from no older state than that of the event with this number, once the index has come so
    /// far (see [`crate::Engine::reached`]).
    #[must_use]
    pub fn since(self, event: i64) -> Query {
        Query { since: event, ..self }
    }
}

/// Phrases between quotation marks, which may be of any of the usual shapes, and the words outside of them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let sides = text.split(['"', '“', '”', '„']).enumerate();
    sides.flat_map(|(at, side)| {
        let (quoted, loose) = if at % 2 == 1 { (Some(side), "") } else { (None, side) };
        quoted.into_iter().chain(loose.split_whitespace())
    })
}

/// As much of the text as counts. A word that is cut in the middle would be another word, so it is left out.
fn beginning(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(CHARS_MAX) else { return text };
    let within = &text[..end];
    match within.rfind(char::is_whitespace) {
        Some(space) if !text[end..].starts_with(char::is_whitespace) => &within[..space],
        _ => within,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Vec<String> {
        let query = Query::parse(text).expect("it is not blank");
        query.phrases.iter().map(|phrase| phrase.terms.join(" ")).collect()
    }

    #[test]
    fn words_are_words_and_quotes_make_phrases() {
        assert_eq!(parsed("Invoice \"past due\" invoice"), ["invoice", "past due"]);
        assert_eq!(parsed("„Guten Tag“ ja"), ["guten tag", "ja"]);
        assert_eq!(parsed("\"never closed"), ["never closed"]);
        assert_eq!(parsed("mail@shop.example #42"), ["mail shop example", "42"]);
        assert_eq!(
            parsed("a AND NOT b* NEAR(c, 2) col:d ^e -f"),
            ["a", "and", "not", "b", "near c", "2", "col d", "e", "f"]
        );
    }

    #[test]
    fn blank_is_nothing_to_look_for_and_marks_alone_find_nothing() {
        assert_eq!(Query::parse(" \t\n"), None);
        assert_eq!(parsed("*** \"\" ?"), Vec::<String>::new());
    }

    #[test]
    fn what_is_too_long_counts_by_its_beginning() {
        assert_eq!(parsed(&"word ".repeat(20_000)), ["word"]);
        let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(parsed(&many.join(" ")), many[..PHRASES_MAX]);
        let cut = format!("{} beyond", "x".repeat(CHARS_MAX - 3));
        assert_eq!(parsed(&cut), ["x".repeat(64)], "not the half of a word");
    }

    proptest! {
        #[test]
        fn any_text_is_understood(text in any::<String>()) {
            let query = Query::parse(&text);
            prop_assert_eq!(query.is_none(), text.trim().is_empty());
            let phrases = query.map(|query| query.phrases).unwrap_or_default();
            prop_assert!(phrases.len() <= PHRASES_MAX);
            prop_assert!(phrases.iter().all(|phrase| !phrase.terms.is_empty()));
        }
    }
}
