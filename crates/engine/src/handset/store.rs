//! The statements of this room; it owns the table `handset_text`.

use super::Text;
use crate::db::{Conn, args};
use crate::{MessageId, Result, Time, WorkspaceId};

/// False when it is there already.
pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, text: &Text) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO handset_text (workspace, phone, message, from_address, text, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace, phone, message) DO NOTHING",
        args![workspace, text.phone, text.message, text.from, text.text, text.at],
    )?;
    Ok(inserted == 1)
}

/// The texts of one phone after one of them.
pub(super) struct Place<'a> {
    pub(super) phone: &'a str,
    pub(super) after: Option<MessageId>,
}

pub(super) fn page(tx: &mut Conn, workspace: WorkspaceId, of: &Place<'_>, limit: i64) -> Result<Vec<Text>> {
    let after = of.after.map(|id| id.to_string()).unwrap_or_default();
    tx.all(
        "SELECT message, from_address, text, at FROM handset_text
         WHERE workspace = $1 AND phone = $2 AND message > $3 ORDER BY message LIMIT $4",
        args![workspace, of.phone, after, limit],
        |row| {
            let (message, from, text, at) = (row.get()?, row.get()?, row.get()?, row.get()?);
            Ok(Text { phone: of.phone.to_owned(), message, from, text, at })
        },
    )
}

pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM handset_text WHERE workspace = $1 AND at <= $2 AND at <= COALESCE(
             (SELECT h.at FROM handset_text h WHERE h.workspace = $1 AND h.at <= $2 ORDER BY h.at LIMIT 1 OFFSET $3), $2)",
        args![workspace, until, limit - 1],
    )
}
