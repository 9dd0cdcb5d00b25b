//! The statements of this room.

use super::Message;
use crate::db::{Conn, Row, args};
use crate::person::{self, Person};
use crate::{ConversationId, MessageId, PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a message under the alias `m`.
macro_rules! columns {
    () => {
        "m.id, m.conversation, m.idx, m.author, m.body, m.attachments, m.created_at, m.viewed_at"
    };
}
pub(crate) use columns;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: row.get()?,
        conversation: row.get()?,
        index: row.get()?,
        author: row.get()?,
        body: row.get()?,
        attachment_count: row.get()?,
        attachments: Vec::new(),
        created_at: row.get()?,
        viewed_at: row.get()?,
    })
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, m: &Message) -> Result<()> {
    tx.exec(
        "INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
        args![workspace, m.conversation, m.index, m.id, m.author, m.body, m.created_at],
    )?;
    Ok(())
}

/// Messages from `newest` downwards. Their indexes have no holes, so a page is a range and never an offset.
pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    newest: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM message m
             WHERE m.workspace = $1 AND m.conversation = $2 AND m.idx <= $3 ORDER BY m.idx DESC LIMIT $4"
        ),
        args![workspace, id, newest, limit],
        read,
    )
}

pub(super) fn people(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<Vec<Person>> {
    tx.all(
        concat!(
            "SELECT ",
            person::columns!("p"),
            " FROM participant o
             JOIN person p ON p.workspace = o.workspace AND p.id = o.person
             WHERE o.workspace = $1 AND o.conversation = $2"
        ),
        args![workspace, id],
        person::read,
    )
}

pub(super) fn get(
    tx: &mut Conn,
    workspace: WorkspaceId,
    conversation: ConversationId,
    id: MessageId,
) -> Result<Option<Message>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            " FROM message m WHERE m.workspace = $1 AND m.id = $2 AND m.conversation = $3"
        ),
        args![workspace, id, conversation],
        read,
    )
}

pub(super) fn count_attachment(tx: &mut Conn, workspace: WorkspaceId, m: &Message, by: i64) -> Result<()> {
    tx.exec(
        "UPDATE message SET attachments = attachments + $4 WHERE workspace = $1 AND conversation = $2 AND idx = $3",
        args![workspace, m.conversation, m.index, by],
    )?;
    Ok(())
}

/// Messages of a conversation with an index above `from` and not above `to`.
pub(super) struct Range {
    pub(super) workspace: WorkspaceId,
    pub(super) conversation: ConversationId,
    pub(super) from: i64,
    pub(super) to: i64,
}

pub(super) fn view(tx: &mut Conn, range: &Range, viewer: PersonId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE message SET viewed_at = $6
         WHERE workspace = $1 AND conversation = $2 AND idx > $3 AND idx <= $4 AND author <> $5 AND viewed_at IS NULL",
        args![range.workspace, range.conversation, range.from, range.to, viewer, now],
    )?;
    Ok(())
}

pub(super) fn count_from_others(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    index: i64,
    person: PersonId,
) -> Result<i64> {
    tx.scalar(
        "SELECT COUNT(*) FROM message WHERE workspace = $1 AND conversation = $2 AND idx > $3 AND author <> $4",
        args![workspace, id, index, person],
    )
}
