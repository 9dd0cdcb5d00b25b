//! From what was asked to what is found: the set of each phrase, made or kept, and what they have in common.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::document::Document;
use super::index::Index;
use super::set::{Before, Demand, Hit, Key, Made, Set};
use super::store::{self, Cursor, Place, Wanted};
use super::{Found, Query, Shared};
use crate::error::Cause;
use crate::{Error, Result, Time, WorkspaceId};

/// How many seconds after it was asked for a search is given up.
const SECONDS_MAX: i64 = 5;

/// Documents between two looks at the clock.
const LOOK_EVERY: u32 = 4_096;

/// Conversations that may have lost a word and are looked at one by one; with more, all is looked for again.
const REPLACED_MAX: usize = 200;

/// Every short id.
const ALL: (i64, i64) = (0, i64::MAX);

/// What is looked for, where, and for whom.
pub(super) struct Looking<'q> {
    pub(super) workspace: WorkspaceId,
    pub(super) query: &'q Query,
    pub(super) now: Time,
    pub(super) by_agent: bool,
}

impl Looking<'_> {
    /// The conversations in which every phrase occurs, in one state of the index, which the caller has begun to read.
    pub(super) fn find(&self, index: &mut Index, shared: &Shared) -> Result<Found> {
        let cursor = match store::get(&mut index.conn, self.workspace)? {
            Some(cursor) => cursor,
            None => self.cursor_made_now(index, shared)?,
        };
        let place = Place { workspace: self.workspace, side: cursor.side };
        let demand = Demand { cursor, since: self.query.since, now: self.now };
        let mut found: Option<RoaringBitmap> = None;
        for phrase in &self.query.phrases {
            let key = Key { place, phrase: phrase.clone() };
            let mut look = Look { index, shared, key: &key, demand };
            let set = shared.sets.get(&key, demand, |before| look.make(before))?;
            let set = set.found(self.by_agent);
            found = Some(found.map_or_else(|| set.clone(), |found| found & set));
        }
        Ok(Found { conversations: found.unwrap_or_default(), reached: cursor.seq })
    }

    /// The workspace was never indexed: that is done now, and looked at in a new snapshot.
    fn cursor_made_now(&self, index: &mut Index, shared: &Shared) -> Result<Cursor> {
        index.conn.rollback()?;
        shared.hurry(self.workspace)?;
        index.conn.begin_read()?;
        store::get(&mut index.conn, self.workspace)?.ok_or_else(|| {
            Error::busy(Cause::Lock, "The search index is being made anew; try again in a moment.")
        })
    }
}

/// Makes the set of one phrase.
struct Look<'a> {
    index: &'a mut Index,
    shared: &'a Shared,
    key: &'a Key,
    demand: Demand,
}

impl Look<'_> {
    fn make(&mut self, before: Option<Before>) -> Result<Made> {
        if let Some(before) = before
            && let Some(set) = self.renewed(&before)?
        {
            return Ok(Made { set, keep: true });
        }
        let begun = self.shared.clock.now();
        let mut set = Set::default();
        self.look(ALL, &mut set)?;
        Ok(Made::by_looking(set.finish(), self.shared.clock.now().0 - begun.0))
    }

    /// The set as it was, with what has come and gone since; `None` when that is not known, or no less work.
    fn renewed(&mut self, (set, made): &Before) -> Result<Option<Set>> {
        let (from, to) = (made.cursor.seq, self.demand.cursor.seq);
        let Some(news) = self.shared.recent.between(self.key.place, from, to) else { return Ok(None) };
        let replaced = news.iter().flat_map(|stretch| stretch.replaced.iter().copied());
        let replaced: BTreeSet<i64> = replaced.collect();
        if replaced.len() > REPLACED_MAX {
            return Ok(None);
        }
        let mut set = Set::clone(set);
        for short_id in &replaced {
            set.remove(number(*short_id));
            self.look((*short_id, *short_id), &mut set)?;
        }
        let needle = self.key.phrase.needle();
        let has = |document: &&Document| !replaced.contains(&document.short_id) && document.has(&needle);
        for document in news.iter().flat_map(|stretch| &stretch.documents).filter(has) {
            set.add(Hit { short_id: number(document.short_id), internal: document.internal, documents: 1 });
        }
        Ok(Some(set.finish()))
    }

    /// Looks for the phrase in the index itself.
    fn look(&mut self, short_ids: (i64, i64), set: &mut Set) -> Result<()> {
        let wanted = Wanted { place: self.key.place, phrase: &self.key.phrase, short_ids };
        let end = self.demand.now.plus_seconds(SECONDS_MAX);
        let (clock, mut left) = (&self.shared.clock, 0);
        self.index.find(wanted, &mut |hit| {
            if left == 0 && clock.now() > end {
                return Err(Error::busy(
                    Cause::Contention,
                    "The search took too long; try again with rarer words.",
                ));
            }
            left = if left == 0 { LOOK_EVERY } else { left - 1 };
            set.add(hit);
            Ok(())
        })
    }
}

/// A short id as sets hold it. What does not fit is beyond what the index takes in.
fn number(short_id: i64) -> u32 {
    u32::try_from(short_id).unwrap_or(u32::MAX)
}
