//! The statements of this room.

use super::line::Ends;
use super::status::StatusUpdate;
use super::{Conversation, Seen, Source, Status};
use crate::channel::{Channel, Family};
use crate::db::{Conn, Row, args};
use crate::membership::Aggregate;
use crate::sanitise::Rules;
use crate::{ConversationId, Error, PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a conversation under the alias `c`.
macro_rules! columns {
    () => {
        "c.id, c.short_id, c.locked, c.status, c.source_type, c.source_id, c.shared_domain, c.shared_aggregate, c.shared_id,
         c.created_by, c.recipient, c.message_count, c.internal_count, c.last_idx, c.created_at, c.updated_at"
    };
}
pub(crate) use columns;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Conversation> {
    let (id, short_id, locked, status) = (row.get()?, row.get()?, row.get()?, row.get()?);
    let source = source(row.get()?, row.get()?)?;
    let shared_with = aggregate(row.get()?, row.get()?, row.get()?);
    Ok(Conversation {
        id,
        short_id,
        locked,
        status,
        source,
        shared_with,
        created_by: row.get()?,
        recipient: row.get()?,
        message_count: row.get()?,
        internal_count: row.get()?,
        last_index: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    })
}

fn source(kind: Option<String>, id: Option<String>) -> Result<Option<Source>> {
    let (Some(kind), Some(id)) = (kind, id) else { return Ok(None) };
    let kind = kind.parse().map_err(|_| Error::Internal(format!("a source of type {kind:?} is stored")))?;
    Ok(Some(Source { kind, id }))
}

pub(super) fn aggregate(
    domain: Option<String>,
    kind: Option<String>,
    id: Option<String>,
) -> Option<Aggregate> {
    Some(Aggregate { domain: domain?, kind: kind?, id: id? })
}

pub(super) fn insert(
    tx: &mut Conn,
    workspace: WorkspaceId,
    c: &Conversation,
    pair: Option<&str>,
) -> Result<()> {
    let (source_type, source_id) =
        (c.source.as_ref().map(|s| s.kind.as_str()), c.source.as_ref().map(|s| &s.id));
    let shared = c.shared_with.as_ref();
    tx.exec(
        "INSERT INTO conversation (workspace, id, short_id, locked, source_type, source_id, shared_domain,
             shared_aggregate, shared_id, created_by, recipient, pair, message_count, created_at, updated_at, last_at)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12, $12)",
        args![
            workspace,
            c.id,
            c.short_id,
            source_type,
            source_id,
            shared.map(|s| &s.domain),
            shared.map(|s| &s.kind),
            shared.map(|s| &s.id),
            c.created_by,
            c.recipient,
            pair,
            c.created_at
        ],
    )?;
    Ok(())
}

pub(super) fn next_short_id(tx: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    tx.scalar(
        "UPDATE counter SET conversation_seq = conversation_seq + 1 WHERE workspace = $1 RETURNING conversation_seq",
        args![workspace],
    )
}

pub(super) fn by_pair(
    tx: &mut Conn,
    workspace: WorkspaceId,
    pair: &str,
    source: &Source,
) -> Result<Option<ConversationId>> {
    tx.maybe(
        "SELECT id FROM conversation WHERE workspace = $1 AND pair = $2 AND source_type = $3 AND source_id = $4",
        args![workspace, pair, source.kind.as_str(), source.id],
        |row| row.get(),
    )
}

/// The conversation, how `person` stands to it, and the rules of its workspace; whether they may see it is not
/// decided here.
pub(super) fn seen(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    person: PersonId,
) -> Result<Option<Seen>> {
    tx.maybe(
        concat!(
            "SELECT ", columns!(), ", me.read_index, w.remove_links, w.remove_emoji, w.mask_profanity,
                    c.contact, c.our_address, c.family, c.last_user_channel
             FROM conversation c
             JOIN workspace w ON w.id = c.workspace
             LEFT JOIN participant me ON me.workspace = c.workspace AND me.conversation = c.id AND me.person = $3
             WHERE c.workspace = $1 AND c.id = $2"
        ),
        args![workspace, id, person],
        |row| {
            let (conversation, read_index) = (read(row)?, row.get()?);
            let rules = Rules { links: row.get()?, emoji: row.get()?, profanity: row.get()? };
            Ok(Seen { conversation, read_index, rules, ends: ends(row)? })
        },
    )
}

/// Reads the contact, our address, the family and the channel of the contact's last message.
fn ends(row: &Row<'_>) -> Result<Option<Ends>> {
    let (contact, our_address, family): (Option<PersonId>, Option<String>, Option<Family>) =
        (row.get()?, row.get()?, row.get()?);
    let last_user_channel = row.get()?;
    let (Some(contact), Some(our_address), Some(family)) = (contact, our_address, family) else {
        return Ok(None);
    };
    Ok(Some(Ends { contact, our_address, family, last_user_channel }))
}

pub(super) fn lock(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE conversation SET locked = 1, updated_at = $3 WHERE workspace = $1 AND id = $2",
        args![workspace, id, now],
    )?;
    Ok(())
}

/// Counts in a message that everybody may see; its index. The first one names a conversation that has no title.
pub(super) fn count_message(
    tx: &mut Conn,
    workspace: WorkspaceId,
    new: &Counted<'_>,
    now: Time,
) -> Result<i64> {
    tx.scalar(
        "UPDATE conversation SET message_count = message_count + 1, last_idx = message_count + 1, last_author = $3,
                last_at = $4, updated_at = $4, status = $5, closed = 0,
                title = CASE WHEN title = '' THEN $6 ELSE title END,
                last_user_channel = COALESCE($7, last_user_channel)
         WHERE workspace = $1 AND id = $2 RETURNING message_count",
        args![workspace, new.conversation, new.author, now, new.status, new.title, new.heard_on],
    )
}

/// A message as its conversation counts it.
pub(super) struct Counted<'a> {
    pub(super) conversation: ConversationId,
    pub(super) author: PersonId,
    /// How the conversation stands afterwards.
    pub(super) status: Status,
    /// What the conversation is called if it has no title yet.
    pub(super) title: &'a str,
    /// By which channel a contact said it.
    pub(super) heard_on: Option<Channel>,
}

/// Counts in a message that agents alone may see; its index.
pub(super) fn count_internal(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<i64> {
    tx.scalar(
        "UPDATE conversation SET message_count = message_count + 1, internal_count = internal_count + 1
         WHERE workspace = $1 AND id = $2 RETURNING message_count",
        args![workspace, id],
    )
}

pub(super) fn set_status(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    to: Status,
) -> Result<()> {
    let closed = to == Status::Closed;
    tx.exec(
        "UPDATE conversation SET status = $3, closed = $4 WHERE workspace = $1 AND id = $2",
        args![workspace, id, to, closed],
    )?;
    Ok(())
}

/// `by` conversations more (or, below 0, fewer) are closed.
pub(super) fn count_closed(tx: &mut Conn, workspace: WorkspaceId, by: i64) -> Result<()> {
    tx.exec(
        "UPDATE counter SET closed_conversations = closed_conversations + $2 WHERE workspace = $1",
        args![workspace, by],
    )?;
    Ok(())
}

/// Notes that a conversation came to a status after message `after`.
pub(super) fn insert_status(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    update: &StatusUpdate,
) -> Result<()> {
    tx.exec(
        "INSERT INTO status_update (workspace, conversation, seq, status, after_idx, actor, at)
         SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6 FROM status_update
         WHERE workspace = $1 AND conversation = $2",
        args![workspace, id, update.status, update.after, update.actor, update.at],
    )?;
    Ok(())
}

pub(super) fn status_updates(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<Vec<StatusUpdate>> {
    tx.all(
        "SELECT status, after_idx, actor, at FROM status_update
         WHERE workspace = $1 AND conversation = $2 ORDER BY seq",
        args![workspace, id],
        |row| Ok(StatusUpdate { status: row.get()?, after: row.get()?, actor: row.get()?, at: row.get()? }),
    )
}

pub(super) fn by_short_id(
    tx: &mut Conn,
    workspace: WorkspaceId,
    short_id: i64,
) -> Result<Option<ConversationId>> {
    tx.maybe(
        "SELECT id FROM conversation WHERE workspace = $1 AND short_id = $2",
        args![workspace, short_id],
        |row| row.get(),
    )
}
