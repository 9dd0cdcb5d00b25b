//! The statements of this room.

use super::{Category, OWN_MAX, Reference};
use crate::db::{Conn, Row, args};
use crate::{Error, Result, WorkspaceId};

pub(super) fn list(tx: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Category>> {
    // Each built-in one may be here as well.
    let limit = (OWN_MAX + super::built_in().len()) as i64;
    tx.all(
        "SELECT id, name, reference_types, active FROM category WHERE workspace = $1 ORDER BY name LIMIT $2",
        args![workspace, limit],
        read,
    )
}

pub(super) fn put(tx: &mut Conn, workspace: WorkspaceId, c: &Category) -> Result<()> {
    let references: Vec<&str> = c.references.iter().map(|reference| reference.as_str()).collect();
    tx.exec(
        "INSERT INTO category (workspace, id, name, reference_types, active) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, id) DO UPDATE
         SET name = excluded.name, reference_types = excluded.reference_types, active = excluded.active",
        args![workspace, c.id, c.name, references.join(" "), c.active],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Category> {
    let (id, name, references) = (row.get()?, row.get()?, row.get::<String>()?);
    let damaged = |_| Error::Internal(format!("a category is about {references:?}"));
    let references: Result<Vec<Reference>> =
        references.split_whitespace().map(|one| one.parse().map_err(damaged)).collect();
    Ok(Category { id, name, references: references?, active: row.get()? })
}
