//! Keeps the index up with the conversations: follows the log of every workspace, and fills a workspace anew where
//! there is nothing to follow on from, or where somebody asks for it.
//!
//! What an event names is read as it is when it is read, so doing the same part of a log twice does no harm, and a
//! crash costs nothing but doing it again: the cursor moves in the transaction of the documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::filling::{Filling, Progress};
use super::index::Index;
use super::recent::{Recent, Stretch};
use super::source::{self, Changed, Part};
use super::store::{self, Cursor, Place};
use crate::db::{self, Conn, Use};
use crate::{Result, WorkspaceId};

/// Events of all workspaces that are heeded in one transaction: large batches are cheap, and nobody waits for long.
pub(super) const EVENTS_MAX: i64 = 4_000;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Step {
    /// Events that were heeded.
    pub events: i64,
    /// Whether there is more to do at once.
    pub more: bool,
}

/// See the head of this file.
pub(super) struct Indexer {
    pub(super) main: Conn,
    pub(super) index: Index,
    pub(super) cursors: BTreeMap<WorkspaceId, Cursor>,
    pub(super) fillings: BTreeMap<WorkspaceId, Filling>,
    recent: Arc<Recent>,
    /// What came of the last filling of a workspace that answers now.
    filled: BTreeMap<WorkspaceId, Progress>,
}

/// What the log says is to be done in one workspace.
struct Batch {
    workspace: WorkspaceId,
    from: Cursor,
    to: Cursor,
    changed: Changed,
}

impl Indexer {
    /// Opens both databases.
    pub(super) fn open(options: &db::Options, recent: Arc<Recent>) -> Result<Indexer> {
        let mut main = Conn::open(&options.address, Use::Read, options.tuning)?;
        let installation = store::installation(&mut main)?;
        let mut index = Index::open(options, &installation)?;
        let cursors = store::all(&mut index.conn)?.into_iter().collect();
        Ok(Indexer { main, index, cursors, fillings: BTreeMap::new(), recent, filled: BTreeMap::new() })
    }

    /// Goes on by one step: a batch of events, and a part of every workspace that is being filled.
    pub(super) fn step(&mut self) -> Result<Step> {
        let ends = store::ends(&mut self.main)?;
        let mut step = self.follow(&ends)?;
        for (workspace, _) in ends {
            if !self.cursors.contains_key(&workspace) {
                self.adopt(workspace)?;
            }
        }
        for workspace in self.fillings.keys().copied().collect::<Vec<_>>() {
            self.fill(workspace)?;
        }
        step.more |= !self.fillings.is_empty();
        Ok(step)
    }

    fn follow(&mut self, ends: &[(WorkspaceId, i64)]) -> Result<Step> {
        let mut room = EVENTS_MAX;
        let mut batches = Vec::new();
        let behind = ends.iter().filter_map(|(workspace, end)| {
            let cursor = self.cursors.get(workspace).copied().filter(|cursor| cursor.seq != *end)?;
            Some((*workspace, cursor, *end))
        });
        for (workspace, from, end) in behind.collect::<Vec<_>>() {
            if room == 0 {
                break;
            }
            let part = Part { workspace, from: from.seq, to: end.min(from.seq + room) };
            room -= (part.to - part.from).max(1).min(room);
            batches.extend(self.read(from, part)?);
        }
        let step = self.write(batches)?;
        Ok(Step { more: step.more || room == 0, ..step })
    }

    /// What a part of a log says; `None` when the log is not the one that the cursor was set in.
    fn read(&mut self, from: Cursor, part: Part) -> Result<Option<Batch>> {
        let Part { workspace, to, .. } = part;
        if !continues(&mut self.main, workspace, from)? || to < from.seq {
            return self.distrust(workspace).map(|()| None);
        }
        let (to, changed) = snapshot(&mut self.main, |main| read(main, from, part))?;
        Ok(Some(Batch { workspace, from, to, changed }))
    }

    fn write(&mut self, batches: Vec<Batch>) -> Result<Step> {
        let mut step = Step::default();
        if batches.is_empty() {
            return Ok(step);
        }
        let recent = self.recent.clone();
        let moved = self.index.write(|index| {
            let mut moved = Vec::new();
            for Batch { workspace, from, to, changed } in batches {
                if store::advance(&mut index.conn, workspace, from, to)? {
                    let (place, Changed { documents, replaced }) =
                        (Place { workspace, side: from.side }, changed);
                    index.put(place, &documents)?;
                    recent.push(Stretch { place, from: from.seq, to: to.seq, documents, replaced });
                    step.events += to.seq - from.seq;
                    moved.push((workspace, Some(to)));
                } else {
                    // Another node has done it, or a part of it: what it left is still to do.
                    step.more = true;
                    moved.push((workspace, store::get(&mut index.conn, workspace)?));
                }
            }
            Ok(moved)
        });
        let moved = moved.inspect_err(|_| recent.clear())?;
        for (workspace, cursor) in moved {
            match cursor {
                Some(cursor) => self.cursors.insert(workspace, cursor),
                None => self.cursors.remove(&workspace),
            };
        }
        Ok(step)
    }

    /// The database is not the one that was indexed, or an older copy of it: what is indexed says nothing of it.
    fn distrust(&mut self, workspace: WorkspaceId) -> Result<()> {
        let known = store::get(&mut self.index.conn, workspace)?;
        let known_is_wrong = match known {
            Some(cursor) => {
                let (end, _) = source::end(&mut self.main, workspace)?;
                cursor.seq > end || !continues(&mut self.main, workspace, cursor)?
            }
            None => false,
        };
        if known_is_wrong {
            tracing::warn!(%workspace, "the search index is of another history of this workspace; it is made anew");
            self.index.write(|index| store::forget(&mut index.conn, workspace))?;
        }
        match known.filter(|_| !known_is_wrong) {
            Some(cursor) => self.cursors.insert(workspace, cursor),
            None => self.cursors.remove(&workspace),
        };
        Ok(())
    }

    /// Finds where another node has come to with a workspace, or else begins to fill it.
    pub(super) fn adopt(&mut self, workspace: WorkspaceId) -> Result<()> {
        match store::get(&mut self.index.conn, workspace)? {
            Some(cursor) => drop(self.cursors.insert(workspace, cursor)),
            None => drop(self.begin(workspace)?),
        }
        Ok(())
    }

    /// Begins to fill a workspace into the side that does not answer, unless that has begun. False when another node
    /// is at it.
    pub(super) fn begin(&mut self, workspace: WorkspaceId) -> Result<bool> {
        if self.fillings.contains_key(&workspace) {
            return Ok(true);
        }
        let live = store::get(&mut self.index.conn, workspace)?;
        let place = Place { workspace, side: live.map_or(0, |cursor| 1 - cursor.side) };
        if !self.index.claim(place)? {
            return Ok(false);
        }
        self.fillings.insert(workspace, Filling::begin(&mut self.main, place)?);
        self.filled.remove(&workspace);
        Ok(true)
    }

    /// Whether a workspace is being filled here.
    pub(super) fn is_filling(&self, workspace: WorkspaceId) -> bool {
        self.fillings.contains_key(&workspace)
    }

    /// How far the last filling of a workspace is.
    pub(super) fn filling(&self, workspace: WorkspaceId) -> Fill {
        match (self.filled.get(&workspace), self.fillings.get(&workspace)) {
            (Some(progress), _) => Fill::Answers(*progress),
            (None, Some(filling)) => Fill::Going(filling.progress()),
            (None, None) => Fill::Unknown,
        }
    }

    /// Goes on with filling a workspace by a part.
    pub(super) fn fill(&mut self, workspace: WorkspaceId) -> Result<()> {
        let Some(filling) = self.fillings.get_mut(&workspace) else { return Ok(()) };
        if let Some(cursor) = filling.step(&mut self.main, &mut self.index)? {
            self.cursors.insert(workspace, cursor);
            self.filled.insert(workspace, filling.progress());
        }
        if filling.is_done() {
            let place = filling.place();
            self.index.release(place)?;
            self.fillings.remove(&workspace);
        }
        Ok(())
    }
}

/// How far the filling of a workspace is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    /// It goes on.
    Going(Progress),
    /// What was filled answers.
    Answers(Progress),
    /// Nobody knows of one: the index was opened anew.
    Unknown,
}

/// Where a cursor comes to by this part, and the documents as they are now.
pub(super) fn read(main: &mut Conn, from: Cursor, part: Part) -> Result<(Cursor, Changed)> {
    let at = source::at(main, part.workspace, part.to)?;
    Ok((Cursor { seq: part.to, at, ..from }, source::changed(main, part)?))
}

/// Whether the log still has the event at which the cursor stands.
fn continues(main: &mut Conn, workspace: WorkspaceId, cursor: Cursor) -> Result<bool> {
    Ok(source::at(main, workspace, cursor.seq)? == cursor.at)
}

/// Reads one unchanging state.
pub(super) fn snapshot<T>(main: &mut Conn, read: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    main.begin_read()?;
    let outcome = read(main);
    main.rollback()?;
    outcome
}
