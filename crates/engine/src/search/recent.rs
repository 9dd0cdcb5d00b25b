//! What was put into the index a moment ago, so that a set that is a moment old is brought up to date from memory
//! instead of being looked for again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::document::Document;
use super::lock;
use super::store::Place;

/// Bytes of all that is remembered: some seconds of as many messages as a server can take.
const BYTES_MAX: usize = 8 << 20;

/// What a document takes besides its terms.
const DOCUMENT_BYTES: usize = 64;

/// What one batch has put into a place.
pub(super) struct Stretch {
    pub(super) place: Place,
    /// The event after which it begins.
    pub(super) from: i64,
    /// Its last event.
    pub(super) to: i64,
    /// As they are now.
    pub(super) documents: Vec<Document>,
    /// Conversations in which a document is another now, and may have lost a word.
    pub(super) replaced: Vec<i64>,
}

impl Stretch {
    fn bytes(&self) -> usize {
        self.documents.iter().map(|document| DOCUMENT_BYTES + document.terms.len()).sum()
    }
}

/// The newest stretches, oldest first.
#[derive(Default)]
pub(super) struct Recent(Mutex<VecDeque<Arc<Stretch>>>);

impl Recent {
    /// Remembers a stretch, before anybody can see it in the index.
    pub(super) fn push(&self, stretch: Stretch) {
        let mut all = lock(&self.0);
        all.push_back(Arc::new(stretch));
        let mut bytes: usize = all.iter().map(|stretch| stretch.bytes()).sum();
        while bytes > BYTES_MAX {
            bytes -= all.pop_front().map_or(bytes, |oldest| oldest.bytes());
        }
    }

    /// Forgets everything: some of it may not have come into the index.
    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// What was put into a place after the event `from` and up to the event `to`; `None` unless all of it is known.
    pub(super) fn between(&self, place: Place, from: i64, to: i64) -> Option<Vec<Arc<Stretch>>> {
        let mut found = Vec::new();
        let mut at = from;
        for stretch in lock(&self.0).iter().filter(|stretch| stretch.place == place && stretch.from >= from) {
            if at == to {
                break;
            }
            if stretch.from != at {
                return None;
            }
            at = stretch.to;
            found.push(stretch.clone());
        }
        (at == to).then_some(found)
    }
}
