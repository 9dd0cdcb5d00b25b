//! The statements of this room; it owns the tables `submission` and `submission_part`.

use std::fmt::Write;

use super::Submission;
use super::spelling::{self, Spelling};
use crate::channel::Channel;
use crate::conversation::line::Out;
use crate::db::{Conn, ToArg, args};
use crate::message::{Delivery, Message};
use crate::{CarrierId, MessageId, Result, Time, WorkspaceId};

/// A message for the queue.
pub(super) struct New<'a> {
    pub(super) message: &'a Message,
    pub(super) out: &'a Out,
    pub(super) carrier: CarrierId,
    pub(super) channel: Channel,
    pub(super) parts: i64,
    pub(super) cost_micro: i64,
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, new: &New<'_>, now: Time) -> Result<()> {
    let Out { our_address, to, campaign } = new.out;
    tx.exec(
        "INSERT INTO submission (workspace, message, conversation, carrier, channel, from_address, to_address, state,
                                 parts, cost_micro, campaign, attempts, due_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10, 0, $11, $11)",
        args![
            workspace, new.message.id, new.message.conversation, new.carrier, new.channel, our_address, to,
            new.parts, new.cost_micro, campaign, now
        ],
    )?;
    Ok(())
}

pub(super) fn set_cost(tx: &mut Conn, workspace: WorkspaceId, id: MessageId, cost_micro: i64) -> Result<()> {
    tx.exec(
        "UPDATE submission SET cost_micro = $3 WHERE workspace = $1 AND message = $2",
        args![workspace, id, cost_micro],
    )?;
    Ok(())
}

/// What is due at a time, so many of it. While something is queued, `changed_at` is since when.
pub(super) fn due(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    (now, limit): (Time, i64),
) -> Result<Vec<Submission>> {
    let mut due = tx.all(
        "SELECT s.message, s.channel, s.from_address, s.to_address, m.body, s.attempts, s.changed_at, m.idx, s.parts
         FROM submission s CROSS JOIN message m
         WHERE s.workspace = $1 AND s.carrier = $2 AND s.due_at IS NOT NULL AND s.due_at <= $3
           AND m.workspace = s.workspace AND m.id = s.message
         ORDER BY s.due_at NULLS LAST, s.message LIMIT $4",
        args![workspace, carrier, now, limit],
        |row| {
            let due = Submission {
                message: row.get()?,
                carrier,
                channel: row.get()?,
                from: row.get()?,
                to: row.get()?,
                text: row.get()?,
                attempts: row.get()?,
                queued_at: row.get()?,
                index: row.get()?,
                taken: Vec::new(),
            };
            Ok((due, row.get::<i64>()? > 1))
        },
    )?;
    for (due, _) in due.iter_mut().filter(|(due, is_long)| *is_long && due.attempts > 0) {
        due.taken = taken_parts(tx, workspace, due.message)?;
    }
    Ok(due.into_iter().map(|(due, _)| due).collect())
}

/// The numbers of the parts of a message that have an id, in their order.
pub(super) fn taken_parts(tx: &mut Conn, workspace: WorkspaceId, message: MessageId) -> Result<Vec<i64>> {
    tx.all(
        "SELECT part FROM submission_part
         WHERE workspace = $1 AND message = $2 AND spelling = 'given' ORDER BY part",
        args![workspace, message],
        |row| row.get(),
    )
}

pub(super) fn set_campaign(tx: &mut Conn, workspace: WorkspaceId, id: MessageId, ticket: &str) -> Result<()> {
    let sql = "UPDATE submission SET campaign = $3 WHERE workspace = $1 AND message = $2";
    tx.exec(sql, args![workspace, id, ticket])?;
    Ok(())
}

/// A message that its carrier has taken, or parts of it.
pub(super) struct Taken {
    pub(super) message: MessageId,
    pub(super) carrier: CarrierId,
    pub(super) to: String,
    /// How often it was tried.
    pub(super) attempts: i64,
}

/// Nothing when it is not queued.
pub(super) fn queued(tx: &mut Conn, workspace: WorkspaceId, message: MessageId) -> Result<Option<Taken>> {
    tx.maybe(
        "SELECT carrier, to_address, attempts FROM submission
         WHERE workspace = $1 AND message = $2 AND state = 'queued'",
        args![workspace, message],
        |row| Ok(Taken { message, carrier: row.get()?, to: row.get()?, attempts: row.get()? }),
    )
}

/// It has so many parts more than are known. Nothing when it was not queued.
pub(super) fn accept(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (message, parts, now): (MessageId, i64, Time),
) -> Result<Option<Taken>> {
    tx.maybe(
        "UPDATE submission SET state = 'accepted', attempts = attempts + 1, due_at = NULL, changed_at = $4,
             parts = $3 + (SELECT COUNT(*) FROM submission_part p
                           WHERE p.workspace = $1 AND p.message = $2 AND p.spelling = 'given')
         WHERE workspace = $1 AND message = $2 AND state = 'queued' RETURNING carrier, to_address, attempts",
        args![workspace, message, parts, now],
        |row| Ok(Taken { message, carrier: row.get()?, to: row.get()?, attempts: row.get()? }),
    )
}

/// Since when it waits; nothing when it was not queued.
pub(super) fn postpone(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
    (until, why): (Time, &str),
) -> Result<Option<Time>> {
    tx.maybe(
        "UPDATE submission SET attempts = attempts + 1, due_at = $3, detail = $4
         WHERE workspace = $1 AND message = $2 AND state = 'queued' RETURNING changed_at",
        args![workspace, id, until, why],
        |row| row.get(),
    )
}

/// What a message has cost, and who paid.
pub(super) struct Paid {
    pub(super) cost_micro: i64,
    pub(super) campaign: Option<String>,
}

/// Nothing when it was not queued.
pub(super) fn refuse(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
    (why, now): (&str, Time),
) -> Result<Option<Paid>> {
    tx.maybe(
        "UPDATE submission SET state = 'refused', due_at = NULL, detail = $3, changed_at = $4
         WHERE workspace = $1 AND message = $2 AND state = 'queued' RETURNING cost_micro, campaign",
        args![workspace, id, why, now],
        |row| Ok(Paid { cost_micro: row.get()?, campaign: row.get()? }),
    )
}

/// Notes one part of a message, by its number, and the texts by which its carrier may name it.
pub(super) fn insert_part(
    tx: &mut Conn,
    workspace: WorkspaceId,
    of: &Taken,
    (part, spellings): &spelling::Part,
) -> Result<()> {
    let mut sql = String::from(
        "INSERT INTO submission_part (workspace, carrier, message, part, state, carrier_message, spelling) VALUES ",
    );
    let mut args = args![workspace, of.carrier, of.message, part, Delivery::Accepted].to_vec();
    for (row, (text, spelling)) in spellings.iter().enumerate() {
        let comma = if row == 0 { "" } else { ", " };
        let (at, next) = (args.len() + 1, args.len() + 2);
        let _ = write!(sql, "{comma}($1, $2, $3, $4, $5, ${at}, ${next})");
        args.extend([text.to_arg(), spelling.to_arg()]);
    }
    tx.exec(&sql, &args).map(drop)
}

/// A part that bears an id.
pub(super) struct Named {
    pub(super) message: MessageId,
    pub(super) part: i64,
    pub(super) spelling: Spelling,
    /// Whether it is still under way.
    pub(super) is_open: bool,
    /// To whom it went.
    pub(super) to: String,
    /// How its carrier is known to spell ids.
    pub(super) learned: Option<Spelling>,
    /// Whether no other part bears the id.
    pub(super) is_only: bool,
}

pub(super) fn named(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    key: &str,
) -> Result<Vec<Named>> {
    tx.all(
        "SELECT p.message, p.part, p.spelling, p.state, s.to_address, k.spelling
         FROM submission_part p CROSS JOIN submission s CROSS JOIN carrier k
         WHERE p.workspace = $1 AND p.carrier = $2 AND p.carrier_message = $3
           AND s.workspace = p.workspace AND s.message = p.message
           AND k.workspace = p.workspace AND k.id = p.carrier",
        args![workspace, carrier, key],
        |row| {
            let (message, part, spelling) = (row.get()?, row.get()?, row.get()?);
            let is_open = matches!(row.get::<Delivery>()?, Delivery::Accepted | Delivery::Unknown);
            let (to, learned) = (row.get()?, row.get()?);
            Ok(Named { message, part, spelling, is_open, to, learned, is_only: false })
        },
    )
}

/// False when the part has come to its end before, or to the same point.
pub(super) fn set_part(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (message, part): (MessageId, i64),
    to: Delivery,
) -> Result<bool> {
    let set = tx.exec(
        "UPDATE submission_part SET state = $4 WHERE workspace = $1 AND message = $2 AND part = $3
           AND state IN ('accepted', 'unknown') AND state <> $4",
        args![workspace, message, part, to],
    )?;
    Ok(set > 0)
}

/// How many parts a message has, and how far those came that are known, in their order.
pub(super) fn parts(
    tx: &mut Conn,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<(i64, Vec<Delivery>)> {
    let mut count = 0;
    let states = tx.all(
        "SELECT s.parts, p.state FROM submission s CROSS JOIN submission_part p
         WHERE s.workspace = $1 AND s.message = $2
           AND p.workspace = s.workspace AND p.message = s.message AND p.spelling = 'given'
         ORDER BY p.part",
        args![workspace, message],
        |row| Ok((row.get::<i64>()?, row.get()?)),
    )?;
    if let Some((all, _)) = states.first() {
        count = *all;
    }
    Ok((count, states.into_iter().map(|(_, state)| state).collect()))
}

/// What became of a message.
pub(super) struct End<'a> {
    pub(super) delivery: Delivery,
    pub(super) detail: &'a str,
    pub(super) at: Time,
}

/// False when it has come to its end before. What is unknown is no end.
pub(super) fn conclude(
    tx: &mut Conn,
    workspace: WorkspaceId,
    message: MessageId,
    end: &End<'_>,
) -> Result<bool> {
    let state = match end.delivery {
        Delivery::Delivered => "delivered",
        Delivery::Unknown => "accepted",
        _ => "undelivered",
    };
    let concluded = tx.exec(
        "UPDATE submission SET state = $3, detail = $4, changed_at = $5
         WHERE workspace = $1 AND message = $2 AND state = 'accepted'",
        args![workspace, message, state, end.detail, end.at],
    )?;
    Ok(concluded == 1)
}

/// Ids of messages are in the order of their time.
pub(super) fn sweep_parts(
    tx: &mut Conn,
    workspace: WorkspaceId,
    before: MessageId,
    limit: i64,
) -> Result<u64> {
    tx.exec(
        "DELETE FROM submission_part WHERE workspace = $1 AND message IN (
             SELECT p.message FROM submission_part p WHERE p.workspace = $1 AND p.message < $2
             ORDER BY p.message LIMIT $3)",
        args![workspace, before, limit],
    )
}
