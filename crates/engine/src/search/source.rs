//! What the index is made of: the log of events and the rooms it speaks of, read and never written.

use std::collections::{BTreeSet, HashMap};

use super::document::{Document, Said};
use super::index::once_each;
use crate::db::{Conn, Row, args};
use crate::event::Kind;
use crate::{Result, Time, WorkspaceId};

/// A part of a workspace's log: events above `from` and not above `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) workspace: WorkspaceId,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Some of a workspace's conversations: short ids above `from` and not above `to`.
pub(super) type Span = Part;

/// Names of the files of messages, by short id and index.
type Names = HashMap<(i64, i64), Vec<String>>;

/// The number of a workspace's last event, and of its last conversation.
pub(super) fn end(main: &mut Conn, workspace: WorkspaceId) -> Result<(i64, i64)> {
    let sql = "SELECT event_seq, conversation_seq FROM counter WHERE workspace = $1";
    main.one(sql, args![workspace], |row| Ok((row.get()?, row.get()?)))
}

/// When the event of this number happened; the beginning of time where there is none.
pub(super) fn at(main: &mut Conn, workspace: WorkspaceId, seq: i64) -> Result<Time> {
    let sql = "SELECT at FROM event WHERE workspace = $1 AND seq = $2";
    Ok(main.maybe(sql, args![workspace, seq], |row| row.get())?.unwrap_or(Time(0)))
}

/// What a part of a log speaks of.
pub(super) struct Changed {
    /// As they are now, each once.
    pub(super) documents: Vec<Document>,
    /// The conversations of those that are not new.
    pub(super) replaced: Vec<i64>,
}

/// Whatever a part of the log says has become of a title or a message.
pub(super) fn changed(main: &mut Conn, part: Part) -> Result<Changed> {
    let said = main.all(
        "SELECT c.short_id, m.idx, m.internal, m.body, m.attachments, e.kind FROM event e
         JOIN message m ON m.workspace = e.workspace AND m.id = e.message
         JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation
         WHERE e.workspace = $1 AND e.seq > $2 AND e.seq <= $3
           AND e.kind NOT IN ('conversation.read', 'message.delivery', 'contact.opted_out')",
        args![part.workspace, part.from, part.to],
        |row| Ok((said(row)?, row.get::<i64>()?, row.get::<Kind>()?)),
    )?;
    let names = match said.iter().any(|(_, files, _)| *files > 0) {
        true => names(main, NAMES_OF_CHANGED, part)?,
        false => Names::new(),
    };
    let heads = main.all(
        "SELECT c.short_id, c.title, e.kind FROM event e
         JOIN conversation c ON c.workspace = e.workspace AND c.id = e.conversation
         WHERE e.workspace = $1 AND e.seq > $2 AND e.seq <= $3
           AND e.kind IN ('conversation.started', 'conversation.changed')",
        args![part.workspace, part.from, part.to],
        |row| Ok((head(row)?, row.get::<Kind>()?)),
    )?;
    let said_again = said.iter().filter(|(_, _, kind)| *kind != Kind::MessagePosted);
    let renamed = heads.iter().filter(|(_, kind)| *kind != Kind::ConversationStarted);
    let replaced = said_again.map(|(said, ..)| said.short_id).chain(renamed.map(|(head, _)| head.short_id));
    let replaced = BTreeSet::from_iter(replaced).into_iter().collect();
    let messages = said.iter().map(|(said, ..)| message(said, &names));
    let documents = once_each(messages.chain(heads.into_iter().map(|(head, _)| head)).collect());
    Ok(Changed { documents, replaced })
}

const NAMES_OF_CHANGED: &str = "SELECT c.short_id, m.idx, f.name FROM event e
     JOIN message m ON m.workspace = e.workspace AND m.id = e.message
     JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation
     JOIN file f ON f.workspace = m.workspace AND f.message = m.id
     WHERE e.workspace = $1 AND e.seq > $2 AND e.seq <= $3 AND m.attachments > 0
       AND f.state = 'attached' AND f.name IS NOT NULL ORDER BY e.seq, f.created_at, f.id";

/// The last short id of the next `limit` conversations after `from`, and how many there are.
pub(super) fn next_span(
    main: &mut Conn,
    workspace: WorkspaceId,
    from: i64,
    limit: i64,
) -> Result<(i64, i64)> {
    main.one(
        "SELECT COALESCE(MAX(n.short_id), 0), COUNT(*) FROM
             (SELECT c.short_id FROM conversation c WHERE c.workspace = $1 AND c.short_id > $2
              ORDER BY c.short_id LIMIT $3) n",
        args![workspace, from, limit],
        |row| Ok((row.get()?, row.get()?)),
    )
}

/// All documents of some conversations, each handed to `each`.
pub(super) fn all(main: &mut Conn, span: Span, each: &mut dyn FnMut(Document) -> Result<()>) -> Result<()> {
    let names = names(
        main,
        "SELECT c.short_id, m.idx, f.name FROM conversation c
         JOIN message m ON m.workspace = c.workspace AND m.conversation = c.id
         JOIN file f ON f.workspace = m.workspace AND f.message = m.id
         WHERE c.workspace = $1 AND c.short_id > $2 AND c.short_id <= $3 AND m.attachments > 0
           AND f.state = 'attached' AND f.name IS NOT NULL ORDER BY f.created_at, f.id",
        span,
    )?;
    main.each(
        "SELECT short_id, title FROM conversation
         WHERE workspace = $1 AND short_id > $2 AND short_id <= $3 ORDER BY short_id",
        args![span.workspace, span.from, span.to],
        |row| each(head(row)?),
    )?;
    main.each(
        "SELECT c.short_id, m.idx, m.internal, m.body FROM conversation c
         JOIN message m ON m.workspace = c.workspace AND m.conversation = c.id
         WHERE c.workspace = $1 AND c.short_id > $2 AND c.short_id <= $3 ORDER BY c.short_id, m.idx",
        args![span.workspace, span.from, span.to],
        |row| each(message(&said(row)?, &names)),
    )
}

fn names(main: &mut Conn, sql: &str, part: Part) -> Result<Names> {
    let mut names = Names::new();
    main.each(sql, args![part.workspace, part.from, part.to], |row| {
        let (place, name) = ((row.get()?, row.get()?), row.get()?);
        let known = names.entry(place).or_default();
        if !known.contains(&name) {
            known.push(name);
        }
        Ok(())
    })?;
    Ok(names)
}

fn head(row: &Row<'_>) -> Result<Document> {
    Ok(Document::head(row.get()?, &row.get::<String>()?))
}

fn said(row: &Row<'_>) -> Result<Said> {
    Ok(Said { short_id: row.get()?, index: row.get()?, internal: row.get()?, body: row.get()? })
}

fn message(said: &Said, names: &Names) -> Document {
    let names = names.get(&(said.short_id, said.index)).map_or(&[][..], Vec::as_slice);
    Document::message(said, names)
}
