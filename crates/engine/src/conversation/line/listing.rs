//! The inbox as agents look at it: its lines, and what was said in those of a contact.

use super::{Line, store};
use crate::channel::Family;
use crate::contact::{self, Address};
use crate::message::Message;
use crate::person::{self, Person};
use crate::{ConversationId, Cx, Error, PersonId, Result};

/// The most lines or messages that one page gives.
pub const PAGE_MAX: i64 = 1_000;

/// The most lines of one contact that are looked at: one for each of our addresses and families.
const LINES_MAX: i64 = 200;

/// Lines, and who looks after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// The assignees of those that have one, each once.
    pub agents: Vec<Person>,
    /// How many lines there are in all.
    pub total: i64,
}

/// Messages, and the lines that they are in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Messages {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// Every line that was looked at.
    pub lines: Vec<Line>,
    /// The assignees of those that have one, each once.
    pub agents: Vec<Person>,
}

/// Whose lines are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those of the contact with this number, in any usual spelling: whatever reaches a phone. Where nobody has it, of the
    /// sender without a number who is spelled so.
    Phone(String),
    /// Those of the contact with this e-mail address.
    Email(String),
    /// Those of the contact with this account of a social network, there.
    Page(String),
    /// This one.
    Line(ConversationId),
}

/// A page of the lines of the workspace; who wrote or was written to last comes first. For agents alone.
pub fn page(cx: &mut Cx<'_>, skip: i64, limit: i64) -> Result<Page> {
    let workspace = cx.staff()?;
    let lines = store::page(cx.tx, workspace, skip.max(0), limit.clamp(0, PAGE_MAX))?;
    let agents = assignees(cx, &lines)?;
    Ok(Page { agents, lines, total: store::count(cx.tx, workspace)? })
}

/// What was said in somebody's lines, the newest first; nothing of what is for agents alone. For agents alone.
/// Somebody who is unknown has said nothing; [`Error::NotFound`] for a line that is none.
pub fn messages(cx: &mut Cx<'_>, whose: &Whose, skip: i64, limit: i64) -> Result<Messages> {
    let workspace = cx.staff()?;
    let (skip, limit) = (skip.max(0), limit.clamp(0, PAGE_MAX));
    let lines = lines(cx, whose)?;
    let messages = match lines.as_slice() {
        [line] => store::messages(cx.tx, workspace, line.conversation.id, (skip, limit))?,
        several => merged(cx, several, skip, limit)?,
    };
    let agents = assignees(cx, &lines)?;
    Ok(Messages { messages, lines, agents })
}

/// Of each line as much as the page could hold of it, put in order.
fn merged(cx: &mut Cx<'_>, lines: &[Line], skip: i64, limit: i64) -> Result<Vec<Message>> {
    let workspace = cx.workspace()?;
    let mut all = Vec::new();
    for line in lines {
        all.extend(store::messages(cx.tx, workspace, line.conversation.id, (0, skip.saturating_add(limit)))?);
    }
    all.sort_unstable_by_key(|message| std::cmp::Reverse((message.created_at, message.id)));
    Ok(all.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(limit as usize).collect())
}

fn lines(cx: &mut Cx<'_>, whose: &Whose) -> Result<Vec<Line>> {
    let workspace = cx.workspace()?;
    let (contact, family) = match whose {
        Whose::Line(id) => {
            return store::get(cx.tx, workspace, *id)?.map(|line| vec![line]).ok_or(Error::NotFound);
        }
        Whose::Phone(text) => (contact::by_sender(cx, text)?, Some(Family::Phone)),
        Whose::Email(text) => {
            let address = contact::email(text).map(Address::Email);
            (address.map(|address| contact::by_address(cx, &address)).transpose()?.flatten(), None)
        }
        Whose::Page(text) => (contact::by_address(cx, &Address::Page(text.clone()))?, Some(Family::Page)),
    };
    let Some(contact) = contact else { return Ok(Vec::new()) };
    let mut lines = store::of_contact(cx.tx, workspace, contact.person, LINES_MAX)?;
    lines.retain(|line| family.is_none_or(|family| line.family == family));
    Ok(lines)
}

fn assignees(cx: &mut Cx<'_>, lines: &[Line]) -> Result<Vec<Person>> {
    let assigned: Vec<PersonId> = lines.iter().filter_map(|line| line.assignee).collect();
    if assigned.is_empty() { Ok(Vec::new()) } else { person::by_ids(cx, assigned.into_iter()) }
}

impl Page {
    /// Who looks after a line of this page.
    #[must_use]
    pub fn assignee(&self, line: &Line) -> Option<&Person> {
        self.agents.iter().find(|agent| Some(agent.id) == line.assignee)
    }
}

impl Messages {
    /// The line in which one of the messages is.
    #[must_use]
    pub fn line(&self, message: &Message) -> Option<&Line> {
        self.lines.iter().find(|line| line.conversation.id == message.conversation)
    }

    /// Who looks after a line.
    #[must_use]
    pub fn assignee(&self, line: &Line) -> Option<&Person> {
        self.agents.iter().find(|agent| Some(agent.id) == line.assignee)
    }
}

impl Line {
    /// Whether a message came from the contact, and did not go to them.
    #[must_use]
    pub fn is_inbound(&self, message: &Message) -> bool {
        message.author == self.contact.person
    }
}
