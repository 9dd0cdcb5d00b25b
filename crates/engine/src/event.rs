//! The event log: what happened, numbered 1, 2, 3 … in each workspace, written in the transaction of what happened.
//!
//! Live sockets, webhooks and audit read this one log; nothing else announces anything.

use std::fmt::Write;

use crate::db::{Arg, Conn, Row, ToArg, args, stored_enum};
use crate::{ConversationId, Cx, MessageId, PersonId, Result, Time, WorkspaceId};

/// Something that happened, and to what. What it looks like now is read from the rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// Who did it; nobody when it was the operator.
    pub actor: Option<PersonId>,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// To which message.
    pub message: Option<MessageId>,
    /// To whom.
    pub person: Option<PersonId>,
    /// When.
    pub at: Time,
}

/// An event and its place in the log of its workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// 1, 2, 3 … without holes, in the order of the commits.
    pub seq: i64,
    /// What happened.
    pub event: Event,
}

stored_enum! {
    /// The kinds of events.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "an event of kind" {
        /// A conversation began; its first message is an event of its own.
        ConversationStarted = "conversation.started",
        /// It takes no more messages.
        ConversationLocked = "conversation.locked",
        /// Its title, its category or what it relates to is another.
        ConversationChanged = "conversation.changed",
        /// It came to another status.
        StatusChanged = "conversation.status",
        /// Somebody who was not in it takes part now.
        ParticipantJoined = "participant.joined",
        /// Somebody takes part no longer.
        ParticipantLeft = "participant.left",
        /// Somebody has read up to this message.
        ConversationRead = "conversation.read",
        /// Something was said.
        MessagePosted = "message.posted",
        /// Something that was said reads otherwise now.
        MessageEdited = "message.edited",
        /// It is known how far a message came.
        MessageDelivery = "message.delivery",
        /// A file now hangs on a message.
        FileAttached = "file.attached",
        /// Somebody looks after a conversation now, or nobody any more.
        ConversationAssigned = "conversation.assigned",
        /// A file was taken from its message.
        FileDeleted = "file.deleted",
        /// A contact wants to hear no more.
        ContactOptedOut = "contact.opted_out",
        /// A person is new.
        PersonAdded = "person.added",
        /// What is known of a person changed.
        PersonChanged = "person.changed",
    }
}

/// Events of the operator's workspace after number `seq`, oldest first, at most `limit`.
pub fn page(cx: &mut Cx<'_>, after: i64, limit: i64) -> Result<Vec<Numbered>> {
    let workspace = cx.operator()?;
    cx.tx.all(
        "SELECT seq, kind, actor, conversation, message, person, at FROM event
         WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        args![workspace, after, limit],
        numbered,
    )
}

/// The number of the newest event of the caller's workspace; 0 when nothing has happened there.
pub fn newest(cx: &mut Cx<'_>) -> Result<i64> {
    let workspace = cx.workspace()?;
    cx.tx.scalar("SELECT event_seq FROM counter WHERE workspace = $1", args![workspace])
}

fn numbered(row: &Row<'_>) -> Result<Numbered> {
    let seq = row.get()?;
    let event = Event {
        kind: row.get()?,
        actor: row.get()?,
        conversation: row.get()?,
        message: row.get()?,
        person: row.get()?,
        at: row.get()?,
    };
    Ok(Numbered { seq, event })
}

/// Rows of one INSERT: enough that a batch is one round trip, few enough that its texts stay prepared.
const ROWS_MAX: usize = 64;

/// Numbers a batch's events and writes them, one statement for each workspace and 64 events. The last number of each
/// workspace.
pub(crate) fn append(conn: &mut Conn, events: &[(WorkspaceId, Event)]) -> Result<Vec<(WorkspaceId, i64)>> {
    let mut numbers = Vec::new();
    let mut rest: Vec<&(WorkspaceId, Event)> = events.iter().collect();
    while let Some((workspace, _)) = rest.first() {
        let (of_this, others): (Vec<_>, Vec<_>) = rest.iter().partition(|(w, _)| w == workspace);
        numbers.push((*workspace, append_to(conn, *workspace, &of_this)?));
        rest = others;
    }
    Ok(numbers)
}

fn append_to(conn: &mut Conn, workspace: WorkspaceId, events: &[&(WorkspaceId, Event)]) -> Result<i64> {
    let count = events.len() as i64;
    let last: i64 = conn.scalar(
        "UPDATE counter SET event_seq = event_seq + $2 WHERE workspace = $1 RETURNING event_seq",
        args![workspace, count],
    )?;
    let mut seq = last - count;
    for chunk in events.chunks(ROWS_MAX) {
        let mut args = Vec::with_capacity(chunk.len() * 8);
        for (_, event) in chunk {
            seq += 1;
            args.extend([workspace.to_arg(), Arg::Int(seq), event.kind.to_arg(), event.actor.to_arg()]);
            args.extend([
                event.conversation.to_arg(),
                event.message.to_arg(),
                event.person.to_arg(),
                event.at.to_arg(),
            ]);
        }
        conn.exec(&insert(chunk.len()), &args)?;
    }
    Ok(last)
}

fn insert(rows: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO event (workspace, seq, kind, actor, conversation, message, person, at) VALUES ",
    );
    for row in 0..rows {
        let first = row * 8;
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=8 {
            let comma = if column == 1 { "" } else { ", " };
            let _ = write!(sql, "{comma}${}", first + column);
        }
        sql.push(')');
    }
    sql
}
