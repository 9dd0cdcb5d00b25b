//! The statements of this room; it owns the tables `carrier` and `received`.

use super::received::Inbound;
use super::{Carrier, Kind};
use crate::db::{Conn, Row, args};
use crate::submission::Spelling;
use crate::{CarrierId, MessageId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a carrier under the alias `k`.
macro_rules! columns {
    () => {
        "k.id, k.kind, k.address, k.url, k.secret, k.state, k.state_detail, k.state_at, k.created_at"
    };
}
pub(super) use columns;

/// Reads the columns of [`columns!`].
pub(super) fn read(row: &Row<'_>) -> Result<Carrier> {
    Ok(Carrier {
        id: row.get()?,
        kind: row.get::<Kind>()?,
        address: row.get()?,
        url: row.get()?,
        secret: row.get()?,
        state: row.get()?,
        state_detail: row.get()?,
        state_at: row.get()?,
        created_at: row.get()?,
    })
}

/// False when the address has a carrier.
pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, new: &Carrier) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO carrier (workspace, id, kind, address, url, secret, state, state_detail, state_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace, address) WHERE removed_at IS NULL DO NOTHING",
        args![
            workspace, new.id, new.kind, new.address, new.url, new.secret, new.state, new.state_detail,
            new.state_at, new.created_at
        ],
    )?;
    Ok(inserted == 1)
}

/// There are never so many that a list has a second page.
pub(super) fn list(tx: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Carrier>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM carrier k WHERE k.workspace = $1 AND k.removed_at IS NULL ORDER BY k.id"
        ),
        args![workspace],
        read,
    )
}

pub(super) fn by_address(tx: &mut Conn, workspace: WorkspaceId, address: &str) -> Result<Option<Carrier>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            " FROM carrier k WHERE k.workspace = $1 AND k.address = $2 AND k.removed_at IS NULL"
        ),
        args![workspace, address],
        read,
    )
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, id: CarrierId) -> Result<Option<Carrier>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            " FROM carrier k WHERE k.workspace = $1 AND k.id = $2 AND k.removed_at IS NULL"
        ),
        args![workspace, id],
        read,
    )
}

pub(super) fn remove(tx: &mut Conn, workspace: WorkspaceId, id: CarrierId, now: Time) -> Result<()> {
    // Whatever opens it is not needed any more.
    tx.exec(
        "UPDATE carrier SET removed_at = $3, url = NULL, secret = NULL WHERE workspace = $1 AND id = $2",
        args![workspace, id, now],
    )?;
    Ok(())
}

/// How a carrier stands.
pub(super) struct Standing<'a> {
    pub(super) id: CarrierId,
    pub(super) state: &'a str,
    pub(super) detail: &'a str,
    pub(super) at: Time,
}

pub(super) fn set_state(tx: &mut Conn, workspace: WorkspaceId, new: &Standing<'_>) -> Result<()> {
    tx.exec(
        "UPDATE carrier SET state = $3, state_detail = $4, state_at = $5
         WHERE workspace = $1 AND id = $2 AND (state <> $3 OR state_detail <> $4)",
        args![workspace, new.id, new.state, new.detail, new.at],
    )?;
    Ok(())
}

pub(super) fn set_spelling(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: CarrierId,
    spelling: Spelling,
) -> Result<()> {
    let sql = "UPDATE carrier SET spelling = $3 WHERE workspace = $1 AND id = $2";
    tx.exec(sql, args![workspace, id, spelling])?;
    Ok(())
}

/// What was stored under a key, from other sessions since `since`, or from any: the first of it.
pub(super) fn received_before(
    tx: &mut Conn,
    workspace: WorkspaceId,
    text: &Inbound,
    since: Time,
) -> Result<Option<MessageId>> {
    // A key that names one text is that text in every session.
    let session = if text.is_named() { "" } else { &text.session };
    tx.maybe(
        "SELECT r.message FROM received r
         WHERE r.workspace = $1 AND r.carrier = $2 AND r.key = $3 AND r.session <> $4 AND r.at > $5
         ORDER BY r.at, r.message LIMIT 1",
        args![workspace, text.carrier, text.key, session, since],
        |row| row.get(),
    )
}

pub(super) fn insert_received(
    tx: &mut Conn,
    workspace: WorkspaceId,
    text: &Inbound,
    message: MessageId,
    now: Time,
) -> Result<()> {
    tx.exec(
        "INSERT INTO received (workspace, carrier, key, session, message, at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![workspace, text.carrier, text.key, text.session, message, now],
    )?;
    Ok(())
}

/// The text belongs to this session from now on, so that the next one like it in this session is another.
pub(super) fn take_over(
    tx: &mut Conn,
    workspace: WorkspaceId,
    text: &Inbound,
    message: MessageId,
) -> Result<()> {
    tx.exec(
        "UPDATE received SET session = $5 WHERE workspace = $1 AND carrier = $2 AND key = $3 AND message = $4",
        args![workspace, text.carrier, text.key, message, text.session],
    )?;
    Ok(())
}

pub(super) fn delete_received(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    of: (&str, MessageId),
) -> Result<()> {
    tx.exec(
        "DELETE FROM received WHERE workspace = $1 AND carrier = $2 AND key = $3 AND message = $4",
        args![workspace, carrier, of.0, of.1],
    )?;
    Ok(())
}

/// What came without a name in other sessions than this one.
pub(super) fn delete_doubts(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    session: &str,
) -> Result<()> {
    tx.exec(
        "DELETE FROM received WHERE workspace = $1 AND carrier = $2 AND session <> $3 AND key NOT LIKE 'id:%'",
        args![workspace, carrier, session],
    )?;
    Ok(())
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM received WHERE workspace = $1 AND at <= $2 AND at <= COALESCE(
             (SELECT r.at FROM received r WHERE r.workspace = $1 AND r.at <= $2 ORDER BY r.at LIMIT 1 OFFSET $3), $2)",
        args![workspace, until, limit - 1],
    )
}
