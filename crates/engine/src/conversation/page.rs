//! A person's conversations as a page, each with the people in it and the last thing said.

use super::{Conversation, columns, read, seen};
use crate::db::{Row, args};
use crate::message::{self, Message};
use crate::person::{self, Person};
use crate::{ConversationId, Cx, Error, PersonId, Result};

/// The most that one page gives, of conversations as of messages; what a caller asks beyond it is not given.
pub const PAGE_MAX: i64 = 1_000;

/// Which page, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Listing {
    /// How many conversations to skip.
    pub skip: i64,
    /// How many to give.
    pub limit: i64,
    /// In which order.
    pub order: Order,
    /// Newest first.
    pub descending: bool,
}

/// By what a list of conversations is ordered; their ids decide between equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// When they began.
    Created,
    /// When something was last said in them.
    Updated,
}

/// Conversations, and everybody who is named in them, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The conversations, in order.
    pub items: Vec<Item>,
    /// Who they are between and who spoke last.
    pub people: Vec<Person>,
}

/// A conversation and the last thing said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The conversation.
    pub conversation: Conversation,
    /// Its newest message.
    pub last: Option<Message>,
}

impl Overview {
    /// Somebody named in one of the items.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }
}

/// A conversation between the caller (`$2`) and somebody else, joined to that somebody and its last message.
macro_rules! from_inbox {
    ($order:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", ",
            message::columns!(),
            ", ",
            person::columns!("o"),
            " FROM participant me
              JOIN conversation c ON c.workspace = me.workspace AND c.id = me.conversation
              JOIN message m ON m.workspace = c.workspace AND m.conversation = c.id AND m.idx = c.last_idx
              JOIN person o ON o.workspace = c.workspace
                           AND o.id = CASE WHEN c.created_by = $2 THEN c.recipient ELSE c.created_by END
              WHERE me.workspace = $1 AND me.person = $2 AND c.recipient IS NOT NULL ORDER BY ",
            $order,
            " LIMIT $3 OFFSET $4"
        )
    };
}

/// A page of the conversations between two people that the caller takes part in; at most [`PAGE_MAX`] of them.
pub fn page(cx: &mut Cx<'_>, listing: Listing) -> Result<Overview> {
    let caller = cx.caller()?;
    let sql = match (listing.order, listing.descending) {
        (Order::Updated, true) => from_inbox!("me.updated_at DESC, me.conversation DESC"),
        (Order::Updated, false) => from_inbox!("me.updated_at, me.conversation"),
        (Order::Created, true) => from_inbox!("me.conversation DESC"),
        (Order::Created, false) => from_inbox!("me.conversation"),
    };
    let (limit, skip) = (listing.limit.clamp(0, PAGE_MAX), listing.skip.max(0));
    let mut overview = Overview { items: Vec::with_capacity(limit as usize), people: Vec::new() };
    cx.tx.each(sql, args![caller.workspace, caller.person, limit, skip], |row| overview.take(row))?;
    complete(cx, &mut overview)?;
    Ok(overview)
}

/// One conversation that the caller may see, as it would stand in a page.
pub fn get(cx: &mut Cx<'_>, id: ConversationId) -> Result<Overview> {
    let conversation = seen(cx, id)?.conversation;
    let last = message::last(cx, &conversation)?;
    let mut overview = Overview { items: vec![Item { conversation, last }], people: Vec::new() };
    complete(cx, &mut overview)?;
    Ok(overview)
}

impl Overview {
    fn take(&mut self, row: &Row<'_>) -> Result<()> {
        let conversation = read(row)?;
        let last = Some(message::read(row)?);
        let other = person::read(row)?;
        self.items.push(Item { conversation, last });
        if self.person(other.id).is_none() {
            self.people.push(other);
        }
        Ok(())
    }
}

/// Adds who is named and not there yet (the caller, mostly), and the attachments of the last messages.
fn complete(cx: &mut Cx<'_>, overview: &mut Overview) -> Result<()> {
    for at in 0..overview.items.len() {
        let item = &mut overview.items[at];
        if let Some(last) = &mut item.last {
            message::attach(cx, last)?;
        }
        let named = [
            Some(item.conversation.created_by),
            item.conversation.recipient,
            item.last.as_ref().map(|m| m.author),
        ];
        for id in named.into_iter().flatten() {
            if overview.person(id).is_none() {
                overview.people.push(named_person(cx, id)?);
            }
        }
    }
    Ok(())
}

fn named_person(cx: &mut Cx<'_>, id: PersonId) -> Result<Person> {
    person::get(cx, id).map_err(|error| match error {
        Error::NotFound => Error::Internal(format!("person {id} is named in a conversation but not stored")),
        other => other,
    })
}
