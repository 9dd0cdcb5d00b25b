//! A conversation as a ticket: what it is called, what it is about, who looks after it, who hears of it.
//!
//! Every conversation can be looked at like this. One that was begun here has no [`super::Source`].

mod found;
mod may;
mod page;
mod start;
mod store;

pub use found::found;
pub use page::{Listing, Order, PAGE_MAX, Page, Standing, page};
pub use start::{New, Request, Service, request, start};

use std::str::FromStr;

use super::{Conversation, seen};
use crate::event;
use crate::membership::{self, Aggregate};
use crate::person::{self, Person};
use crate::{
    CategoryId, ConversationId, Cx, Error, PersonId, Result, Time, category, legible, participant, sanitise,
};

/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 255;

/// The longest title that is made of a first message, in characters.
const MADE_TITLE_CHARS_MAX: usize = 80;

/// What a conversation is called while nothing was said in it and nobody gave it a title.
const UNTITLED: &str = "Conversation";

/// A conversation, and how it stands as a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The conversation.
    pub conversation: Conversation,
    /// What it is called.
    pub title: String,
    /// Of which sort it is.
    pub category: Option<CategoryId>,
    /// For whom it is above all.
    pub main_person: PersonId,
    /// What it is about.
    pub related_to: Option<Aggregate>,
    /// Which members of what it is shared with and about hear of it by e-mail.
    pub notification_roles: Vec<Role>,
    /// The newest message that everybody in it may see.
    pub last: Option<Last>,
}

/// Who spoke last, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Time,
}

/// A role in a customer's organisation or in a project (mittwald contract §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Owns the organisation.
    CustomerOwner,
    /// Keeps its books.
    CustomerAccountant,
    /// Belongs to it.
    CustomerMember,
    /// Owns the project.
    ProjectOwner,
    /// Looks after its mailboxes.
    ProjectEmailadmin,
    /// Helps from outside.
    ProjectExternal,
}

const ROLES: [(Role, &str); 6] = [
    (Role::CustomerOwner, "customer_owner"),
    (Role::CustomerAccountant, "customer_accountant"),
    (Role::CustomerMember, "customer_member"),
    (Role::ProjectOwner, "project_owner"),
    (Role::ProjectEmailadmin, "project_emailadmin"),
    (Role::ProjectExternal, "project_external"),
];

/// What shall be otherwise; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// 1 to [`TITLE_CHARS_MAX`] characters.
    pub title: Option<String>,
    /// A category of the workspace.
    pub category: Option<CategoryId>,
    /// What it is about.
    pub related_to: Option<Aggregate>,
}

/// Somebody who may see a conversation because they take part or because it is shared with something of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Whether they take part.
    pub takes_part: bool,
}

/// The id behind what a path names: our id, or the short id (mittwald contract §9). [`Error::NotFound`] when there is
/// no such conversation in the workspace. Whether the caller may see it is decided by what is done with it.
pub fn by_reference(cx: &mut Cx<'_>, reference: &str) -> Result<ConversationId> {
    let workspace = cx.workspace()?;
    if let Ok(id) = reference.to_ascii_lowercase().parse() {
        return Ok(id);
    }
    let plain = !reference.is_empty() && reference.bytes().all(|b| b.is_ascii_digit());
    let short_id = reference.parse().ok().filter(|_| plain).ok_or(Error::NotFound)?;
    super::store::by_short_id(cx.tx, workspace, short_id)?.ok_or(Error::NotFound)
}

/// One conversation that the caller may see.
pub fn get(cx: &mut Cx<'_>, id: ConversationId) -> Result<Page> {
    seen(cx, id)?;
    let ticket = store::get(cx.tx, cx.workspace()?, id)?.ok_or(Error::NotFound)?;
    page::complete(cx, vec![ticket], 1)
}

/// Changes what a conversation is called, of which category it is, or what it is about. Who sees it may.
pub fn change(cx: &mut Cx<'_>, id: ConversationId, change: &Change) -> Result<()> {
    let caller = cx.writer()?;
    let seen = seen(cx, id)?;
    let mut ticket = store::get(cx.tx, caller.workspace, id)?.ok_or(Error::NotFound)?;
    let before = ticket.clone();
    if let Some(title) = &change.title {
        let in_marketplace = seen.conversation.is_marketplace();
        ticket.title =
            checked_title(&if in_marketplace { sanitise::clean(title, seen.rules) } else { title.clone() })?;
    }
    if let Some(related_to) = &change.related_to {
        may::relate(cx, related_to)?;
        ticket.related_to = Some(related_to.clone());
    }
    if let Some(id) = change.category.filter(|id| ticket.category != Some(*id)) {
        ticket.category = Some(category::known(cx, id)?.id);
    }
    if ticket == before {
        return Ok(());
    }
    store::update(cx.tx, caller.workspace, &ticket)?;
    participant::touched(cx, id)?;
    cx.emit(event::Kind::ConversationChanged, |e| event::Event { conversation: Some(id), ..e });
    Ok(())
}

/// Who may see a conversation that the caller may see: first those who take part, then the other members of what it
/// is shared with. Agents who have not spoken are not named.
pub fn members(cx: &mut Cx<'_>, id: ConversationId) -> Result<Vec<Member>> {
    let conversation = seen(cx, id)?.conversation;
    let takes_part = participant::of(cx, id)?;
    let members = match &conversation.shared_with {
        Some(aggregate) => membership::members(cx, aggregate)?,
        None => Vec::new(),
    };
    let others: Vec<PersonId> = members.into_iter().filter(|id| !takes_part.contains(id)).collect();
    let people = person::by_ids(cx, takes_part.iter().chain(&others).copied())?;
    let find = |id: &PersonId| people.iter().find(|person| person.id == *id).cloned();
    let member = |takes_part| move |person| Member { person, takes_part };
    let those = takes_part.iter().filter_map(find).map(member(true));
    Ok(those.chain(others.iter().filter_map(find).map(member(false))).collect())
}

impl Ticket {
    /// Above what it is about: what it is shared with, when that is something else.
    #[must_use]
    pub fn relations(&self) -> Vec<&Aggregate> {
        let shared = self.conversation.shared_with.as_ref().filter(|shared| shared.kind != "user");
        let above =
            shared.filter(|shared| self.related_to.as_ref().is_some_and(|related| related != *shared));
        above.into_iter().collect()
    }

    /// Whether only those see it who were let in one by one, and agents.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.conversation.shared_with.as_ref().is_none_or(|shared| shared.kind == "user")
    }
}

impl Role {
    /// Its name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ROLES.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Role {
    type Err = Error;
    fn from_str(text: &str) -> Result<Role> {
        let known = ROLES.iter().find(|(_, name)| *name == text).map(|(role, _)| *role);
        known.ok_or_else(|| Error::invalid("notificationRoles", "There is no such role."))
    }
}

/// A title out of the first line of a message that says anything.
pub(super) fn title_of(body: &str) -> String {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or(UNTITLED);
    legible::line(line, MADE_TITLE_CHARS_MAX)
}

/// A title that somebody gave: on one line, and not empty.
fn checked_title(title: &str) -> Result<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=TITLE_CHARS_MAX).contains(&title.chars().count()) && !title.chars().any(char::is_control);
    let problem = format!("A title has 1 to {TITLE_CHARS_MAX} characters of text.");
    if fits { Ok(title) } else { Err(Error::invalid("title", problem)) }
}
