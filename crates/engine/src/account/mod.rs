//! Accounts: what a workspace has said of how it wants to be called back and warned, and the sub-accounts in it that say
//! so for themselves. The names are those of the octopush contract §2.4.

mod parameter;
mod store;
pub mod sub_account;

pub use parameter::{Parameter, Parameters, URLS_MAX};

use crate::{Cx, PersonId, Result, workspace};

/// Whose parameters: those of the workspace, or of somebody who has a sub-account in it.
type Account = Option<PersonId>;

/// What the caller's account has said: that of the workspace, unless the caller has a sub-account.
/// [`crate::Error::Forbidden`] for everybody but agents and the operator.
pub fn parameters(cx: &mut Cx<'_>) -> Result<Parameters> {
    let account = mine(cx)?;
    of(cx, account)
}

/// Says something new for the caller's account; an empty value takes back what was said. What is not named stays as it
/// is. [`crate::Error::Forbidden`] as for [`parameters`], [`crate::Error::Invalid`] for a value that is none.
pub fn set_parameters(cx: &mut Cx<'_>, new: &Parameters) -> Result<()> {
    let account = mine(cx)?;
    cx.may_write()?;
    set(cx, account, new)
}

/// What the workspace and each of its sub-accounts have said of these parameters.
pub(crate) fn said(
    cx: &mut Cx<'_>,
    parameters: [Parameter; 3],
) -> Result<Vec<(Option<PersonId>, Parameter, String)>> {
    let workspace = cx.workspace()?;
    store::of_all(cx.tx, workspace, parameters)
}

/// Whether the caller has a sub-account, whose parameters are then meant.
fn mine(cx: &mut Cx<'_>) -> Result<Account> {
    let workspace = cx.staff()?;
    let Ok(caller) = cx.caller() else { return Ok(None) };
    let is_sub_account = store::sub_account(cx.tx, workspace, caller.person)?.is_some();
    Ok(is_sub_account.then_some(caller.person))
}

fn of(cx: &mut Cx<'_>, account: Account) -> Result<Parameters> {
    let workspace = cx.workspace()?;
    store::of(cx.tx, workspace, account)
}

fn set(cx: &mut Cx<'_>, account: Account, new: &Parameters) -> Result<()> {
    let workspace = cx.workspace()?;
    let country = workspace::mine(cx)?.country;
    let read = new.iter().map(|(parameter, value)| Ok((*parameter, parameter.read(value, &country)?)));
    for (parameter, value) in read.collect::<Result<Parameters>>()? {
        match value.as_str() {
            "" => store::delete(cx.tx, workspace, account, parameter)?,
            value => store::put(cx.tx, workspace, account, (parameter, value))?,
        }
    }
    Ok(())
}
