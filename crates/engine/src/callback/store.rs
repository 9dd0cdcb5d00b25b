//! The statements of this room.

use super::{Callback, Claim, Due, State};
use crate::channel::Channel;
use crate::contact;
use crate::db::{Conn, Row, args};
use crate::event::Kind as What;
use crate::message::Delivery;
use crate::{ConversationId, MessageId, PersonId, Result, Time, WorkspaceId};

/// How many messages of a line are looked through for the one that a text answers.
const LOOKED_BACK: i64 = 50;

/// A stretch of the log: its first and its last event.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) workspace: WorkspaceId,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// What happened to a message of a line.
pub(super) struct News {
    pub(super) kind: What,
    pub(super) at: Time,
    pub(super) message: MessageId,
    pub(super) index: i64,
    pub(super) author: PersonId,
    pub(super) body: String,
    pub(super) delivery: Option<Delivery>,
    pub(super) channel: Channel,
    pub(super) conversation: ConversationId,
    pub(super) contact: PersonId,
    pub(super) our_address: String,
    pub(super) number: String,
    pub(super) ticket: Option<String>,
}

/// In order of the log. Where a message went is what its submission says; else it is where the contact is in this line.
pub(super) fn news(tx: &mut Conn, stretch: Stretch) -> Result<Vec<News>> {
    tx.all(
        "SELECT e.kind, e.at, m.id, m.idx, m.author, m.body, m.delivery, COALESCE(m.channel, 'sms'), c.id,
                c.contact, COALESCE(c.our_address, ''),
                COALESCE(s.to_address,
                         CASE c.family WHEN 'email' THEN k.email WHEN 'page' THEN k.page ELSE k.phone END,
                         k.phone, k.page, k.email, ''),
                s.campaign
         FROM event e
         CROSS JOIN message m
         CROSS JOIN conversation c
         CROSS JOIN contact k
         LEFT JOIN submission s ON s.workspace = m.workspace AND s.message = m.id
         WHERE e.workspace = $1 AND e.seq >= $2 AND e.seq <= $3
           AND e.kind IN ('message.posted', 'message.delivery', 'contact.opted_out')
           AND m.workspace = e.workspace AND m.id = e.message
           AND c.workspace = m.workspace AND c.id = m.conversation
           AND k.workspace = c.workspace AND k.person = c.contact
         ORDER BY e.seq",
        args![stretch.workspace, stretch.first, stretch.last],
        |row| {
            Ok(News {
                kind: row.get()?,
                at: row.get()?,
                message: row.get()?,
                index: row.get()?,
                author: row.get()?,
                body: row.get()?,
                delivery: row.get()?,
                channel: row.get()?,
                conversation: row.get()?,
                contact: row.get()?,
                our_address: row.get()?,
                number: contact::spelled(&row.get::<String>()?).to_owned(),
                ticket: row.get()?,
            })
        },
    )
}

/// What a contact answers: the newest of our messages in the line before theirs that has left us. Who wrote it, and the ticket of the
/// campaign that it belongs to.
pub(super) fn answered(
    tx: &mut Conn,
    workspace: WorkspaceId,
    news: &News,
) -> Result<Option<(PersonId, Option<String>)>> {
    tx.maybe(
        "SELECT m.author, s.campaign FROM message m
         LEFT JOIN submission s ON s.workspace = m.workspace AND s.message = m.id
         WHERE m.workspace = $1 AND m.conversation = $2 AND m.idx < $3 AND m.idx >= $4 AND m.author <> $5
           AND m.internal = 0 AND (s.state IS NULL OR s.state <> 'refused')
         ORDER BY m.idx DESC LIMIT 1",
        args![workspace, news.conversation, news.index, news.index - LOOKED_BACK, news.contact],
        |row| Ok((row.get()?, row.get()?)),
    )
}

/// What is known of a message by now.
pub(super) fn delivery(tx: &mut Conn, workspace: WorkspaceId, id: MessageId) -> Result<Option<Delivery>> {
    let found = tx.maybe(
        "SELECT delivery FROM message WHERE workspace = $1 AND id = $2",
        args![workspace, id],
        |row| row.get::<Option<Delivery>>(),
    )?;
    Ok(found.flatten())
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, c: &Callback, host: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO callback (workspace, id, kind, url, host, message, subject, number, delivery, text, our_address,
                               channel, happened_at, state, attempts, due_at, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT (workspace, id) DO NOTHING",
        args![
            workspace, c.id, c.kind, c.url, host, c.message, c.subject, c.number, c.delivery, c.text,
            c.our_address, c.channel, c.happened_at, c.state, c.attempts, c.due_at, c.outcome
        ],
    )?;
    Ok(())
}

/// The columns [`read`] reads.
macro_rules! columns {
    () => {
        "id, kind, url, message, subject, number, delivery, text, our_address, channel, happened_at, state, attempts,
         due_at, tried_at, outcome"
    };
}

fn read(row: &Row<'_>) -> Result<Callback> {
    Ok(Callback {
        id: row.get()?,
        kind: row.get()?,
        url: row.get()?,
        message: row.get()?,
        subject: row.get()?,
        number: row.get()?,
        delivery: row.get()?,
        text: row.get()?,
        our_address: row.get()?,
        channel: row.get()?,
        happened_at: row.get()?,
        state: row.get()?,
        attempts: row.get()?,
        due_at: row.get()?,
        tried_at: row.get()?,
        outcome: row.get()?,
    })
}

/// `None` when it is not due since then any more.
pub(super) fn lease(tx: &mut Conn, due: &Due, until: Time, now: Time) -> Result<Option<Callback>> {
    tx.maybe(
        concat!(
            "UPDATE callback SET due_at = $4, attempts = attempts + 1, tried_at = $5
             WHERE workspace = $1 AND id = $2 AND due_at = $3 AND state = 'waiting' RETURNING ",
            columns!()
        ),
        args![due.workspace, due.id, due.due_at, until, now],
        read,
    )
}

/// How an attempt ended.
pub(super) struct End<'a> {
    pub(super) state: State,
    pub(super) due_at: Time,
    pub(super) outcome: &'a str,
}

pub(super) fn settle(tx: &mut Conn, workspace: WorkspaceId, claim: &Claim, end: &End<'_>) -> Result<()> {
    tx.exec(
        "UPDATE callback SET state = $4, due_at = $5, outcome = $6
         WHERE workspace = $1 AND id = $2 AND due_at = $3 AND state = 'waiting'",
        args![workspace, claim.id, claim.until, end.state, end.due_at, end.outcome],
    )?;
    Ok(())
}

pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    before: Option<(Time, &str)>,
    limit: i64,
) -> Result<Vec<Callback>> {
    let (at, id) = before.unwrap_or((Time(i64::MAX), ""));
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM callback WHERE workspace = $1 AND (happened_at, id) < ($2, $3)
              ORDER BY happened_at DESC, id DESC LIMIT $4"
        ),
        args![workspace, at, id, limit],
        read,
    )
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM callback WHERE workspace = $1 AND id IN (
             SELECT c.id FROM callback c WHERE c.workspace = $1 AND c.happened_at <= $2 AND c.state <> 'waiting'
             ORDER BY c.happened_at LIMIT $3)",
        args![workspace, until, limit],
    )
}
