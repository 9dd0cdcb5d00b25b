//! The statements of this room; it owns the tables `wallet`, `ledger` and `price`.

use super::Line;
use super::price::Price;
use crate::db::{Conn, Row, args};
use crate::{Result, WorkspaceId};

/// Makes an empty wallet unless there is one.
pub(super) fn found(tx: &mut Conn, workspace: WorkspaceId) -> Result<()> {
    tx.exec(
        "INSERT INTO wallet (workspace, balance_micro, line_seq) VALUES ($1, 0, 0)
         ON CONFLICT (workspace) DO NOTHING",
        args![workspace],
    )?;
    Ok(())
}

pub(super) fn balance(tx: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let sql = "SELECT balance_micro FROM wallet WHERE workspace = $1";
    Ok(tx.maybe(sql, args![workspace], |row| row.get())?.unwrap_or(0))
}

/// What a move has made of a wallet.
pub(super) struct Moved {
    /// The number of its new line.
    pub(super) number: i64,
    /// What is left.
    pub(super) balance_micro: i64,
    /// Whether an account has named a bound at which it is warned.
    pub(super) is_bounded: bool,
}

/// Nothing when there would be less than nothing.
pub(super) fn move_by(tx: &mut Conn, workspace: WorkspaceId, by_micro: i64) -> Result<Option<Moved>> {
    tx.maybe(
        "UPDATE wallet SET balance_micro = balance_micro + $2, line_seq = line_seq + 1
         WHERE workspace = $1 AND balance_micro + $2 >= 0
         RETURNING line_seq, balance_micro,
                   (SELECT COUNT(*) FROM account_parameter p WHERE p.workspace = $1 AND p.name = 'alert_bound')",
        args![workspace, by_micro],
        |row| {
            let (number, balance_micro, bounds) = (row.get()?, row.get()?, row.get::<i64>()?);
            Ok(Moved { number, balance_micro, is_bounded: bounds > 0 })
        },
    )
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, line: &Line) -> Result<()> {
    tx.exec(
        "INSERT INTO ledger (workspace, line, amount_micro, balance_micro, reason, about, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            workspace,
            line.number,
            line.amount_micro,
            line.balance_micro,
            line.reason,
            line.about,
            line.at
        ],
    )?;
    Ok(())
}

pub(super) fn page(tx: &mut Conn, workspace: WorkspaceId, before: i64, limit: i64) -> Result<Vec<Line>> {
    tx.all(
        "SELECT line, amount_micro, balance_micro, reason, about, at FROM ledger
         WHERE workspace = $1 AND line < $2 ORDER BY line DESC LIMIT $3",
        args![workspace, before, limit],
        line,
    )
}

fn line(row: &Row<'_>) -> Result<Line> {
    Ok(Line {
        number: row.get()?,
        amount_micro: row.get()?,
        balance_micro: row.get()?,
        reason: row.get()?,
        about: row.get()?,
        at: row.get()?,
    })
}

/// The prices of one product, or of all.
pub(super) fn prices(tx: &mut Conn, workspace: WorkspaceId, product: Option<&str>) -> Result<Vec<Price>> {
    let read =
        |row: &Row<'_>| Ok(Price { product: row.get()?, country: row.get()?, amount_micro: row.get()? });
    match product {
        Some(product) => tx.all(
            "SELECT product, country, amount_micro FROM price WHERE workspace = $1 AND product = $2",
            args![workspace, product],
            read,
        ),
        None => tx.all(
            "SELECT product, country, amount_micro FROM price WHERE workspace = $1 ORDER BY product, country",
            args![workspace],
            read,
        ),
    }
}

pub(super) fn set_price(tx: &mut Conn, workspace: WorkspaceId, price: &Price) -> Result<()> {
    tx.exec(
        "INSERT INTO price (workspace, product, country, amount_micro) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, product, country) DO UPDATE SET amount_micro = excluded.amount_micro",
        args![workspace, price.product, price.country, price.amount_micro],
    )?;
    Ok(())
}

/// False when there was no such price.
pub(super) fn remove_price(tx: &mut Conn, workspace: WorkspaceId, of: &Price) -> Result<bool> {
    let removed = tx.exec(
        "DELETE FROM price WHERE workspace = $1 AND product = $2 AND country = $3",
        args![workspace, of.product, of.country],
    )?;
    Ok(removed == 1)
}
