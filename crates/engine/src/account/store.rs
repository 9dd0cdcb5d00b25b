//! The statements of this room; it owns the tables `account_parameter` and `sub_account`. The workspace's own account
//! is an empty text in the first, so that it can be part of the key.

use super::sub_account::SubAccount;
use super::{Account, Parameter, Parameters};
use crate::db::{Conn, Row, args};
use crate::{Error, PersonId, Result, WorkspaceId};

pub(super) fn of(tx: &mut Conn, workspace: WorkspaceId, account: Account) -> Result<Parameters> {
    let found = tx.all(
        "SELECT name, value FROM account_parameter WHERE workspace = $1 AND account = $2 ORDER BY name",
        args![workspace, spelled(account)],
        |row| Ok((row.get()?, row.get()?)),
    )?;
    Ok(found.into_iter().collect())
}

/// What all accounts say of these three.
pub(super) fn of_all(
    tx: &mut Conn,
    workspace: WorkspaceId,
    [one, two, three]: [Parameter; 3],
) -> Result<Vec<(Account, Parameter, String)>> {
    tx.all(
        "SELECT account, name, value FROM account_parameter
         WHERE workspace = $1 AND name IN ($2, $3, $4) ORDER BY account, name",
        args![workspace, one, two, three],
        |row| {
            let account: String = row.get()?;
            let damaged = |_| Error::Internal(format!("a parameter is of the account {account:?}"));
            let account = if account.is_empty() { None } else { Some(account.parse().map_err(damaged)?) };
            Ok((account, row.get()?, row.get()?))
        },
    )
}

pub(super) fn put(
    tx: &mut Conn,
    workspace: WorkspaceId,
    account: Account,
    (parameter, value): (Parameter, &str),
) -> Result<()> {
    tx.exec(
        "INSERT INTO account_parameter (workspace, account, name, value) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, account, name) DO UPDATE SET value = excluded.value",
        args![workspace, spelled(account), parameter, value],
    )?;
    Ok(())
}

pub(super) fn delete(
    tx: &mut Conn,
    workspace: WorkspaceId,
    account: Account,
    parameter: Parameter,
) -> Result<()> {
    tx.exec(
        "DELETE FROM account_parameter WHERE workspace = $1 AND account = $2 AND name = $3",
        args![workspace, spelled(account), parameter],
    )?;
    Ok(())
}

fn spelled(account: Account) -> String {
    account.map(|person| person.to_string()).unwrap_or_default()
}

/// The sub-account of this person, without its parameters.
pub(super) fn sub_account(
    tx: &mut Conn,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<Option<SubAccount>> {
    tx.maybe(
        "SELECT s.person, COALESCE(p.email, ''), s.first_name, s.last_name, s.company_name, s.created_at
         FROM sub_account s JOIN person p ON p.workspace = s.workspace AND p.id = s.person
         WHERE s.workspace = $1 AND s.person = $2",
        args![workspace, person],
        read,
    )
}

/// All of them; there are few.
pub(super) fn sub_accounts(tx: &mut Conn, workspace: WorkspaceId) -> Result<Vec<SubAccount>> {
    tx.all(
        "SELECT s.person, COALESCE(p.email, ''), s.first_name, s.last_name, s.company_name, s.created_at
         FROM sub_account s CROSS JOIN person p
         WHERE s.workspace = $1 AND p.workspace = s.workspace AND p.id = s.person ORDER BY s.person",
        args![workspace],
        read,
    )
}

pub(super) fn put_sub_account(tx: &mut Conn, workspace: WorkspaceId, account: &SubAccount) -> Result<()> {
    tx.exec(
        "INSERT INTO sub_account (workspace, person, first_name, last_name, company_name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace, person) DO UPDATE SET first_name = excluded.first_name,
             last_name = excluded.last_name, company_name = excluded.company_name",
        args![
            workspace,
            account.person,
            account.first_name,
            account.last_name,
            account.company_name,
            account.created_at
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<SubAccount> {
    Ok(SubAccount {
        person: row.get()?,
        email: row.get()?,
        first_name: row.get()?,
        last_name: row.get()?,
        company_name: row.get()?,
        created_at: row.get()?,
        parameters: Parameters::new(),
    })
}
