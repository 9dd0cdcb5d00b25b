//! With what and with whom a caller may connect a conversation: what they belong to, and whom they know from there.
//! An agent may everything that exists. Otherwise a stranger's id would be a way to write to them.

use crate::membership::{self, Aggregate};
use crate::person::{self, Kind};
use crate::{Cx, Error, PersonId, Result};

/// Aggregates that people are members of; of the others nothing is known here but their ids.
const WITH_MEMBERS: [(&str, &str); 3] =
    [("customer", "customer"), ("project", "project"), ("project", "placementgroup")];

/// The caller may let the members of `aggregate` see a conversation; the person, when it is one.
pub(super) fn share(cx: &mut Cx<'_>, aggregate: &Aggregate) -> Result<Option<PersonId>> {
    let refused =
        || Error::invalid("sharedWith", "There is nothing by this id that you could share it with.");
    aggregate.check()?;
    if is_user(aggregate) {
        let id = aggregate.id.parse().map_err(|_| refused())?;
        return if knows(cx, id)? { Ok(Some(id)) } else { Err(refused()) };
    }
    if belongs(cx, aggregate)? { Ok(None) } else { Err(refused()) }
}

/// The caller may say that a conversation is about `aggregate`.
pub(super) fn relate(cx: &mut Cx<'_>, aggregate: &Aggregate) -> Result<()> {
    aggregate.check()?;
    let may = match aggregate.id.parse() {
        Ok(id) if is_user(aggregate) => knows(cx, id)?,
        Err(_) if is_user(aggregate) => false,
        _ if has_members(aggregate) => belongs(cx, aggregate)?,
        _ => true,
    };
    let problem = "There is nothing by this id that your conversation could be about.";
    if may { Ok(()) } else { Err(Error::invalid("relatedTo", problem)) }
}

/// The caller may begin a conversation for `person`.
pub(super) fn begin_for(cx: &mut Cx<'_>, person: PersonId) -> Result<()> {
    let problem = "There is nobody by this id for whom you could begin a conversation.";
    if knows(cx, person)? { Ok(()) } else { Err(Error::invalid("mainUserId", problem)) }
}

fn is_user(aggregate: &Aggregate) -> bool {
    aggregate.domain == "user" && aggregate.kind == "user"
}

fn has_members(aggregate: &Aggregate) -> bool {
    WITH_MEMBERS.contains(&(&*aggregate.domain, &*aggregate.kind))
}

fn belongs(cx: &mut Cx<'_>, aggregate: &Aggregate) -> Result<bool> {
    let caller = cx.caller()?;
    Ok(caller.kind == Kind::Agent || membership::has(cx, caller.person, aggregate)?)
}

/// Oneself, an agent, or somebody who belongs to something that the caller belongs to as well; for an agent anybody.
fn knows(cx: &mut Cx<'_>, id: PersonId) -> Result<bool> {
    let caller = cx.caller()?;
    let person = match person::get(cx, id) {
        Err(Error::NotFound) => return Ok(false),
        found => found?,
    };
    let obvious = id == caller.person || Kind::Agent == caller.kind || Kind::Agent == person.kind;
    Ok(person.active && (obvious || membership::share_one(cx, caller.person, id)?))
}
