//! The statements of this room.

use super::{Filter, Kind, Notification, Severity};
use crate::access::Caller;
use crate::db::{Arg, Conn, Row, ToArg, args};
use crate::{ConversationId, MessageId, PersonId, Result, Time, WorkspaceId, person};

/// A stretch of the log: its first and its last event.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) workspace: WorkspaceId,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// One statement for a whole stretch: whoever takes part since before a message, and did not write it, is notified of
/// it; what agents alone may read, to agents alone. A contact looks nowhere: they hear by the carrier.
pub(super) fn notify(tx: &mut Conn, stretch: Stretch) -> Result<()> {
    tx.exec(
        "INSERT INTO notification (workspace, person, created_at, message, conversation, kind, severity)
         SELECT m.workspace, p.person, m.created_at, m.id, m.conversation, m.kind,
                CASE WHEN m.kind = 'service_request' THEN 'warning' ELSE 'info' END
         FROM event e
         JOIN message m ON m.workspace = e.workspace AND m.id = e.message
         JOIN participant p ON p.workspace = m.workspace AND p.conversation = m.conversation
         JOIN person o ON o.workspace = p.workspace AND o.id = p.person
         JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation
         WHERE e.workspace = $1 AND e.seq >= $2 AND e.seq <= $3 AND e.kind = 'message.posted'
           AND p.person <> m.author AND p.joined_at <= m.created_at AND (m.internal = 0 OR o.kind = 'agent')
           AND COALESCE(c.contact, '') <> p.person
         ON CONFLICT (workspace, person, created_at, message) DO NOTHING",
        args![stretch.workspace, stretch.first, stretch.last],
    )?;
    Ok(())
}

/// What a person has read in a conversation, they need not be told of any more.
pub(super) fn read_up_to_index(
    tx: &mut Conn,
    workspace: WorkspaceId,
    person: PersonId,
    conversation: ConversationId,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE notification SET read_at = $4
         WHERE workspace = $1 AND person = $2 AND conversation = $3 AND read_at IS NULL
           AND message IN (SELECT m.id FROM participant p
                           JOIN message m ON m.workspace = p.workspace AND m.conversation = p.conversation
                                         AND m.idx <= p.read_index
                           WHERE p.workspace = $1 AND p.conversation = $3 AND p.person = $2)",
        args![workspace, person, conversation, now],
    )?;
    Ok(())
}

/// About a conversation that the caller ($1, $2; $3 when an agent) may still see: the rule of `conversation::seen` as a
/// condition on `notification`.
macro_rules! visible {
    () => {
        " AND (CAST($3 AS BIGINT) = 1
              OR EXISTS (SELECT 1 FROM participant p WHERE p.workspace = notification.workspace
                         AND p.conversation = notification.conversation AND p.person = notification.person)
              OR EXISTS (SELECT 1 FROM conversation c
                         JOIN membership b ON b.workspace = c.workspace AND b.domain = c.shared_domain
                                          AND b.aggregate = c.shared_aggregate AND b.aggregate_id = c.shared_id
                         WHERE c.workspace = notification.workspace AND c.id = notification.conversation
                           AND b.person = notification.person))"
    };
}

/// Passes the filter: $4 to $11, as [`filtered`] gives them.
macro_rules! wanted {
    () => {
        " AND (CAST($4 AS BIGINT) = 2 OR CAST($4 AS BIGINT) = CASE WHEN notification.read_at IS NULL THEN 0 ELSE 1 END)
          AND notification.severity IN ($5, $6, $7, $8) AND notification.kind IN ($9, $10)
          AND (CAST($11 AS TEXT) IS NULL OR notification.conversation = $11)"
    };
}

fn caller_args(caller: &Caller) -> Vec<Arg<'static>> {
    let is_agent = caller.kind == person::Kind::Agent;
    vec![Arg::Int(caller.workspace.0), Arg::Uuid(caller.person.0), Arg::Int(i64::from(is_agent))]
}

/// The arguments of [`visible!`] and [`wanted!`]. What is not wanted leaves a place that nothing matches.
fn filtered(caller: &Caller, filter: &Filter) -> Vec<Arg<'static>> {
    let severities = Severity::ALL.map(|severity| {
        let wanted = filter.severities.as_ref().is_none_or(|wanted| wanted.contains(&severity));
        Arg::Text(if wanted { severity.as_str() } else { "" })
    });
    let kinds = Kind::ALL.map(|kind| {
        let wanted = filter.kinds.as_ref().is_none_or(|wanted| wanted.contains(&kind));
        Arg::Text(if wanted { kind.as_str() } else { "" })
    });
    let mut args = caller_args(caller);
    args.push(Arg::Int(filter.read.map_or(2, i64::from)));
    args.extend(severities);
    args.extend(kinds);
    args.push(filter.conversation.map_or(Arg::Null, |id| Arg::Uuid(id.0)));
    args
}

pub(super) fn page(
    tx: &mut Conn,
    caller: &Caller,
    filter: &Filter,
    skip: i64,
    limit: i64,
) -> Result<Vec<Notification>> {
    let mut args = filtered(caller, filter);
    args.extend([Arg::Int(limit), Arg::Int(skip)]);
    tx.all(
        concat!(
            "SELECT message, conversation, kind, severity, CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, created_at
             FROM notification WHERE notification.workspace = $1 AND notification.person = $2",
            visible!(),
            wanted!(),
            " ORDER BY created_at DESC, message DESC LIMIT $12 OFFSET $13"
        ),
        &args,
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Notification> {
    Ok(Notification {
        message: row.get()?,
        conversation: row.get()?,
        kind: row.get()?,
        severity: row.get()?,
        read: row.get()?,
        created_at: row.get()?,
    })
}

pub(super) fn count(tx: &mut Conn, caller: &Caller, filter: &Filter) -> Result<i64> {
    tx.scalar(
        concat!(
            "SELECT COUNT(*) FROM notification WHERE notification.workspace = $1 AND notification.person = $2",
            visible!(),
            wanted!()
        ),
        &filtered(caller, filter),
    )
}

pub(super) fn unread(tx: &mut Conn, caller: &Caller) -> Result<Vec<(Severity, i64)>> {
    tx.all(
        concat!(
            "SELECT severity, COUNT(*) FROM notification
             WHERE notification.workspace = $1 AND notification.person = $2 AND read_at IS NULL",
            visible!(),
            " GROUP BY severity"
        ),
        &caller_args(caller),
        |row| Ok((row.get()?, row.get()?)),
    )
}

/// How many it found: one or none.
pub(super) fn set_read(
    tx: &mut Conn,
    caller: &Caller,
    message: MessageId,
    read_at: Option<Time>,
) -> Result<u64> {
    let mut args = caller_args(caller);
    args.extend([message.to_arg(), read_at.to_arg()]);
    tx.exec(
        concat!(
            "UPDATE notification SET read_at = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN NULL
                                                    ELSE COALESCE(read_at, $5) END
             WHERE notification.workspace = $1 AND notification.person = $2 AND message = $4
               AND created_at = (SELECT m.created_at FROM message m WHERE m.workspace = $1 AND m.id = $4)",
            visible!()
        ),
        &args,
    )
}

pub(super) fn read_all(tx: &mut Conn, caller: &Caller, filter: &Filter, now: Time) -> Result<u64> {
    let mut args = filtered(caller, filter);
    args.push(now.to_arg());
    tx.exec(
        concat!(
            "UPDATE notification SET read_at = $12
             WHERE notification.workspace = $1 AND notification.person = $2 AND read_at IS NULL",
            visible!(),
            wanted!()
        ),
        &args,
    )
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM notification WHERE workspace = $1 AND created_at IN (
             SELECT n.created_at FROM notification n WHERE n.workspace = $1 AND n.created_at <= $2
             ORDER BY n.created_at LIMIT $3)",
        args![workspace, until, limit],
    )
}
