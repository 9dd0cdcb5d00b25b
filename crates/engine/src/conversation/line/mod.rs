//! Lines: conversations with a contact over one of our addresses. There is one for each contact, address and family of
//! channels; whoever writes into a closed one opens it again.

mod hear;
mod listing;
mod reply;
mod store;
mod way;

pub use hear::{Heard, hear};
pub use listing::{Messages, PAGE_MAX, Page, Whose, messages, page};
pub(crate) use way::{Out, Way, way};
pub use way::{Sending, TEXT_CHARS_MAX, send};

use super::{Conversation, Seen, fresh};
use crate::campaign::Purpose;
use crate::channel::{Channel, Family};
use crate::contact::{self, Contact};
use crate::event;
use crate::message::Message;
use crate::person::Person;
use crate::sanitise::Rules;
use crate::{ConversationId, Cx, Error, PersonId, Result, participant, person};

/// A conversation with a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The conversation.
    pub conversation: Conversation,
    /// With whom.
    pub contact: Contact,
    /// Our end of it.
    pub our_address: String,
    /// Which channels it takes.
    pub family: Family,
    /// By which of them the contact wrote last.
    pub last_user_channel: Option<Channel>,
    /// Why the contact is written to, if a campaign said so.
    pub purpose: Option<Purpose>,
    /// The colour under which agents see it; 0 is none.
    pub color: i64,
    /// Who looks after it.
    pub assignee: Option<PersonId>,
    /// Its newest message that is not for agents alone.
    pub last: Message,
}

/// The two ends of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) contact: PersonId,
    pub(crate) our_address: String,
    pub(crate) family: Family,
    /// By which channel the contact wrote last.
    pub(crate) last_user_channel: Option<Channel>,
}

/// A line to find or to begin.
#[derive(Debug, Clone)]
pub(crate) struct Opening<'a> {
    pub(crate) contact: &'a Contact,
    pub(crate) our_address: &'a str,
    pub(crate) channel: Channel,
    /// Why the contact is written to; `None` leaves that as it is.
    pub(crate) purpose: Option<Purpose>,
}

/// The line with this contact over this address, which begins if there is none. It is the contact's, whoever writes
/// first.
pub(crate) fn open(cx: &mut Cx<'_>, opening: &Opening<'_>) -> Result<Seen> {
    let workspace = cx.workspace()?;
    let Opening { contact, our_address, channel, purpose } = *opening;
    let family = channel.family();
    let ends = Ends {
        contact: contact.person,
        our_address: our_address.to_owned(),
        family,
        last_user_channel: None,
    };
    if let Some((conversation, last_user_channel)) = store::find(cx.tx, workspace, &ends)? {
        if let Some(purpose) = purpose {
            store::set_purpose(cx.tx, workspace, conversation.id, purpose)?;
        }
        return Ok(open_to_us(conversation, Ends { last_user_channel, ..ends }));
    }
    let conversation = fresh(cx, contact.person)?;
    let new = store::New { conversation: &conversation, ends: &ends, title: &contact.title(), purpose };
    store::insert(cx.tx, workspace, &new)?;
    let id = conversation.id;
    cx.emit(event::Kind::ConversationStarted, |e| event::Event { conversation: Some(id), ..e });
    participant::join(cx, id, contact.person)?;
    Ok(open_to_us(conversation, ends))
}

/// A line as the engine itself speaks in it: nobody joins by that, and no rule of a marketplace holds.
fn open_to_us(conversation: Conversation, ends: Ends) -> Seen {
    let read_index = Some(conversation.message_count);
    let rules = Rules { links: false, emoji: false, profanity: false };
    Seen { conversation, read_index, rules, ends: Some(ends) }
}

/// With whom a conversation of the caller's workspace is; `None` when it is none, or with no contact.
pub(crate) fn contact(cx: &mut Cx<'_>, id: ConversationId) -> Result<Option<Contact>> {
    let workspace = cx.workspace()?;
    store::contact(cx.tx, workspace, id)
}

/// A line, and who looks after it from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The line.
    pub line: Line,
    /// Its assignee, if it has one.
    pub agent: Option<Person>,
}

/// Gives a line to the agent with this e-mail address, who takes part from now on; `None` takes it from whoever has it.
/// For agents alone. [`Error::NotFound`] when it is no line, [`Error::Invalid`] when there is no such agent. Giving it
/// to who has it changes nothing.
pub fn assign(cx: &mut Cx<'_>, id: ConversationId, agent_email: Option<&str>) -> Result<Assigned> {
    let caller = cx.agent()?;
    let mut line = store::get(cx.tx, caller.workspace, id)?.ok_or(Error::NotFound)?;
    let agent = agent_email.map(|email| by_email(cx, email)).transpose()?;
    let assignee = agent.as_ref().map(|agent| agent.id);
    if line.assignee == assignee {
        return Ok(Assigned { line, agent });
    }
    line.assignee = assignee;
    store::set_assignee(cx.tx, caller.workspace, id, assignee)?;
    if let Some(person) = assignee {
        participant::join(cx, id, person)?;
    }
    cx.emit(event::Kind::ConversationAssigned, |e| event::Event {
        conversation: Some(id),
        person: assignee,
        ..e
    });
    Ok(Assigned { line, agent })
}

fn by_email(cx: &mut Cx<'_>, email: &str) -> Result<Person> {
    let wanted = contact::email(email);
    let is_meant =
        |agent: &Person| wanted.is_some() && agent.facts.email.as_deref().and_then(contact::email) == wanted;
    let found = person::agents(cx)?.into_iter().map(|agent| agent.person).find(is_meant);
    found.ok_or_else(|| Error::invalid("agent_email", "There is no agent with this address."))
}

/// A contact is known under another name now: their lines are called by it, unless somebody gave them another title.
pub(crate) fn retitle(cx: &mut Cx<'_>, before: &Contact, title: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    for id in store::retitle(cx.tx, workspace, before, title)? {
        cx.emit(event::Kind::ConversationChanged, |e| event::Event { conversation: Some(id), ..e });
    }
    Ok(())
}
