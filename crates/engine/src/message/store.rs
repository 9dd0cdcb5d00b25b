//! The statements of this room.

use super::{Delivery, Message, Version};
use crate::access::Caller;
use crate::conversation::Conversation;
use crate::db::{Conn, Row, args};
use crate::person::{self, Person};
use crate::{ConversationId, MessageId, PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a message under the alias `m`.
macro_rules! columns {
    () => {
        "m.id, m.conversation, m.idx, m.kind, m.internal, m.author, m.body, m.attachments, m.created_at, m.viewed_at,
         m.edited_at, m.payload, m.channel, m.delivery"
    };
}
pub(crate) use columns;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: row.get()?,
        conversation: row.get()?,
        index: row.get()?,
        kind: row.get()?,
        internal: row.get()?,
        author: row.get()?,
        body: row.get()?,
        attachment_count: row.get()?,
        attachments: Vec::new(),
        created_at: row.get()?,
        viewed_at: row.get()?,
        edited_at: row.get()?,
        payload: row.get()?,
        channel: row.get()?,
        delivery: row.get()?,
    })
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, m: &Message) -> Result<()> {
    tx.exec(
        "INSERT INTO message (workspace, conversation, idx, id, kind, internal, author, body, attachments, created_at,
                              payload, channel, delivery)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            workspace, m.conversation, m.index, m.id, m.kind, m.internal, m.author, m.body, m.attachment_count,
            m.created_at, m.payload, m.channel, m.delivery
        ],
    )?;
    Ok(())
}

/// Messages from an index downwards.
pub(super) struct Newest {
    from: i64,
    skip: i64,
    limit: i64,
    internal: bool,
}

impl Newest {
    /// What somebody of this kind sees. Indexes have no holes, so a page is a range of them and not an offset, unless
    /// there are messages among them that the reader may not see.
    pub(super) fn of(conversation: &Conversation, reader: person::Kind, skip: i64, limit: i64) -> Newest {
        let (count, skip) = (conversation.message_count, skip.max(0));
        let internal = reader == person::Kind::Agent;
        match internal || conversation.internal_count == 0 {
            true => Newest { from: count.saturating_sub(skip), skip: 0, limit, internal },
            false => Newest { from: count, skip, limit, internal },
        }
    }
}

pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    newest: &Newest,
) -> Result<Vec<Message>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM message m
             WHERE m.workspace = $1 AND m.conversation = $2 AND m.idx <= $3 AND m.internal <= $4
             ORDER BY m.idx DESC LIMIT $5 OFFSET $6"
        ),
        args![workspace, id, newest.from, newest.internal, newest.limit, newest.skip],
        read,
    )
}

pub(super) fn at(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    index: i64,
) -> Result<Option<Message>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            " FROM message m WHERE m.workspace = $1 AND m.conversation = $2 AND m.idx = $3"
        ),
        args![workspace, id, index],
        read,
    )
}

/// Keeps what a message says before it says something else.
pub(super) fn keep_version(
    tx: &mut Conn,
    workspace: WorkspaceId,
    m: &Message,
    editor: PersonId,
    now: Time,
) -> Result<()> {
    tx.exec(
        "INSERT INTO message_version (workspace, message, version, body, editor, replaced_at)
         SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, $4, $5 FROM message_version
         WHERE workspace = $1 AND message = $2",
        args![workspace, m.id, m.body, editor, now],
    )?;
    Ok(())
}

pub(super) fn set_body(
    tx: &mut Conn,
    workspace: WorkspaceId,
    m: &Message,
    body: &str,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE message SET body = $4, edited_at = $5 WHERE workspace = $1 AND conversation = $2 AND idx = $3",
        args![workspace, m.conversation, m.index, body, now],
    )?;
    Ok(())
}

pub(super) fn versions(tx: &mut Conn, workspace: WorkspaceId, id: MessageId) -> Result<Vec<Version>> {
    tx.all(
        "SELECT body, editor, replaced_at FROM message_version WHERE workspace = $1 AND message = $2 ORDER BY version",
        args![workspace, id],
        |row| Ok(Version { body: row.get()?, editor: row.get()?, replaced_at: row.get()? }),
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

/// In which conversation a message is, and how far it came; `None` when it goes through no carrier.
pub(super) fn delivery(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
) -> Result<Option<(ConversationId, Delivery)>> {
    tx.maybe(
        "SELECT conversation, delivery FROM message WHERE workspace = $1 AND id = $2 AND delivery IS NOT NULL",
        args![workspace, id],
        |row| Ok((row.get()?, row.get()?)),
    )
}

pub(super) fn set_delivery(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
    delivery: Delivery,
) -> Result<()> {
    tx.exec(
        "UPDATE message SET delivery = $3 WHERE workspace = $1 AND id = $2",
        args![workspace, id, delivery],
    )?;
    Ok(())
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
    pub(super) conversation: ConversationId,
    pub(super) from: i64,
    pub(super) to: i64,
}

pub(super) fn view(tx: &mut Conn, range: &Range, viewer: &Caller, now: Time) -> Result<()> {
    let internal = viewer.kind == person::Kind::Agent;
    tx.exec(
        "UPDATE message SET viewed_at = $6
         WHERE workspace = $1 AND conversation = $2 AND idx > $3 AND idx <= $4 AND author <> $5 AND viewed_at IS NULL
           AND internal <= $7",
        args![viewer.workspace, range.conversation, range.from, range.to, viewer.person, now, internal],
    )?;
    Ok(())
}

pub(super) fn count_from_others(
    tx: &mut Conn,
    reader: &Caller,
    id: ConversationId,
    index: i64,
) -> Result<i64> {
    tx.scalar(
        "SELECT COUNT(*) FROM message
         WHERE workspace = $1 AND conversation = $2 AND idx > $3 AND author <> $4 AND internal <= $5",
        args![reader.workspace, id, index, reader.person, reader.kind == person::Kind::Agent],
    )
}
