//! A workspace on its way into the index: all of its conversations, part by part, and then what has happened
//! meanwhile. Only then does its side answer.

use super::document::Document;
use super::index::{Index, once_each};
use super::indexer::{EVENTS_MAX, read, snapshot};
use super::source::{self, Part, Span};
use super::store::{self, Cursor, Place};
use crate::Result;
use crate::db::Conn;

/// Conversations of one step.
const CONVERSATIONS: i64 = 200;

/// Documents that are put at once: the memory that a conversation of any length takes.
const DOCUMENTS: usize = 1_000;

/// How far the filling of a workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Conversations that are in the new index.
    pub conversations_done: i64,
    /// Conversations that there are.
    pub conversations_total: i64,
    /// Documents, which are titles and messages, that are in the new index.
    pub documents: i64,
}

/// See the head of this file.
pub(super) struct Filling {
    place: Place,
    /// The log's end when this began: from there on it is followed in the end.
    cursor: Cursor,
    stage: Stage,
    progress: Progress,
}

enum Stage {
    /// Takes out what somebody who never came to an end has left here.
    Vacating,
    /// Puts in the conversations after this short id.
    Copying(i64),
    /// Heeds what has happened since the beginning.
    Following,
    /// Takes out what answered before.
    Clearing,
    /// There is nothing left to do.
    Done,
}

impl Filling {
    /// Notes where the log ends, so that nothing that happens from now on is missed.
    pub(super) fn begin(main: &mut Conn, place: Place) -> Result<Filling> {
        let (cursor, conversations_total) = snapshot(main, |main| {
            let (end, conversations) = source::end(main, place.workspace)?;
            let at = source::at(main, place.workspace, end)?;
            Ok((Cursor { side: place.side, seq: end, at }, conversations))
        })?;
        let progress = Progress { conversations_total, ..Progress::default() };
        Ok(Filling { place, cursor, stage: Stage::Vacating, progress })
    }

    /// Which side is filled.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// Whether there is nothing left to do.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Goes on by a part. The new cursor, when its side answers from now on.
    pub(super) fn step(&mut self, main: &mut Conn, index: &mut Index) -> Result<Option<Cursor>> {
        match self.stage {
            Stage::Vacating => {
                let more = index.write(|index| index.clear(self.place))?;
                self.stage = if more { Stage::Vacating } else { Stage::Copying(0) };
            }
            Stage::Copying(after) => self.stage = self.copy(main, index, after)?,
            Stage::Following => return self.follow(main, index),
            Stage::Clearing => {
                let before = Place { side: 1 - self.place.side, ..self.place };
                let more = index.write(|index| index.clear(before))?;
                self.stage = if more { Stage::Clearing } else { Stage::Done };
            }
            Stage::Done => {}
        }
        Ok(None)
    }

    fn copy(&mut self, main: &mut Conn, index: &mut Index, after: i64) -> Result<Stage> {
        let workspace = self.place.workspace;
        let (last, count) = source::next_span(main, workspace, after, CONVERSATIONS)?;
        if count == 0 {
            return Ok(Stage::Following);
        }
        let (place, mut documents, mut put) = (self.place, Vec::new(), 0);
        index.write(|index| {
            snapshot(main, |main| {
                source::all(main, Span { workspace, from: after, to: last }, &mut |document: Document| {
                    documents.push(document);
                    put += 1;
                    if documents.len() < DOCUMENTS {
                        Ok(())
                    } else {
                        index.put(place, &once_each(std::mem::take(&mut documents)))
                    }
                })
            })?;
            index.put(place, &once_each(std::mem::take(&mut documents)))
        })?;
        self.progress.conversations_done += count;
        self.progress.documents += put;
        Ok(Stage::Copying(last))
    }

    fn follow(&mut self, main: &mut Conn, index: &mut Index) -> Result<Option<Cursor>> {
        let (workspace, from) = (self.place.workspace, self.cursor);
        let (end, _) = source::end(main, workspace)?;
        let part = Part { workspace, from: from.seq, to: end.min(from.seq + EVENTS_MAX) };
        if part.to > part.from {
            let (to, changed) = snapshot(main, |main| read(main, from, part))?;
            index.write(|index| index.put(self.place, &changed.documents))?;
            self.cursor = to;
        }
        if part.to < end {
            return Ok(None);
        }
        index.write(|index| store::turn(&mut index.conn, workspace, self.cursor))?;
        self.stage = Stage::Clearing;
        Ok(Some(self.cursor))
    }
}
