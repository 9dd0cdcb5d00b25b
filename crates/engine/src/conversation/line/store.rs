//! The statements about lines.

use super::{Ends, Line};
use crate::campaign::Purpose;
use crate::channel::Channel;
use crate::contact::{self, Contact};
use crate::conversation::{Conversation, columns, read as read_conversation};
use crate::db::{Conn, Row, args};
use crate::message::{self, Message};
use crate::{ConversationId, PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads: of a conversation `c`, its contact `k` and its last message `m`.
macro_rules! line_columns {
    () => {
        concat!(
            columns!(),
            ", c.our_address, c.family, c.last_user_channel, c.purpose, c.color, c.assignee, ",
            contact::columns!(),
            ", ",
            message::columns!()
        )
    };
}

/// What belongs to a conversation `c` that is a line. CROSS JOIN begins where `c` was found.
macro_rules! with_contact_and_last {
    () => {
        " CROSS JOIN contact k CROSS JOIN message m
         WHERE k.workspace = c.workspace AND k.person = c.contact
           AND m.workspace = c.workspace AND m.conversation = c.id AND m.idx = c.last_idx "
    };
}

fn read(row: &Row<'_>) -> Result<Line> {
    let conversation = read_conversation(row)?;
    let (our_address, family, last_user_channel) = (row.get()?, row.get()?, row.get()?);
    let (purpose, color, assignee) = (row.get()?, row.get()?, row.get()?);
    let (contact, last) = (contact::read(row)?, message::read(row)?);
    Ok(Line { conversation, contact, our_address, family, last_user_channel, purpose, color, assignee, last })
}

/// A line that begins.
pub(super) struct New<'a> {
    pub(super) conversation: &'a Conversation,
    pub(super) ends: &'a Ends,
    pub(super) title: &'a str,
    pub(super) purpose: Option<Purpose>,
}

/// Lays a line down, and counts it.
pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, new: &New<'_>) -> Result<()> {
    let (c, ends) = (new.conversation, new.ends);
    tx.exec(
        "INSERT INTO conversation (workspace, id, short_id, locked, created_by, message_count, created_at, updated_at,
                                   last_at, title, contact, our_address, family, purpose)
         VALUES ($1, $2, $3, 0, $4, 0, $5, $5, $5, $6, $7, $8, $9, $10)",
        args![
            workspace, c.id, c.short_id, c.created_by, c.created_at, new.title, ends.contact, ends.our_address,
            ends.family, new.purpose
        ],
    )?;
    tx.exec("UPDATE counter SET line_count = line_count + 1 WHERE workspace = $1", args![workspace])?;
    Ok(())
}

/// The line between these ends, and by which channel the contact wrote last.
pub(super) fn find(
    tx: &mut Conn,
    workspace: WorkspaceId,
    ends: &Ends,
) -> Result<Option<(Conversation, Option<Channel>)>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            ", c.last_user_channel FROM conversation c
             WHERE c.workspace = $1 AND c.contact = $2 AND c.our_address = $3 AND c.family = $4"
        ),
        args![workspace, ends.contact, ends.our_address, ends.family],
        |row| Ok((read_conversation(row)?, row.get()?)),
    )
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<Option<Line>> {
    tx.maybe(
        concat!(
            "SELECT ",
            line_columns!(),
            " FROM conversation c",
            with_contact_and_last!(),
            "AND c.workspace = $1 AND c.id = $2"
        ),
        args![workspace, id],
        read,
    )
}

pub(super) fn contact(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<Option<Contact>> {
    tx.maybe(
        concat!(
            "SELECT ",
            contact::columns!(),
            " FROM conversation c CROSS JOIN contact k
              WHERE c.workspace = $1 AND c.id = $2 AND k.workspace = c.workspace AND k.person = c.contact"
        ),
        args![workspace, id],
        contact::read,
    )
}

/// A page of all lines, the newest first: its place is found in the index, and then each line looked at.
pub(super) fn page(tx: &mut Conn, workspace: WorkspaceId, skip: i64, limit: i64) -> Result<Vec<Line>> {
    tx.all(
        concat!(
            "SELECT ",
            line_columns!(),
            " FROM (SELECT id FROM conversation WHERE workspace = $1 AND contact IS NOT NULL
                    ORDER BY last_at DESC, short_id DESC LIMIT $2 OFFSET $3) f
              CROSS JOIN conversation c",
            with_contact_and_last!(),
            "AND c.workspace = $1 AND c.id = f.id ORDER BY c.last_at DESC, c.short_id DESC"
        ),
        args![workspace, limit, skip],
        read,
    )
}

/// How many lines there are.
pub(super) fn count(tx: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    tx.scalar("SELECT line_count FROM counter WHERE workspace = $1", args![workspace])
}

/// The lines of a contact, in the order in which they began.
pub(super) fn of_contact(
    tx: &mut Conn,
    workspace: WorkspaceId,
    contact: PersonId,
    limit: i64,
) -> Result<Vec<Line>> {
    tx.all(
        concat!(
            "SELECT ",
            line_columns!(),
            " FROM conversation c",
            with_contact_and_last!(),
            "AND c.workspace = $1 AND c.contact = $2 ORDER BY c.our_address, c.family LIMIT $3"
        ),
        args![workspace, contact, limit],
        read,
    )
}

/// Messages of a line that are not for agents alone, the newest first.
pub(super) fn messages(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    (skip, limit): (i64, i64),
) -> Result<Vec<Message>> {
    tx.all(
        concat!(
            "SELECT ",
            message::columns!(),
            " FROM message m WHERE m.workspace = $1 AND m.conversation = $2 AND m.internal = 0
              ORDER BY m.idx DESC LIMIT $3 OFFSET $4"
        ),
        args![workspace, id, limit, skip],
        message::read,
    )
}

/// By which channel the newest message came or went.
pub(super) fn last_channel(
    tx: &mut Conn,
    workspace: WorkspaceId,
    conversation: &Conversation,
) -> Result<Option<Channel>> {
    let found = tx.maybe(
        "SELECT channel FROM message WHERE workspace = $1 AND conversation = $2 AND idx = $3",
        args![workspace, conversation.id, conversation.last_index],
        |row| row.get(),
    )?;
    Ok(found.flatten())
}

pub(super) fn set_purpose(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    purpose: Purpose,
) -> Result<()> {
    let sql = "UPDATE conversation SET purpose = $3 WHERE workspace = $1 AND id = $2";
    tx.exec(sql, args![workspace, id, purpose])?;
    Ok(())
}

pub(super) fn set_assignee(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    assignee: Option<PersonId>,
) -> Result<()> {
    let sql = "UPDATE conversation SET assignee = $3 WHERE workspace = $1 AND id = $2";
    tx.exec(sql, args![workspace, id, assignee])?;
    Ok(())
}

/// Gives another title to the lines of a contact that are called as the contact was; which they are.
pub(super) fn retitle(
    tx: &mut Conn,
    workspace: WorkspaceId,
    before: &Contact,
    title: &str,
) -> Result<Vec<ConversationId>> {
    let mut retitled: Vec<ConversationId> = tx.all(
        "UPDATE conversation SET title = $4
         WHERE workspace = $1 AND title = $3
           AND id IN (SELECT c.id FROM conversation c WHERE c.workspace = $1 AND c.contact = $2) RETURNING id",
        args![workspace, before.person, before.title(), title],
        |row| row.get(),
    )?;
    retitled.sort_unstable();
    Ok(retitled)
}

/// How many messages before one are looked at for what was said a moment ago.
const MOMENT_MESSAGES: i64 = 20;

/// How often somebody said something in a line shortly before a message of it, and after `since`.
pub(super) fn count_spoken(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (message, author): (&Message, PersonId),
    since: Time,
) -> Result<i64> {
    tx.scalar(
        "SELECT COUNT(*) FROM message
         WHERE workspace = $1 AND conversation = $2 AND idx > $3 AND author = $4 AND created_at > $5",
        args![workspace, message.conversation, message.index - MOMENT_MESSAGES, author, since],
    )
}
