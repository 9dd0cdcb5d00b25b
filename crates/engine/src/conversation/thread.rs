//! A conversation as one reads it: what was said, and between it how the conversation stood.

use super::status::StatusUpdate;
use super::{Conversation, Status, seen, store};
use crate::message::{self, Message};
use crate::person::{self, Person};
use crate::{ConversationId, Cx, PersonId, Result, Time};

/// The most messages a thread shows: the newest. A conversation that long is read in pages elsewhere.
pub const MESSAGES_MAX: i64 = 10_000;

/// A whole conversation, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Which one.
    pub conversation: ConversationId,
    /// What happened in it.
    pub items: Vec<Item>,
    /// Everybody named in the items, each once.
    pub people: Vec<Person>,
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Something was said.
    Message(Message),
    /// It came to stand otherwise.
    Update(Update),
}

/// That a conversation began or came to another status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// To which status; `None` when it began.
    pub status: Option<Status>,
    /// By whom.
    pub actor: PersonId,
    /// When.
    pub at: Time,
}

impl Thread {
    /// Somebody named in one of the items.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }
}

/// A conversation that the caller may see, from its beginning. Of more than [`MESSAGES_MAX`] messages the newest.
pub fn get(cx: &mut Cx<'_>, id: ConversationId) -> Result<Thread> {
    let conversation = seen(cx, id)?.conversation;
    let messages = message::newest(cx, &conversation, MESSAGES_MAX)?;
    let updates = store::status_updates(cx.tx, cx.workspace()?, id)?;
    let items = merge(&conversation, messages, updates);
    let people = person::by_ids(cx, items.iter().map(Item::actor))?;
    Ok(Thread { conversation: id, items, people })
}

impl Item {
    fn actor(&self) -> PersonId {
        match self {
            Item::Message(message) => message.author,
            Item::Update(update) => update.actor,
        }
    }
}

/// Each update behind the message it came after.
fn merge(conversation: &Conversation, messages: Vec<Message>, updates: Vec<StatusUpdate>) -> Vec<Item> {
    let began = Update { status: None, actor: conversation.created_by, at: conversation.created_at };
    let mut items = vec![Item::Update(began)];
    let mut updates = updates.into_iter().peekable();
    for message in messages {
        while let Some(before) = updates.next_if(|update| update.after < message.index) {
            items.push(before.into());
        }
        items.push(Item::Message(message));
    }
    items.extend(updates.map(Item::from));
    items
}

impl From<StatusUpdate> for Item {
    fn from(update: StatusUpdate) -> Item {
        Item::Update(Update { status: Some(update.status), actor: update.actor, at: update.at })
    }
}
