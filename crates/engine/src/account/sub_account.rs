//! Sub-accounts: agents with a login, a token and parameters of their own.

use super::{Parameters, store};
use crate::credential::password::{self, Hash};
use crate::credential::token;
use crate::person::{self, Change as PersonChange, Facts, Kind};
use crate::{Cx, Error, PersonId, Result, Time, contact};

/// How many a workspace has, at most; octopush contract §0.
pub const SUB_ACCOUNTS_MAX: usize = 20;

/// The longest name of a person or a company, in characters.
const NAME_CHARS_MAX: usize = 90;

/// A sub-account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubAccount {
    /// Whose it is.
    pub person: PersonId,
    /// Their e-mail address, in lower case, which names the sub-account.
    pub email: String,
    /// Their given name.
    pub first_name: String,
    /// Their family name.
    pub last_name: String,
    /// For whom they work; may be empty.
    pub company_name: String,
    /// Since when.
    pub created_at: Time,
    /// What the sub-account has said for itself.
    pub parameters: Parameters,
}

/// A sub-account that shall be.
#[derive(Clone)]
pub struct New {
    /// Its e-mail address.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// May be empty.
    pub company_name: String,
    /// With it, one can log in.
    pub password: Option<Hash>,
    /// What it says for itself.
    pub parameters: Parameters,
}

/// What is new about a sub-account; `None` leaves something as it is.
#[derive(Clone, Default)]
pub struct Change {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// May be empty.
    pub company_name: Option<String>,
    /// In place of the one it had.
    pub password: Option<Hash>,
    /// What it says from now on; what is not named stays as it is.
    pub parameters: Parameters,
}

/// Makes a sub-account, and its token, which is given here and never again. [`Error::Forbidden`] for everybody but the
/// operator and agents who have no sub-account themselves; [`Error::Invalid`] for a name, an address or a parameter that
/// is none; [`Error::Conflict`] when the address is taken, or there are [`SUB_ACCOUNTS_MAX`].
pub fn create(cx: &mut Cx<'_>, new: &New) -> Result<(SubAccount, String)> {
    may_change(cx)?;
    let workspace = cx.workspace()?;
    let email = address(&new.email)?;
    let others = store::sub_accounts(cx.tx, workspace)?;
    if others.iter().any(|other| other.email == email) {
        return Err(Error::Conflict(format!("There is already a sub-account of {email}.")));
    }
    if others.len() >= SUB_ACCOUNTS_MAX {
        return Err(Error::Conflict(format!("There are at most {SUB_ACCOUNTS_MAX} sub-accounts.")));
    }
    let [first_name, last_name, company_name] = [
        name("first_name", &new.first_name)?,
        name("last_name", &new.last_name)?,
        name("company_name", &new.company_name)?,
    ];
    let facts = Facts {
        email: Some(email.clone()),
        name: person::full_name(&first_name, &last_name),
        ..Facts::default()
    };
    let (person, secret) = cx.as_operator(|cx| hire(cx, facts, new.password.as_ref()))?;
    let (created_at, parameters) = (cx.now, Parameters::new());
    let account = SubAccount { person, email, first_name, last_name, company_name, created_at, parameters };
    store::put_sub_account(cx.tx, workspace, &account)?;
    super::set(cx, Some(person), &new.parameters)?;
    Ok((with_parameters(cx, account)?, secret))
}

/// The agent behind a new sub-account, and their token.
fn hire(cx: &mut Cx<'_>, facts: Facts, password: Option<&Hash>) -> Result<(PersonId, String)> {
    let email = facts.email.clone().unwrap_or_default();
    let new = PersonChange { kind: Some(Kind::Agent), facts, ..PersonChange::default() };
    let person = person::add(cx, &new)?.id;
    password.map_or(Ok(()), |hash| password::set(cx, person, &email, hash))?;
    let label = Some("sub-account".to_owned());
    let (_, secret) = token::add(cx, &token::New { person, label, can_write: true, expires_at: None })?;
    Ok((person, secret))
}

/// Changes a sub-account. Errors as for [`create`], and [`Error::NotFound`] when there is none of this address. Whoever
/// has the sub-account may change it as well.
pub fn edit(cx: &mut Cx<'_>, email: &str, change: &Change) -> Result<SubAccount> {
    let mut account = get(cx, email)?;
    cx.may_write()?;
    for (field, part, new) in [
        ("first_name", &mut account.first_name, &change.first_name),
        ("last_name", &mut account.last_name, &change.last_name),
        ("company_name", &mut account.company_name, &change.company_name),
    ] {
        if let Some(new) = new {
            *part = name(field, new)?;
        }
    }
    let workspace = cx.workspace()?;
    store::put_sub_account(cx.tx, workspace, &account)?;
    cx.as_operator(|cx| {
        let name = person::full_name(&account.first_name, &account.last_name);
        let facts = Facts { name, ..Facts::default() };
        person::set(cx, account.person, &PersonChange { facts, ..PersonChange::default() })?;
        let password = change.password.as_ref();
        password.map_or(Ok(()), |hash| password::set(cx, account.person, &account.email, hash))
    })?;
    super::set(cx, Some(account.person), &change.parameters)?;
    with_parameters(cx, account)
}

/// The sub-account of this address. [`Error::NotFound`] when there is none, or it is neither the caller's own nor the
/// caller's to change.
pub fn get(cx: &mut Cx<'_>, email: &str) -> Result<SubAccount> {
    let workspace = cx.workspace()?;
    let email = email.trim().to_lowercase();
    let all = store::sub_accounts(cx.tx, workspace)?;
    let account = all.into_iter().find(|account| account.email == email).ok_or(Error::NotFound)?;
    let is_own = cx.caller().is_ok_and(|caller| caller.person == account.person);
    if !is_own && !matches!(super::mine(cx), Ok(None)) {
        return Err(Error::NotFound);
    }
    with_parameters(cx, account)
}

fn with_parameters(cx: &mut Cx<'_>, mut account: SubAccount) -> Result<SubAccount> {
    account.parameters = super::of(cx, Some(account.person))?;
    Ok(account)
}

/// Whether the caller speaks for the workspace's own account.
fn may_change(cx: &mut Cx<'_>) -> Result<()> {
    cx.may_write()?;
    match super::mine(cx)? {
        None => Ok(()),
        Some(_) => Err(Error::Forbidden("A sub-account has no sub-accounts.")),
    }
}

fn name(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        let problem = format!("A name has at most {NAME_CHARS_MAX} characters and no control characters.");
        return Err(Error::invalid(field, problem));
    }
    Ok(text.to_owned())
}

/// An e-mail address as it is stored. One that is reached from elsewhere: its host has a domain.
fn address(text: &str) -> Result<String> {
    let has_domain = |address: &String| address.rsplit('@').next().is_some_and(|host| host.contains('.'));
    let address = contact::email(text).filter(has_domain);
    address.ok_or_else(|| Error::invalid("email", "This is no e-mail address."))
}
