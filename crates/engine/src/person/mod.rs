//! People: everybody who takes part, whatever they are called outside: users, agents, contacts, bots.

mod agent;
mod profile;
mod store;

use crate::db::stored_enum;
use crate::event;
use crate::workspace::{self, Workspace};
use crate::{Cx, Error, FileId, PersonId, Result, Time};

pub use agent::{Agent, agents, has_email};
pub use profile::{Profile, profile};
pub(crate) use store::{columns, read};

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Our id.
    pub id: PersonId,
    /// What they are to the workspace.
    pub kind: Kind,
    /// What is known of them.
    pub facts: Facts,
    /// False for somebody who may no longer do anything.
    pub active: bool,
    /// When they joined the marketplace.
    pub joined_at: Time,
    /// The picture of themselves that they uploaded here.
    pub avatar_file: Option<FileId>,
}

stored_enum! {
    /// What a person is to the workspace.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub enum Kind as "a person of kind" {
        /// A user of the workspace's product.
        #[default]
        Customer = "customer",
        /// Somebody who answers; sees every conversation of the workspace.
        Agent = "agent",
        /// Somebody known by an address alone.
        Contact = "contact",
        /// A program.
        Bot = "bot",
    }
}

/// The workspace itself, where it speaks.
pub const HOUSE: PersonId = PersonId(uuid::Uuid::from_u128(0x0000_0000_0000_7000_8000_7061_726c_616e));

/// What is known of a person; everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The caller's own id for them, at most 200 characters, unique in the workspace.
    pub external_id: Option<String>,
    /// At most 200 characters.
    pub username: Option<String>,
    /// At most 200 characters.
    pub name: Option<String>,
    /// At most 320 characters.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// A URL, at most 2,000 characters.
    pub avatar: Option<String>,
    /// A URL, at most 2,000 characters.
    pub cover: Option<String>,
    /// What they say of themselves, at most 5,000 characters.
    pub profile: Option<String>,
    /// How many reviews they have had.
    pub reviews: Option<i64>,
    /// Mean of their reviews, in thousandths: 4,900 is 4.9.
    pub rating_milli: Option<i64>,
    /// The marketplace's score of them, in thousandths.
    pub score_milli: Option<i64>,
    /// How much they have sold.
    pub sales: Option<i64>,
    /// How much they have bought.
    pub purchases: Option<i64>,
}

/// Somebody new, or what is new about somebody.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What they are; a new person is a customer unless this says otherwise.
    pub kind: Option<Kind>,
    /// `None` in here leaves a fact as it is.
    pub facts: Facts,
    /// A new person is active unless this says otherwise.
    pub active: Option<bool>,
    /// A new person joined now unless this says otherwise.
    pub joined_at: Option<Time>,
}

/// Adds a person. [`Error::Conflict`] when the external id is taken, [`Error::Invalid`] for a fact that is none.
pub fn add(cx: &mut Cx<'_>, new: &Change) -> Result<Person> {
    cx.operator()?;
    check(&new.facts)?;
    insert(cx, new.clone())?
        .ok_or_else(|| Error::Conflict("There is already a person with this external id.".into()))
}

/// Changes what is known of a person; a deactivated one can do nothing from now on.
pub fn set(cx: &mut Cx<'_>, id: PersonId, change: &Change) -> Result<Person> {
    cx.operator()?;
    check(&change.facts)?;
    let person = get(cx, id)?;
    let holder = taken_by(cx, change.facts.external_id.as_deref())?;
    if holder.is_some_and(|other| other != id) {
        return Err(Error::Conflict("There is already a person with this external id.".into()));
    }
    update(cx, person, change.clone())
}

/// Adds or changes by external id, as an import does: those who are known change, the others are new.
/// How many were new. [`Error::Invalid`] when one has no external id; then nobody is changed.
pub fn import(cx: &mut Cx<'_>, people: &[Change]) -> Result<usize> {
    cx.operator()?;
    let ids: Vec<&str> = people.iter().map(importable).collect::<Result<_>>()?;
    let mut known = store::by_external_ids(cx.tx, cx.workspace()?, &ids)?;
    let mut added = 0;
    for (id, change) in ids.into_iter().zip(people) {
        let person = match known.remove(id) {
            Some(person) => update(cx, person, change.clone())?,
            None => {
                added += 1;
                insert(cx, change.clone())?.ok_or_else(added_twice)?
            }
        };
        // Somebody may come twice in one import; the later line then changes what the earlier one said.
        known.insert(id.to_owned(), person);
    }
    Ok(added)
}

/// The external id of somebody who can be imported.
fn importable(change: &Change) -> Result<&str> {
    check(&change.facts)?;
    let external_id = change.facts.external_id.as_deref();
    external_id.ok_or_else(|| Error::invalid("external_id", "An import needs one for everybody."))
}

/// Somebody of the caller's workspace, or [`Error::NotFound`].
pub fn get(cx: &mut Cx<'_>, id: PersonId) -> Result<Person> {
    store::get(cx.tx, cx.workspace()?, id)?.ok_or(Error::NotFound)
}

/// Something changed that pages kept of the workspace show or depend on: what people are called, what they belong to.
pub(crate) fn touched(cx: &mut Cx<'_>) -> Result<()> {
    let workspace = cx.workspace()?;
    store::people_changed(cx.tx, workspace)
}

/// A given and a family name as one, of which either may be empty; `None` when both are.
pub(crate) fn full_name(first: &str, last: &str) -> Option<String> {
    let name = format!("{first} {last}").trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// Adds somebody who is known by an address alone.
pub(crate) fn add_contact(cx: &mut Cx<'_>, facts: Facts) -> Result<PersonId> {
    let new = insert(cx, Change { kind: Some(Kind::Contact), facts, ..Change::default() })?;
    new.map(|person| person.id).ok_or_else(added_twice)
}

/// Lets a contact be known by this name, e-mail address and phone number; what is missing is known no longer.
pub(crate) fn set_contact(cx: &mut Cx<'_>, id: PersonId, facts: Facts) -> Result<()> {
    let mut person = get(cx, id)?;
    (person.facts.name, person.facts.email, person.facts.phone) = (facts.name, facts.email, facts.phone);
    store::update(cx.tx, cx.workspace()?, &person)?;
    cx.emit(event::Kind::PersonChanged, |e| event::Event { person: Some(id), ..e });
    Ok(())
}

/// Who says what the workspace itself says: a bot of its name, under the same id in every workspace. It is there from
/// the first time that it has something to say.
pub(crate) fn house(cx: &mut Cx<'_>, workspace: &Workspace) -> Result<PersonId> {
    if store::get(cx.tx, workspace.id, HOUSE)?.is_none() {
        let facts = Facts { name: Some(workspace.name.clone()), ..Facts::default() };
        insert_as(cx, HOUSE, Change { kind: Some(Kind::Bot), facts, ..Change::default() })?;
    }
    Ok(HOUSE)
}

/// Those of the caller's workspace who have one of these ids, each once.
pub(crate) fn by_ids(cx: &mut Cx<'_>, ids: impl Iterator<Item = PersonId>) -> Result<Vec<Person>> {
    let workspace = cx.workspace()?;
    let mut ids: Vec<PersonId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    store::by_ids(cx.tx, workspace, &ids)
}

/// Gives a person this picture; which one they had before.
pub(crate) fn set_avatar(cx: &mut Cx<'_>, id: PersonId, file: FileId) -> Result<Option<FileId>> {
    let before = get(cx, id)?;
    store::set_avatar(cx.tx, cx.workspace()?, id, file)?;
    cx.emit(event::Kind::PersonChanged, |e| event::Event { person: Some(id), ..e });
    Ok(before.avatar_file)
}

/// Somebody of the caller's workspace by their external id or, failing that, by ours.
pub fn by_reference(cx: &mut Cx<'_>, reference: &str) -> Result<Person> {
    let workspace = cx.workspace()?;
    match store::by_external_id(cx.tx, workspace, reference)? {
        Some(person) => Ok(person),
        None => get(cx, reference.parse()?),
    }
}

/// People with an id above `after`, in order of id, at most `limit`.
pub fn page(cx: &mut Cx<'_>, after: Option<PersonId>, limit: i64) -> Result<Vec<Person>> {
    cx.operator()?;
    store::page(cx.tx, cx.workspace()?, after, limit)
}

/// The person a signed JWT vouches for: the one there is, or a new customer with the facts of its claims. Somebody
/// who was named before they came gets to be known by the claims; whoever is known already stays as they are.
pub fn vouched_for(cx: &mut Cx<'_>, facts: Facts) -> Result<PersonId> {
    cx.operator()?;
    check(&facts)?;
    let id = first_contact(cx, facts.clone())?;
    let person = get(cx, id)?;
    if person.facts.is_unnamed() {
        update(cx, person, Change { facts, ..Change::default() })?;
    }
    Ok(id)
}

/// The person somebody names before they have ever come: created when the workspace's people come by JWT,
/// because then it is their own backend that knows who exists. [`Error::NotFound`] in other workspaces.
pub(crate) fn by_reference_or_new(cx: &mut Cx<'_>, reference: &str) -> Result<PersonId> {
    match by_reference(cx, reference) {
        Err(Error::NotFound) if workspace::mine(cx)?.jwt.is_some() => {
            let facts = Facts { external_id: Some(reference.to_owned()), ..Facts::default() };
            check(&facts)?;
            first_contact(cx, facts)
        }
        found => found.map(|person| person.id),
    }
}

fn first_contact(cx: &mut Cx<'_>, facts: Facts) -> Result<PersonId> {
    let external_id = facts.external_id.clone().unwrap_or_default();
    if let Some(known) = taken_by(cx, Some(&external_id))? {
        return Ok(known);
    }
    let new = insert(cx, Change { facts, ..Change::default() })?;
    new.map(|person| person.id).ok_or_else(added_twice)
}

fn added_twice() -> Error {
    Error::Internal("a person was added twice at once".into())
}

fn taken_by(cx: &mut Cx<'_>, external_id: Option<&str>) -> Result<Option<PersonId>> {
    let Some(external_id) = external_id else { return Ok(None) };
    Ok(store::by_external_id(cx.tx, cx.workspace()?, external_id)?.map(|person| person.id))
}

/// `None` when the external id is taken.
fn insert(cx: &mut Cx<'_>, new: Change) -> Result<Option<Person>> {
    let id = PersonId(cx.uuid());
    insert_as(cx, id, new)
}

fn insert_as(cx: &mut Cx<'_>, id: PersonId, mut new: Change) -> Result<Option<Person>> {
    let facts = &mut new.facts;
    for figure in [
        &mut facts.reviews,
        &mut facts.rating_milli,
        &mut facts.score_milli,
        &mut facts.sales,
        &mut facts.purchases,
    ] {
        figure.get_or_insert(0);
    }
    let person = Person {
        id,
        kind: new.kind.unwrap_or_default(),
        facts: new.facts,
        active: new.active.unwrap_or(true),
        joined_at: new.joined_at.unwrap_or(cx.now),
        avatar_file: None,
    };
    if !store::insert(cx.tx, cx.workspace()?, &person, cx.now)? {
        return Ok(None);
    }
    cx.emit(event::Kind::PersonAdded, |e| event::Event { person: Some(person.id), ..e });
    Ok(Some(person))
}

fn update(cx: &mut Cx<'_>, mut person: Person, change: Change) -> Result<Person> {
    let before = person.clone();
    person.kind = change.kind.unwrap_or(person.kind);
    person.active = change.active.unwrap_or(person.active);
    person.joined_at = change.joined_at.unwrap_or(person.joined_at);
    person.facts.overlay(change.facts);
    if person != before {
        store::update(cx.tx, cx.workspace()?, &person)?;
        cx.emit(event::Kind::PersonChanged, |e| event::Event { person: Some(person.id), ..e });
    }
    Ok(person)
}

impl Facts {
    /// Whether they say nothing by which somebody is known to others.
    fn is_unnamed(&self) -> bool {
        [&self.username, &self.name, &self.email, &self.avatar].iter().all(|fact| fact.is_none())
    }

    fn overlay(&mut self, new: Facts) {
        fn put<T>(old: &mut Option<T>, new: Option<T>) {
            if new.is_some() {
                *old = new;
            }
        }
        put(&mut self.external_id, new.external_id);
        put(&mut self.username, new.username);
        put(&mut self.name, new.name);
        put(&mut self.email, new.email);
        put(&mut self.phone, new.phone);
        put(&mut self.avatar, new.avatar);
        put(&mut self.cover, new.cover);
        put(&mut self.profile, new.profile);
        put(&mut self.reviews, new.reviews);
        put(&mut self.rating_milli, new.rating_milli);
        put(&mut self.score_milli, new.score_milli);
        put(&mut self.sales, new.sales);
        put(&mut self.purchases, new.purchases);
    }
}

/// [`Error::Invalid`] for the first fact that is none: what every verb here says, before it is asked.
pub fn check(facts: &Facts) -> Result<()> {
    text("external_id", facts.external_id.as_deref(), 200)?;
    text("username", facts.username.as_deref(), 200)?;
    text("name", facts.name.as_deref(), 200)?;
    text("email", facts.email.as_deref(), 320)?;
    text("phone", facts.phone.as_deref(), 32)?;
    text("avatar", facts.avatar.as_deref(), 2_000)?;
    text("cover", facts.cover.as_deref(), 2_000)?;
    text("profile", facts.profile.as_deref(), 5_000)?;
    let figures = [facts.reviews, facts.rating_milli, facts.score_milli, facts.sales, facts.purchases];
    match figures.iter().flatten().any(|figure| *figure < 0) {
        true => Err(Error::invalid("figures", "Reviews, rating, score, sales and purchases are 0 or more.")),
        false => Ok(()),
    }
}

/// A fact is a line of text, or for `profile` several: never empty, never with control characters.
fn text(field: &'static str, value: Option<&str>, chars_max: usize) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    let odd = |c: char| c.is_control() && !(field == "profile" && matches!(c, '\n' | '\t'));
    let fits = (1..=chars_max).contains(&value.chars().count()) && !value.chars().any(odd);
    let problem = || format!("This must be 1 to {chars_max} characters of text without control characters.");
    if fits { Ok(()) } else { Err(Error::invalid(field, problem())) }
}

impl std::str::FromStr for Kind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Kind> {
        let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| Error::invalid("kind", "A person is a customer, an agent, a contact or a bot."))
    }
}
