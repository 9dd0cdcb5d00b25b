//! The statements of this room.

use super::claim::{Claim, Text};
use super::{Due, Kind, Low, New, Stretch};
use crate::contact;
use crate::db::{Conn, args};
use crate::{MessageId, Result, Time, WorkspaceId};

/// The texts of contacts among what was said in a stretch of the log, and when.
pub(super) fn texts(
    tx: &mut Conn,
    workspace: WorkspaceId,
    stretch: &Stretch,
) -> Result<Vec<(MessageId, Time)>> {
    tx.all(
        "SELECT m.id, m.created_at FROM event e CROSS JOIN message m CROSS JOIN conversation c
         WHERE e.workspace = $1 AND e.seq >= $2 AND e.seq <= $3 AND e.kind = 'message.posted'
           AND m.workspace = e.workspace AND m.id = e.message AND m.created_at > $4
           AND c.workspace = m.workspace AND c.id = m.conversation AND c.contact = m.author
         ORDER BY e.seq",
        args![workspace, stretch.first, stretch.last, stretch.said_after],
        |row| Ok((row.get()?, row.get()?)),
    )
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, new: &New<'_>, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO memo (workspace, id, kind, address, message, balance_micro, bound_micro, happened_at, attempts,
                           due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)",
        args![
            workspace,
            new.id,
            new.kind,
            new.address,
            new.message,
            new.low.balance_micro,
            new.low.bound_micro,
            new.happened_at,
            now
        ],
    )?;
    Ok(())
}

/// A memo that somebody has claimed.
pub(super) struct Leased {
    pub(super) kind: Kind,
    pub(super) address: String,
    pub(super) message: Option<MessageId>,
    pub(super) low: Low,
    pub(super) happened_at: Time,
    pub(super) attempts: i64,
}

/// `None` when it is not due since then any more.
pub(super) fn lease(tx: &mut Conn, workspace: WorkspaceId, due: &Due, until: Time) -> Result<Option<Leased>> {
    tx.maybe(
        "UPDATE memo SET due_at = $4, attempts = attempts + 1 WHERE workspace = $1 AND id = $2 AND due_at = $3
         RETURNING kind, address, message, balance_micro, bound_micro, happened_at, attempts",
        args![workspace, due.id, due.due_at, until],
        |row| {
            let (kind, address, message) = (row.get()?, row.get()?, row.get()?);
            let low = Low { balance_micro: row.get()?, bound_micro: row.get()? };
            Ok(Leased { kind, address, message, low, happened_at: row.get()?, attempts: row.get()? })
        },
    )
}

/// A text that came in, and from whom.
pub(super) fn text(tx: &mut Conn, workspace: WorkspaceId, id: Option<MessageId>) -> Result<Option<Text>> {
    tx.maybe(
        concat!(
            "SELECT ",
            contact::columns!(),
            ", c.id, c.our_address, c.family, COALESCE(m.channel, 'sms'), m.body
             FROM message m CROSS JOIN conversation c CROSS JOIN contact k
             WHERE m.workspace = $1 AND m.id = $2 AND c.workspace = m.workspace AND c.id = m.conversation
               AND k.workspace = c.workspace AND k.person = c.contact"
        ),
        args![workspace, id],
        |row| {
            let contact = contact::read(row)?;
            let (conversation, our_address, family) = (row.get()?, row.get()?, row.get()?);
            let from = contact.address_in(family).unwrap_or_default().to_owned();
            let (name, channel) = (contact.name(), row.get()?);
            Ok(Text { conversation, from, name, our_address, channel, body: row.get()? })
        },
    )
}

pub(super) fn delete(tx: &mut Conn, workspace: WorkspaceId, claim: &Claim) -> Result<()> {
    let sql = "DELETE FROM memo WHERE workspace = $1 AND id = $2 AND due_at = $3";
    tx.exec(sql, args![workspace, claim.id, claim.until])?;
    Ok(())
}

pub(super) fn try_again(tx: &mut Conn, workspace: WorkspaceId, claim: &Claim, due_at: Time) -> Result<()> {
    let sql = "UPDATE memo SET due_at = $4 WHERE workspace = $1 AND id = $2 AND due_at = $3";
    tx.exec(sql, args![workspace, claim.id, claim.until, due_at])?;
    Ok(())
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM memo WHERE workspace = $1 AND id IN (
             SELECT m.id FROM memo m WHERE m.workspace = $1 AND m.happened_at <= $2
             ORDER BY m.happened_at LIMIT $3)",
        args![workspace, until, limit],
    )
}
