//! Preferences: who looks after a customer's conversations, by their category.

mod store;

use crate::membership::{self, Aggregate};
use crate::person::{self, Kind};
use crate::{CategoryId, Cx, Error, PersonId, Result, category};

/// How many a customer has, at most.
const PER_CUSTOMER_MAX: usize = 300;

/// Who looks after a customer's conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    /// Who looks after those of a category, in order of category.
    pub by_category: Vec<(CategoryId, PersonId)>,
    /// Who looks after all others.
    pub fallback: Option<PersonId>,
}

/// That somebody looks after a customer's conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// The customer's id in the workspace's own world.
    pub customer: String,
    /// Of which category; of any other, when this is `None`.
    pub category: Option<CategoryId>,
    /// Who.
    pub person: PersonId,
}

/// Who looks after a customer's conversations. [`Error::NotFound`] for everybody but agents and the customer's members,
/// and for a customer of whom nothing is known.
pub fn of_customer(cx: &mut Cx<'_>, customer: &str) -> Result<Preferences> {
    let caller = cx.caller()?;
    let aggregate = aggregate(customer);
    let known = store::of_customer(cx.tx, caller.workspace, customer)?;
    let may = match caller.kind {
        Kind::Agent => !known.is_empty() || !membership::members(cx, &aggregate)?.is_empty(),
        Kind::Customer | Kind::Contact | Kind::Bot => membership::has(cx, caller.person, &aggregate)?,
    };
    if !may {
        return Err(Error::NotFound);
    }
    let mut preferences = Preferences::default();
    for Preference { category, person, .. } in known {
        match category {
            Some(category) => preferences.by_category.push((category, person)),
            None => preferences.fallback = Some(person),
        }
    }
    Ok(preferences)
}

/// Who looks after a conversation of this customer and this category, if anybody does who is still active.
pub fn preferred(cx: &mut Cx<'_>, customer: &str, category: CategoryId) -> Result<Option<PersonId>> {
    let workspace = cx.workspace()?;
    store::preferred(cx.tx, workspace, customer, category)
}

/// Lets somebody look after a customer's conversations in the operator's workspace, in place of whoever did.
/// [`Error::NotFound`] for a person of another workspace, [`Error::Invalid`] for a customer that is none, an unknown
/// category, or a person who is no agent.
pub fn set(cx: &mut Cx<'_>, new: &Preference) -> Result<()> {
    let workspace = cx.operator()?;
    aggregate(&new.customer).check()?;
    if person::get(cx, new.person)?.kind != Kind::Agent {
        return Err(Error::invalid("person", "Only an agent looks after conversations."));
    }
    new.category.map(|id| category::known(cx, id)).transpose()?;
    let kept = store::of_customer(cx.tx, workspace, &new.customer)?;
    if kept.len() >= PER_CUSTOMER_MAX {
        return Err(Error::Conflict(format!("A customer has at most {PER_CUSTOMER_MAX} preferences.")));
    }
    store::put(cx.tx, workspace, new)
}

/// Nobody in particular looks after them any more; [`Error::NotFound`] when nobody did.
pub fn remove(cx: &mut Cx<'_>, customer: &str, category: Option<CategoryId>) -> Result<()> {
    let workspace = cx.operator()?;
    if store::delete(cx.tx, workspace, customer, category)? { Ok(()) } else { Err(Error::NotFound) }
}

/// Preferences of the operator's workspace after that of the customer and category `after`, at most `limit`.
pub fn page(
    cx: &mut Cx<'_>,
    after: Option<(&str, Option<CategoryId>)>,
    limit: i64,
) -> Result<Vec<Preference>> {
    let workspace = cx.operator()?;
    store::page(cx.tx, workspace, after, limit)
}

fn aggregate(customer: &str) -> Aggregate {
    Aggregate { domain: "customer".into(), kind: "customer".into(), id: customer.to_owned() }
}
