//! What one person may know of another.

use super::{Kind, Person, get};
use crate::credential::password;
use crate::membership::{self, Membership};
use crate::{Cx, Error, PersonId, Result, Time, participant};

/// Memberships of one profile, at most.
const MEMBERSHIPS_MAX: i64 = 1_000;

/// Somebody, as the caller may know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who; without address and phone number, unless the caller is an agent or looks at themselves.
    pub person: Person,
    /// Where they belong, for the same callers.
    pub memberships: Vec<Membership>,
    /// When their password was last changed; for themselves alone.
    pub password_changed_at: Option<Time>,
}

/// Somebody the caller may know of: themselves, whoever talks where they talk, and whoever belongs where they belong; an
/// agent knows everybody. [`Error::NotFound`] for all others.
pub fn profile(cx: &mut Cx<'_>, id: PersonId) -> Result<Profile> {
    let caller = cx.caller()?;
    let mut person = get(cx, id)?;
    let (is_oneself, is_open) = (id == caller.person, id == caller.person || caller.kind == Kind::Agent);
    let known =
        is_open || membership::share_one(cx, caller.person, id)? || participant::meet(cx, caller.person, id)?;
    if !known {
        return Err(Error::NotFound);
    }
    if !is_open {
        (person.facts.email, person.facts.phone) = (None, None);
        return Ok(Profile { person, memberships: Vec::new(), password_changed_at: None });
    }
    let memberships = membership::of_person(cx, id, None, MEMBERSHIPS_MAX)?;
    let password_changed_at = if is_oneself { password::changed_at(cx, id)? } else { None };
    Ok(Profile { person, memberships, password_changed_at })
}
