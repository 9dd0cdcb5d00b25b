//! Reports that came before the answer to their submit was stored: kept for some minutes.

use super::report::Report;
use super::spelling::Spelling;
use crate::db::{Arg, Conn, Row, ToArg, args};
use crate::message::Delivery;
use crate::{CarrierId, Result, Time, WorkspaceId, legible};

/// A report that nothing is known for.
pub(super) struct Early {
    pub(super) carrier: CarrierId,
    pub(super) carrier_message: String,
    pub(super) to: String,
    pub(super) delivery: Delivery,
    pub(super) detail: String,
    pub(super) at: Time,
}

impl Early {
    pub(super) fn of(report: &Report, key: &str, detail: &str, now: Time) -> Early {
        let (carrier, to) = (report.carrier, legible::line(&report.to, super::DETAIL_CHARS_MAX));
        let carrier_message = key.to_owned();
        Early { carrier, carrier_message, to, delivery: report.delivery, detail: detail.to_owned(), at: now }
    }
}

/// Of several reports the last one holds, but an end stays the end.
pub(super) fn keep(tx: &mut Conn, workspace: WorkspaceId, early: &Early) -> Result<()> {
    tx.exec(
        "INSERT INTO early_report (workspace, carrier, carrier_message, to_address, state, detail, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace, carrier, carrier_message, to_address) DO UPDATE
         SET state = excluded.state, detail = excluded.detail
         WHERE early_report.state IN ('queued', 'accepted', 'unknown')",
        args![
            workspace,
            early.carrier,
            early.carrier_message,
            early.to,
            early.delivery,
            early.detail,
            early.at
        ],
    )?;
    Ok(())
}

/// What was reported early under one of these spellings, of which there are three at most.
pub(super) fn under(
    tx: &mut Conn,
    workspace: WorkspaceId,
    carrier: CarrierId,
    spellings: &[(String, Spelling)],
) -> Result<Vec<Early>> {
    let text = |at: usize| spellings.get(at).map_or(Arg::Null, |(text, _)| Arg::Text(text));
    tx.all(
        "SELECT carrier_message, to_address, state, detail, at FROM early_report
         WHERE workspace = $1 AND carrier = $2 AND carrier_message IN ($3, $4, $5) ORDER BY at",
        &[workspace.to_arg(), carrier.to_arg(), text(0), text(1), text(2)],
        |row: &Row<'_>| {
            let (carrier_message, to, delivery) = (row.get()?, row.get()?, row.get()?);
            Ok(Early { carrier, carrier_message, to, delivery, detail: row.get()?, at: row.get()? })
        },
    )
}

/// It was heeded.
pub(super) fn forget(tx: &mut Conn, workspace: WorkspaceId, carrier: CarrierId, early: &Early) -> Result<()> {
    tx.exec(
        "DELETE FROM early_report
         WHERE workspace = $1 AND carrier = $2 AND carrier_message = $3 AND to_address = $4",
        args![workspace, carrier, early.carrier_message, early.to],
    )?;
    Ok(())
}

/// Forgets those until a time, at most `limit`; how many.
pub(super) fn sweep(tx: &mut Conn, workspace: WorkspaceId, until: Time, limit: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM early_report WHERE workspace = $1 AND at <= $2 AND at <= COALESCE(
             (SELECT e.at FROM early_report e WHERE e.workspace = $1 AND e.at <= $2 ORDER BY e.at LIMIT 1 OFFSET $3), $2)",
        args![workspace, until, limit - 1],
    )
}
