//! The statements of this room; it owns the tables `campaign` and `campaign_request`.

use super::{Campaign, recipient};
use crate::channel::Family;
use crate::db::{Conn, Row, args};
use crate::{PersonId, Result, Time, WorkspaceId};

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, c: &Campaign) -> Result<()> {
    tx.exec(
        "INSERT INTO campaign (workspace, ticket, sender_person, channel, product, text, sender, list, purpose, state,
                               simulated, recipients, recipient_count, next_recipient, parts, cost_micro, send_at,
                               due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        args![
            workspace,
            c.ticket,
            c.author,
            c.channel,
            c.product,
            c.text,
            c.sender,
            c.list,
            c.purpose,
            c.state,
            c.simulated,
            recipient::write(&c.recipients),
            c.recipients.len() as i64,
            c.next as i64,
            c.parts,
            c.cost_micro,
            c.send_at,
            c.due_at,
            c.created_at
        ],
    )?;
    Ok(())
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, ticket: &str) -> Result<Option<Campaign>> {
    tx.maybe(
        "SELECT ticket, sender_person, channel, product, text, sender, list, purpose, state, simulated, recipients,
                next_recipient, parts, cost_micro, send_at, due_at, created_at
         FROM campaign WHERE workspace = $1 AND ticket = $2",
        args![workspace, ticket],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Campaign> {
    Ok(Campaign {
        ticket: row.get()?,
        author: row.get()?,
        channel: row.get()?,
        product: row.get()?,
        text: row.get()?,
        sender: row.get()?,
        list: row.get()?,
        purpose: row.get()?,
        state: row.get()?,
        simulated: row.get()?,
        recipients: recipient::read(&row.get::<String>()?)?,
        next: row.get::<i64>()?.max(0) as usize,
        parts: row.get()?,
        cost_micro: row.get()?,
        send_at: row.get()?,
        due_at: row.get()?,
        created_at: row.get()?,
    })
}

/// Writes what changes: how it stands, and how far it is.
pub(super) fn update(tx: &mut Conn, workspace: WorkspaceId, c: &Campaign) -> Result<()> {
    tx.exec(
        "UPDATE campaign SET state = $3, next_recipient = $4, send_at = $5, due_at = $6
         WHERE workspace = $1 AND ticket = $2",
        args![workspace, c.ticket, c.state, c.next as i64, c.send_at, c.due_at],
    )?;
    Ok(())
}

/// False when the request was made at `free_since` or later.
pub(super) fn take_request(
    tx: &mut Conn,
    workspace: WorkspaceId,
    request: &str,
    (now, free_since): (Time, Time),
) -> Result<bool> {
    let taken = tx.exec(
        "INSERT INTO campaign_request (workspace, request, at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace, request) DO UPDATE SET at = excluded.at WHERE campaign_request.at <= $4",
        args![workspace, request, now, free_since],
    )?;
    Ok(taken == 1)
}

/// Those of our addresses over which there is an open conversation with somebody, the latest first.
pub(super) fn addresses(
    tx: &mut Conn,
    workspace: WorkspaceId,
    contact: PersonId,
    family: Family,
) -> Result<Vec<String>> {
    tx.all(
        "SELECT c.our_address FROM conversation c
         WHERE c.workspace = $1 AND c.contact = $2 AND c.family = $3 AND c.closed = 0
         ORDER BY c.last_at DESC, c.our_address",
        args![workspace, contact, family],
        |row| row.get(),
    )
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM campaign_request WHERE workspace = $1 AND at IN (
             SELECT r.at FROM campaign_request r WHERE r.workspace = $1 AND r.at <= $2 ORDER BY r.at LIMIT $3)",
        args![workspace, until, limit],
    )
}
