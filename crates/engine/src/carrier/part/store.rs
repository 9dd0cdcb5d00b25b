//! The statements of this room; it owns the table `received_part`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use super::{Part, Piece, Set};
use crate::db::{Conn, args};
use crate::{CarrierId, Error, Result, Time, WorkspaceId};

/// A part as it is kept.
pub(super) struct Kept {
    pub(super) number: i64,
    pub(super) piece: Piece,
    /// Whether the text was received.
    pub(super) is_received: bool,
    pub(super) at: Time,
}

/// What is kept of a text, in order.
pub(super) fn parts(tx: &mut Conn, workspace: WorkspaceId, set: &Set) -> Result<Vec<Kept>> {
    tx.all(
        "SELECT part, coding, octets, is_received, at FROM received_part
         WHERE workspace = $1 AND carrier = $2 AND sender = $3 AND recipient = $4 AND reference = $5 AND total = $6
         ORDER BY part",
        args![workspace, set.carrier, set.from, set.to, set.reference, set.total],
        |row| {
            let (number, coding, octets) = (row.get()?, row.get()?, row.get::<String>()?);
            let piece = Piece { coding, octets: BASE64.decode(octets).map_err(damaged)? };
            Ok(Kept { number, piece, is_received: row.get()?, at: row.get()? })
        },
    )
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, set: &Set, part: &Part, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO received_part (workspace, carrier, sender, recipient, reference, total, part, coding, octets,
                                    is_received, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)",
        args![
            workspace, set.carrier, set.from, set.to, set.reference, set.total, part.number, part.piece.coding,
            BASE64.encode(&part.piece.octets), now
        ],
    )?;
    Ok(())
}

pub(super) fn mark_received(tx: &mut Conn, workspace: WorkspaceId, set: &Set) -> Result<()> {
    tx.exec(
        "UPDATE received_part SET is_received = 1
         WHERE workspace = $1 AND carrier = $2 AND sender = $3 AND recipient = $4 AND reference = $5 AND total = $6",
        args![workspace, set.carrier, set.from, set.to, set.reference, set.total],
    )?;
    Ok(())
}

pub(super) fn forget(tx: &mut Conn, workspace: WorkspaceId, set: &Set) -> Result<()> {
    tx.exec(
        "DELETE FROM received_part
         WHERE workspace = $1 AND carrier = $2 AND sender = $3 AND recipient = $4 AND reference = $5 AND total = $6",
        args![workspace, set.carrier, set.from, set.to, set.reference, set.total],
    )?;
    Ok(())
}

/// The text whose first part is the oldest, if that came until `until`; and whether it was received.
pub(super) fn overdue(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    until: Time,
) -> Result<Option<(Set, bool)>> {
    tx.maybe(
        "SELECT sender, recipient, reference, total, is_received FROM received_part
         WHERE workspace = $1 AND carrier = $2 AND at <= $3 ORDER BY at LIMIT 1",
        args![workspace, carrier, until],
        |row| {
            let (from, to, reference, total) = (row.get()?, row.get()?, row.get()?, row.get()?);
            Ok((Set { carrier, from, to, reference, total }, row.get()?))
        },
    )
}

fn damaged(problem: base64::DecodeError) -> Error {
    Error::Internal(format!("a part of a text is stored that is no base64: {problem}"))
}
