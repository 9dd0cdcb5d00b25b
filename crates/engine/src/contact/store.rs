//! The statements of this room; it owns the tables `contact`, `contact_list` and `contact_list_member`.

use super::list::Kind;
use super::{Address, Contact};
use crate::db::{Conn, Row, args};
use crate::{PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of a contact under the alias `k`.
macro_rules! columns {
    () => {
        "k.person, k.phone, k.email, k.page, k.first_name, k.last_name, k.param1, k.param2, k.param3, k.param4, k.param5"
    };
}
pub(crate) use columns;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Contact> {
    Ok(Contact {
        person: row.get()?,
        phone: row.get()?,
        email: row.get()?,
        page: row.get()?,
        first_name: row.get()?,
        last_name: row.get()?,
        params: [row.get()?, row.get()?, row.get()?, row.get()?, row.get()?],
    })
}

/// The contact of workspace `$1` whose given column is `$2`.
macro_rules! by {
    ($column:literal) => {
        concat!("SELECT ", columns!(), " FROM contact k WHERE k.workspace = $1 AND k.", $column, " = $2")
    };
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<Option<Contact>> {
    tx.maybe(by!("person"), args![workspace, person], read)
}

pub(super) fn by_address(
    tx: &mut Conn,
    workspace: WorkspaceId,
    address: &Address,
) -> Result<Option<Contact>> {
    let (sql, address) = match address {
        Address::Phone(phone) => (by!("phone"), phone),
        Address::Email(email) => (by!("email"), email),
        Address::Page(page) => (by!("page"), page),
    };
    tx.maybe(sql, args![workspace, address], read)
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, c: &Contact, now: Time) -> Result<()> {
    let [one, two, three, four, five] = &c.params;
    tx.exec(
        "INSERT INTO contact (workspace, person, phone, email, page, first_name, last_name, param1, param2, param3,
                              param4, param5, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            workspace, c.person, c.phone, c.email, c.page, c.first_name, c.last_name, one, two, three, four,
            five, now
        ],
    )?;
    Ok(())
}

pub(super) fn update(tx: &mut Conn, workspace: WorkspaceId, c: &Contact) -> Result<()> {
    let [one, two, three, four, five] = &c.params;
    tx.exec(
        "UPDATE contact SET phone = $3, email = $4, first_name = $5, last_name = $6, param1 = $7, param2 = $8,
                param3 = $9, param4 = $10, param5 = $11 WHERE workspace = $1 AND person = $2",
        args![workspace, c.person, c.phone, c.email, c.first_name, c.last_name, one, two, three, four, five],
    )?;
    Ok(())
}

/// False when there is one of this name.
pub(super) fn insert_list(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (kind, name): (Kind, &str),
    now: Time,
) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO contact_list (workspace, kind, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, kind, name) DO NOTHING",
        args![workspace, kind, name, now],
    )?;
    Ok(inserted == 1)
}

pub(super) fn has_list(tx: &mut Conn, workspace: WorkspaceId, kind: Kind, name: &str) -> Result<bool> {
    let found: i64 = tx.scalar(
        "SELECT COUNT(*) FROM contact_list WHERE workspace = $1 AND kind = $2 AND name = $3",
        args![workspace, kind, name],
    )?;
    Ok(found > 0)
}

pub(super) fn delete_list(tx: &mut Conn, workspace: WorkspaceId, kind: Kind, name: &str) -> Result<()> {
    let sql = "DELETE FROM contact_list WHERE workspace = $1 AND kind = $2 AND name = $3";
    tx.exec(sql, args![workspace, kind, name])?;
    Ok(())
}

/// Takes everybody off a list.
pub(super) fn clear(tx: &mut Conn, workspace: WorkspaceId, kind: Kind, name: &str) -> Result<()> {
    let sql = "DELETE FROM contact_list_member WHERE workspace = $1 AND kind = $2 AND name = $3";
    tx.exec(sql, args![workspace, kind, name])?;
    Ok(())
}

pub(super) fn add_to(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (kind, name): (Kind, &str),
    person: PersonId,
) -> Result<()> {
    tx.exec(
        "INSERT INTO contact_list_member (workspace, kind, name, person) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, kind, name, person) DO NOTHING",
        args![workspace, kind, name, person],
    )?;
    Ok(())
}

pub(super) fn take_from(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (kind, name): (Kind, &str),
    person: PersonId,
) -> Result<()> {
    tx.exec(
        "DELETE FROM contact_list_member WHERE workspace = $1 AND kind = $2 AND name = $3 AND person = $4",
        args![workspace, kind, name, person],
    )?;
    Ok(())
}

/// Takes somebody off every list.
pub(super) fn unlist(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<()> {
    let sql = "DELETE FROM contact_list_member WHERE workspace = $1 AND person = $2";
    tx.exec(sql, args![workspace, person])?;
    Ok(())
}

/// Those of a list who come after somebody.
pub(super) struct From<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) after: Option<PersonId>,
}

pub(super) fn members(
    tx: &mut Conn,
    workspace: WorkspaceId,
    from: &From<'_>,
    limit: i64,
) -> Result<Vec<Contact>> {
    let after = from.after.map(|id| id.to_string()).unwrap_or_default();
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM contact_list_member m CROSS JOIN contact k
             WHERE m.workspace = $1 AND m.kind = $2 AND m.name = $3 AND m.person > $4
               AND k.workspace = m.workspace AND k.person = m.person ORDER BY m.person LIMIT $5"
        ),
        args![workspace, from.kind, from.name, after, limit],
        read,
    )
}
