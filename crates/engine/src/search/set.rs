//! The conversations that have a phrase, as sets of short ids. Those that took long to find are kept for a moment.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use roaring::RoaringBitmap;

use super::store::{Cursor, Place};
use super::term::Phrase;
use crate::{Result, Time};

/// For how long a set may be used after the index has moved on, in microseconds. The index itself may be as far
/// behind the conversations, and both together shall be no more than a second.
const KEPT_US: i64 = 500_000;

/// While one thread makes a set anew the others go on with one that is not older than this.
const KEPT_MEANWHILE_US: i64 = 750_000;

/// Documents from which on a set is worth keeping.
const DOCUMENTS_MIN: u64 = 4_000;

/// From how many microseconds of looking on a set is worth keeping, however small it is.
const MADE_US_MIN: i64 = 2_000;

/// Bytes of all sets that are kept; those that were not asked for the longest go first.
const BYTES_MAX: usize = 32 << 20;

/// What keeping a set takes besides the set: its key, above all.
const ENTRY_BYTES: usize = 1 << 10;

/// Documents of one conversation that have a phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// The conversation's.
    pub(super) short_id: u32,
    /// Whether they are internal.
    pub(super) internal: bool,
    /// How many.
    pub(super) documents: u64,
}

/// Which conversations have a phrase in one of their documents.
#[derive(Debug, Default, Clone)]
pub(super) struct Set {
    /// In one that everybody in the conversation may see.
    open: RoaringBitmap,
    /// In any; `None` when that is no more.
    any: Option<RoaringBitmap>,
    documents: u64,
}

impl Set {
    /// Adds the conversation of some documents.
    pub(super) fn add(&mut self, hit: Hit) {
        let Hit { short_id, internal, documents } = hit;
        self.documents += documents;
        if internal {
            self.any.get_or_insert_default().insert(short_id);
        } else {
            self.open.insert(short_id);
        }
    }

    /// Takes a conversation out.
    pub(super) fn remove(&mut self, short_id: u32) {
        self.open.remove(short_id);
        if let Some(any) = &mut self.any {
            any.remove(short_id);
        }
    }

    /// To be called when all are added.
    pub(super) fn finish(mut self) -> Set {
        if let Some(any) = &mut self.any {
            *any |= &self.open;
        }
        self
    }

    /// Those that a customer, or an agent, finds.
    pub(super) fn found(&self, by_agent: bool) -> &RoaringBitmap {
        self.any.as_ref().filter(|_| by_agent).unwrap_or(&self.open)
    }

    fn bytes(&self) -> usize {
        ENTRY_BYTES
            + self.open.serialized_size()
            + self.any.as_ref().map_or(0, RoaringBitmap::serialized_size)
    }
}

/// What a set is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) phrase: Phrase,
}

/// What a set must be as new as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// Up to where the index is.
    pub(super) cursor: Cursor,
    /// The event that must have been heeded.
    pub(super) since: i64,
    /// The present moment.
    pub(super) now: Time,
}

/// The sets that are kept.
#[derive(Default)]
pub(super) struct Sets {
    kept: Mutex<Kept>,
    made: Condvar,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Key, Entry>,
    bytes: usize,
}

#[derive(Default)]
struct Entry {
    set: Option<Before>,
    /// Somebody makes it anew.
    in_making: bool,
    used_us: i64,
}

/// What is to be done for a set.
enum Turn {
    Take(Arc<Set>),
    Make(Option<Before>),
    Wait,
}

impl Sets {
    /// The set of `key`, as new as is asked for; `make` looks for it where there is none, once at a time.
    pub(super) fn get(
        &self,
        key: &Key,
        demand: Demand,
        make: impl FnOnce(Option<Before>) -> Result<Made>,
    ) -> Result<Arc<Set>> {
        let mut kept = self.lock();
        let before = loop {
            match kept.turn(key, demand) {
                Turn::Take(set) => return Ok(set),
                Turn::Wait => kept = self.made.wait(kept).unwrap_or_else(PoisonError::into_inner),
                Turn::Make(before) => break before,
            }
        };
        drop(kept);
        let making = Making { sets: self, key };
        let made = make(before)?;
        let set = Arc::new(made.set);
        if made.keep {
            self.lock().keep(key, set.clone(), demand);
        }
        drop(making);
        Ok(set)
    }

    /// Forgets all of them: the index is another one now.
    pub(super) fn clear(&self) {
        let mut kept = self.lock();
        kept.bytes = 0;
        kept.entries.retain(|_, entry| {
            entry.set = None;
            entry.in_making
        });
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A set as it was, and what it was made for.
pub(super) type Before = (Arc<Set>, Demand);

/// A set, and whether to keep it.
pub(super) struct Made {
    pub(super) set: Set,
    pub(super) keep: bool,
}

impl Made {
    /// A set that was found in so many microseconds.
    pub(super) fn by_looking(set: Set, took_us: i64) -> Made {
        let keep = set.documents >= DOCUMENTS_MIN || took_us >= MADE_US_MIN;
        Made { set, keep }
    }
}

/// Dropped, also by a panic, it lets the next one make the set.
struct Making<'s> {
    sets: &'s Sets,
    key: &'s Key,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        let mut kept = self.sets.lock();
        if let Some(entry) = kept.entries.get_mut(self.key) {
            entry.in_making = false;
            if entry.set.is_none() {
                kept.entries.remove(self.key);
            }
        }
        self.sets.made.notify_all();
    }
}

impl Kept {
    fn turn(&mut self, key: &Key, demand: Demand) -> Turn {
        let entry = self.entries.entry(key.clone()).or_default();
        entry.used_us = demand.now.0;
        match &entry.set {
            Some((set, made)) if made.fulfils(demand, KEPT_US) => Turn::Take(set.clone()),
            Some((set, made)) if entry.in_making && made.fulfils(demand, KEPT_MEANWHILE_US) => {
                Turn::Take(set.clone())
            }
            _ if entry.in_making => Turn::Wait,
            _ => {
                entry.in_making = true;
                Turn::Make(entry.set.clone())
            }
        }
    }

    fn keep(&mut self, key: &Key, set: Arc<Set>, made: Demand) {
        self.bytes += set.bytes();
        let entry = self.entries.entry(key.clone()).or_default();
        let before = entry.set.replace((set, made));
        self.bytes -= before.map_or(0, |(set, _)| set.bytes());
        while self.bytes > BYTES_MAX && self.forget_one() {}
    }

    fn forget_one(&mut self) -> bool {
        let kept = self.entries.iter().filter(|(_, entry)| entry.set.is_some());
        let Some(oldest) = kept.min_by_key(|(_, entry)| entry.used_us).map(|(key, _)| key.clone()) else {
            return false;
        };
        let set = self.entries.get_mut(&oldest).and_then(|entry| entry.set.take());
        self.bytes -= set.map_or(0, |(set, _)| set.bytes());
        self.entries.retain(|_, entry| entry.in_making || entry.set.is_some());
        true
    }
}

impl Demand {
    /// Whether what was made for this one will do for another.
    fn fulfils(&self, other: Demand, kept_us: i64) -> bool {
        let unchanged = self.cursor == other.cursor;
        let recent = other.now.0 - self.now.0 < kept_us && self.cursor.seq >= other.since;
        unchanged || recent
    }
}
