//! What is searched: for each conversation a head with its title and short id, and a document for each message.

use super::term::{GAP, terms};

/// Terms of a document that count. PostgreSQL knows no place beyond 16,383.
const TERMS_MAX: usize = 16_000;

/// Bytes of all its terms that count. PostgreSQL keeps less than a megabyte of terms for a row, and each bears a mark
/// of its workspace there.
const BYTES_MAX: usize = 256 << 10;

/// The place of the head; messages begin at 1.
const HEAD: i64 = 0;

/// Something to be found, cut into terms.
#[derive(Debug)]
pub(super) struct Document {
    /// The conversation's number.
    pub(super) short_id: i64,
    /// 0 for the head, else the message's.
    pub(super) index: i64,
    /// Only an agent may find it.
    pub(super) internal: bool,
    /// In their order, with a space before each and behind the last.
    pub(super) terms: String,
}

/// A message as it is stored.
pub(super) struct Said {
    pub(super) short_id: i64,
    pub(super) index: i64,
    pub(super) internal: bool,
    pub(super) body: String,
}

impl Document {
    /// What a conversation is called.
    pub(super) fn head(short_id: i64, title: &str) -> Document {
        let number = short_id.to_string();
        Document { short_id, index: HEAD, internal: false, terms: joined([title, &number]) }
    }

    /// What was said, and the names of the files that came with it.
    pub(super) fn message(said: &Said, file_names: &[String]) -> Document {
        let Said { short_id, index, internal, .. } = *said;
        let parts = std::iter::once(said.body.as_str()).chain(file_names.iter().map(String::as_str));
        Document { short_id, index, internal, terms: joined(parts) }
    }
}

impl Document {
    /// Whether a phrase, as [`super::term::Phrase::needle`] spells it, is in it.
    pub(super) fn has(&self, needle: &str) -> bool {
        self.terms.contains(needle)
    }
}

fn joined<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let (mut all, mut count) = (String::from(" "), 0);
    for part in parts {
        let gap = (count > 0).then(|| GAP.to_owned());
        for term in gap.into_iter().chain(terms(part)) {
            count += 1;
            if count > TERMS_MAX || all.len() + term.len() > BYTES_MAX {
                return all;
            }
            all.push_str(&term);
            all.push(' ');
        }
    }
    all
}
