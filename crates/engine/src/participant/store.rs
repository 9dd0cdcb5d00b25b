//! The statements of this room; it owns the tables `participant` and `inbox`.

use crate::db::{Conn, args};
use crate::membership::Aggregate;
use crate::{ConversationId, PersonId, Result, Time, WorkspaceId};

/// A person in a conversation.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) workspace: WorkspaceId,
    pub(super) conversation: ConversationId,
    pub(super) person: PersonId,
}

pub(super) fn unread(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<i64> {
    tx.scalar(
        "SELECT COALESCE(CAST(SUM(unread) AS BIGINT), 0) FROM inbox WHERE workspace = $1 AND person = $2",
        args![workspace, person],
    )
}

pub(super) fn of(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT person FROM participant WHERE workspace = $1 AND conversation = $2 ORDER BY person",
        args![workspace, id],
        |row| row.get(),
    )
}

/// Whether `other` takes part in a conversation that `one` takes part in, or that is shared with something they are a
/// member of.
pub(super) fn meet(tx: &mut Conn, workspace: WorkspaceId, one: PersonId, other: PersonId) -> Result<bool> {
    let met: Option<i64> = tx.maybe(
        "SELECT 1 FROM participant b
         JOIN conversation c ON c.workspace = b.workspace AND c.id = b.conversation
         LEFT JOIN participant a ON a.workspace = b.workspace AND a.conversation = b.conversation AND a.person = $2
         LEFT JOIN membership m ON m.workspace = c.workspace AND m.person = $2 AND m.domain = c.shared_domain
                               AND m.aggregate = c.shared_aggregate AND m.aggregate_id = c.shared_id
         WHERE b.workspace = $1 AND b.person = $3 AND (a.person IS NOT NULL OR m.person IS NOT NULL) LIMIT 1",
        args![workspace, one, other],
        |row| row.get(),
    )?;
    Ok(met.is_some())
}

/// False when they took part already.
pub(super) fn join(tx: &mut Conn, at: Spot, now: Time) -> Result<bool> {
    let joined = tx.exec(
        "INSERT INTO participant (workspace, conversation, person, joined_at, read_index, unread, updated_at)
         SELECT c.workspace, c.id, $3, $4, c.message_count, 0, c.updated_at
         FROM conversation c WHERE c.workspace = $1 AND c.id = $2
         ON CONFLICT (workspace, conversation, person) DO NOTHING",
        args![at.workspace, at.conversation, at.person, now],
    )?;
    tx.exec(
        "INSERT INTO inbox (workspace, person, version, unread) VALUES ($1, $2, 1, 0)
         ON CONFLICT (workspace, person) DO UPDATE SET version = inbox.version + 1",
        args![at.workspace, at.person],
    )?;
    Ok(joined == 1)
}

/// From which conversations they went. None of them counts in an inbox, but a page may have shown it.
pub(super) fn leave(
    tx: &mut Conn,
    workspace: WorkspaceId,
    person: PersonId,
    a: &Aggregate,
) -> Result<Vec<ConversationId>> {
    let mut left: Vec<ConversationId> = tx.all(
        "DELETE FROM participant WHERE workspace = $1 AND person = $2 AND conversation IN (
             SELECT c.id FROM conversation c
             WHERE c.workspace = $1 AND c.shared_domain = $3 AND c.shared_aggregate = $4 AND c.shared_id = $5
               AND c.source_type IS NULL AND c.created_by <> $2
               AND COALESCE(c.recipient, '') <> $2 AND COALESCE(c.main_person, '') <> $2)
         RETURNING conversation",
        args![workspace, person, a.domain, a.kind, a.id],
        |row| row.get(),
    )?;
    left.sort_unstable();
    tx.exec(
        "UPDATE inbox SET version = version + 1 WHERE workspace = $1 AND person = $2",
        args![workspace, person],
    )?;
    Ok(left)
}

pub(super) fn count_unread(tx: &mut Conn, author: Spot, index: i64, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE participant SET updated_at = $5,
                read_index = CASE WHEN person = $3 AND unread = 0 THEN $4 ELSE read_index END,
                unread = CASE WHEN person = $3 THEN unread ELSE unread + 1 END
         WHERE workspace = $1 AND conversation = $2",
        args![author.workspace, author.conversation, author.person, index, now],
    )?;
    Ok(())
}

/// Agents alone may read it, so for nobody else anything changes. In a marketplace's conversation it counts in no
/// inbox: a marketplace knows nothing of what agents say among themselves.
pub(super) fn count_unread_by_agents(tx: &mut Conn, author: Spot, index: i64) -> Result<()> {
    tx.exec(
        "UPDATE participant SET
                read_index = CASE WHEN person = $3 AND unread = 0 THEN $4 ELSE read_index END,
                unread = CASE WHEN person = $3 THEN unread ELSE unread + 1 END
         WHERE workspace = $1 AND conversation = $2
           AND person IN (SELECT a.id FROM person a WHERE a.workspace = $1 AND a.kind = 'agent'
                          AND a.id IN (SELECT p.person FROM participant p
                                       WHERE p.workspace = $1 AND p.conversation = $2))",
        args![author.workspace, author.conversation, author.person, index],
    )?;
    Ok(())
}

pub(super) fn count_in_inboxes(tx: &mut Conn, author: Spot) -> Result<()> {
    tx.exec(
        "UPDATE inbox SET version = version + 1, unread = CASE WHEN person = $3 THEN unread ELSE unread + 1 END
         WHERE workspace = $1
           AND person IN (SELECT p.person FROM participant p WHERE p.workspace = $1 AND p.conversation = $2)",
        args![author.workspace, author.conversation, author.person],
    )?;
    Ok(())
}

/// Sets what has been read; how many messages fewer are unread now.
pub(super) fn move_read_index(tx: &mut Conn, at: Spot, index: i64, unread: i64) -> Result<i64> {
    let before: i64 = tx.scalar(
        "SELECT unread FROM participant WHERE workspace = $1 AND conversation = $2 AND person = $3",
        args![at.workspace, at.conversation, at.person],
    )?;
    tx.exec(
        "UPDATE participant SET read_index = $4, unread = $5
         WHERE workspace = $1 AND conversation = $2 AND person = $3",
        args![at.workspace, at.conversation, at.person, index, unread],
    )?;
    Ok(before - unread)
}

pub(super) fn take_from_inbox(tx: &mut Conn, at: Spot, fewer: i64) -> Result<()> {
    tx.exec(
        "UPDATE inbox SET unread = unread - $3 WHERE workspace = $1 AND person = $2",
        args![at.workspace, at.person, fewer],
    )?;
    Ok(())
}

pub(super) fn move_to_top(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE participant SET updated_at = $3 WHERE workspace = $1 AND conversation = $2",
        args![workspace, id, now],
    )?;
    Ok(())
}

pub(super) fn touch_inboxes(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<()> {
    tx.exec(
        "UPDATE inbox SET version = version + 1
         WHERE workspace = $1
           AND person IN (SELECT p.person FROM participant p WHERE p.workspace = $1 AND p.conversation = $2)",
        args![workspace, id],
    )?;
    Ok(())
}
