//! The statements of this room; it owns the tables `campaign`, `campaign_recipients` and `campaign_request`.

use std::fmt::Write;

use super::Campaign;
use super::list::Source;
use super::page::Page;
use crate::channel::Family;
use crate::db::{Conn, Row, ToArg, args};
use crate::{PersonId, Result, Time, WorkspaceId};

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, c: &Campaign) -> Result<()> {
    let source = c.source.as_ref();
    tx.exec(
        "INSERT INTO campaign (workspace, ticket, sender_person, channel, product, text, sender, list, purpose, state,
                               simulated, source_kind, source_name, source_after, recipient_count, left_out_count,
                               next_recipient, parts, cost_micro, send_at, due_at, created_at, problem)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23)",
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
            source.map(|source| source.kind),
            source.map(|source| &source.name),
            source.and_then(|source| source.after),
            c.count,
            c.left_out,
            c.next,
            c.parts,
            c.cost_micro,
            c.send_at,
            c.due_at,
            c.created_at,
            c.problem
        ],
    )?;
    Ok(())
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, ticket: &str) -> Result<Option<Campaign>> {
    tx.maybe(
        "SELECT ticket, sender_person, channel, product, text, sender, list, purpose, state, simulated, source_kind,
                source_name, source_after, recipient_count, left_out_count, next_recipient, parts, cost_micro, send_at,
                due_at, created_at, problem
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
        source: source(row)?,
        count: row.get()?,
        left_out: row.get()?,
        next: row.get()?,
        parts: row.get()?,
        cost_micro: row.get()?,
        send_at: row.get()?,
        due_at: row.get()?,
        created_at: row.get()?,
        problem: row.get()?,
    })
}

fn source(row: &Row<'_>) -> Result<Option<Source>> {
    let (kind, name, after): (Option<_>, Option<_>, _) = (row.get()?, row.get()?, row.get()?);
    Ok(kind.zip(name).map(|(kind, name)| Source { kind, name, after }))
}

/// Writes what changes: how it stands, how far it is, and what came to it from its list.
pub(super) fn update(tx: &mut Conn, workspace: WorkspaceId, c: &Campaign) -> Result<()> {
    tx.exec(
        "UPDATE campaign SET state = $3, next_recipient = $4, send_at = $5, due_at = $6, source_after = $7,
                recipient_count = $8, left_out_count = $9, parts = $10, cost_micro = $11, problem = $12
         WHERE workspace = $1 AND ticket = $2",
        args![
            workspace,
            c.ticket,
            c.state,
            c.next,
            c.send_at,
            c.due_at,
            c.source.as_ref().and_then(|source| source.after),
            c.count,
            c.left_out,
            c.parts,
            c.cost_micro,
            c.problem
        ],
    )?;
    Ok(())
}

/// It costs so much less, in millionths.
pub(super) fn cut_cost(tx: &mut Conn, workspace: WorkspaceId, ticket: &str, micro: i64) -> Result<()> {
    let sql = "UPDATE campaign SET cost_micro = cost_micro - $3 WHERE workspace = $1 AND ticket = $2";
    tx.exec(sql, args![workspace, ticket, micro]).map(drop)
}

/// Writes all of these pages of a campaign in one statement.
pub(super) fn insert_pages(
    tx: &mut Conn,
    workspace: WorkspaceId,
    ticket: &str,
    pages: &[Page],
) -> Result<()> {
    if pages.is_empty() {
        return Ok(());
    }
    let mut sql = String::from(
        "INSERT INTO campaign_recipients (workspace, ticket, first_recipient, cost_micro, recipients) VALUES ",
    );
    let mut args = Vec::with_capacity(2 + pages.len() * 3);
    args.extend([workspace.to_arg(), ticket.to_arg()]);
    for (number, page) in pages.iter().enumerate() {
        let (comma, at) = (if number == 0 { "" } else { ", " }, args.len());
        let _ = write!(sql, "{comma}($1, $2, ${}, ${}, ${})", at + 1, at + 2, at + 3);
        args.extend([page.first.to_arg(), page.cost_micro.to_arg(), page.recipients.to_arg()]);
    }
    tx.exec(&sql, &args)?;
    Ok(())
}

/// The page of a campaign on which the recipient with this number stands.
pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    ticket: &str,
    recipient: i64,
) -> Result<Option<Page>> {
    tx.maybe(
        "SELECT first_recipient, cost_micro, recipients FROM campaign_recipients
         WHERE workspace = $1 AND ticket = $2 AND first_recipient <= $3 ORDER BY first_recipient DESC LIMIT 1",
        args![workspace, ticket, recipient],
        |row| Ok(Page { first: row.get()?, cost_micro: row.get()?, recipients: row.get()? }),
    )
}

/// What the messages to everybody cost who stands on a page behind this one.
pub(super) fn cost_after(tx: &mut Conn, workspace: WorkspaceId, ticket: &str, first: i64) -> Result<i64> {
    tx.scalar(
        "SELECT COALESCE(CAST(SUM(cost_micro) AS BIGINT), 0) FROM campaign_recipients
         WHERE workspace = $1 AND ticket = $2 AND first_recipient > $3",
        args![workspace, ticket, first],
    )
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
