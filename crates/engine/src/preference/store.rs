//! The statements of this room. No category is an empty text in the table, so that it can be part of the key.

use super::{PER_CUSTOMER_MAX, Preference};
use crate::db::{Conn, Row, args};
use crate::{CategoryId, Error, PersonId, Result, WorkspaceId};

pub(super) fn of_customer(tx: &mut Conn, workspace: WorkspaceId, customer: &str) -> Result<Vec<Preference>> {
    tx.all(
        "SELECT customer, category, person FROM preference
         WHERE workspace = $1 AND customer = $2 ORDER BY category LIMIT $3",
        args![workspace, customer, PER_CUSTOMER_MAX as i64],
        read,
    )
}

pub(super) fn preferred(
    tx: &mut Conn,
    workspace: WorkspaceId,
    customer: &str,
    category: CategoryId,
) -> Result<Option<PersonId>> {
    tx.maybe(
        "SELECT f.person FROM preference f
         JOIN person p ON p.workspace = f.workspace AND p.id = f.person AND p.active = 1
         WHERE f.workspace = $1 AND f.customer = $2 AND f.category IN ($3, '')
         ORDER BY f.category DESC LIMIT 1",
        args![workspace, customer, category],
        |row| row.get(),
    )
}

pub(super) fn put(tx: &mut Conn, workspace: WorkspaceId, new: &Preference) -> Result<()> {
    tx.exec(
        "INSERT INTO preference (workspace, customer, category, person) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, customer, category) DO UPDATE SET person = excluded.person",
        args![workspace, new.customer, spelled(new.category), new.person],
    )?;
    Ok(())
}

/// False when there was none.
pub(super) fn delete(
    tx: &mut Conn,
    workspace: WorkspaceId,
    customer: &str,
    category: Option<CategoryId>,
) -> Result<bool> {
    let deleted = tx.exec(
        "DELETE FROM preference WHERE workspace = $1 AND customer = $2 AND category = $3",
        args![workspace, customer, spelled(category)],
    )?;
    Ok(deleted == 1)
}

pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    after: Option<(&str, Option<CategoryId>)>,
    limit: i64,
) -> Result<Vec<Preference>> {
    // No customer's id is empty, so nothing comes before an empty one.
    let (customer, category) = after.unwrap_or(("", None));
    tx.all(
        "SELECT customer, category, person FROM preference
         WHERE workspace = $1 AND (customer, category) > ($2, $3) ORDER BY customer, category LIMIT $4",
        args![workspace, customer, spelled(category), limit],
        read,
    )
}

fn spelled(category: Option<CategoryId>) -> String {
    category.map(|id| id.to_string()).unwrap_or_default()
}

fn read(row: &Row<'_>) -> Result<Preference> {
    let (customer, category) = (row.get()?, row.get::<String>()?);
    let damaged = |_| Error::Internal(format!("a preference is of category {category:?}"));
    let category = (!category.is_empty()).then(|| category.parse().map_err(damaged)).transpose()?;
    Ok(Preference { customer, category, person: row.get()? })
}
