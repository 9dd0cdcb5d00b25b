//! Messages: what was said, in what order.

mod store;

pub(crate) use store::{columns, read};

use crate::conversation::{self, Conversation, Seen};
use crate::event;
use crate::file::{self, Attachment};
use crate::person::Person;
use crate::{ConversationId, Cx, Error, MessageId, PersonId, Result, Time, participant, sanitise};

/// The longest message of a marketplace, in characters after sanitising.
pub const BODY_CHARS_MAX: usize = 5_000;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it was said.
    pub conversation: ConversationId,
    /// Its place there: 1, 2, 3 … without holes.
    pub index: i64,
    /// Who said it.
    pub author: PersonId,
    /// What was said, as it is shown: sanitised where the conversation asks for it.
    pub body: String,
    /// How many files hang on it.
    pub attachment_count: i64,
    /// Those files, where they were asked for.
    pub attachments: Vec<Attachment>,
    /// When it was said.
    pub created_at: Time,
    /// When somebody else first saw it.
    pub viewed_at: Option<Time>,
}

/// Something to say.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where.
    pub conversation: ConversationId,
    /// What, as it was typed.
    pub body: String,
}

/// Messages of one conversation, newest first, and who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Everybody who takes part, and so everybody who wrote.
    pub people: Vec<Person>,
    /// The newest message shown, if the caller takes part and had not read as far: what they have now seen.
    pub newly_read: Option<i64>,
}

/// Says something. Who sees a conversation may speak in it, and takes part from then on.
/// [`Error::Locked`] when it is locked; [`Error::Invalid`] when nothing is left of the body or it is too long.
pub fn post(cx: &mut Cx<'_>, new: &Post) -> Result<Message> {
    let caller = cx.writer()?;
    let seen = conversation::open(cx, new.conversation)?;
    let body = body(&seen, &new.body)?;
    if seen.read_index.is_none() {
        participant::join(cx, new.conversation, caller.person)?;
    }
    let message = Message {
        id: MessageId(cx.uuid()),
        conversation: new.conversation,
        index: conversation::count_message(cx, new.conversation)?,
        author: caller.person,
        body,
        attachment_count: 0,
        attachments: Vec::new(),
        created_at: cx.now,
        viewed_at: None,
    };
    store::insert(cx.tx, caller.workspace, &message)?;
    participant::message_posted(cx, new.conversation, caller.person, message.index)?;
    cx.emit(event::Kind::MessagePosted, |e| event::Event {
        conversation: Some(message.conversation),
        message: Some(message.id),
        ..e
    });
    Ok(message)
}

/// Messages of a conversation the caller may see, newest first.
pub fn page(cx: &mut Cx<'_>, id: ConversationId, skip: i64, limit: i64) -> Result<Page> {
    let workspace = cx.workspace()?;
    let seen = conversation::seen(cx, id)?;
    let newest = seen.conversation.message_count.saturating_sub(skip.max(0));
    let mut messages = store::page(cx.tx, workspace, id, newest, limit.clamp(0, conversation::PAGE_MAX))?;
    for message in &mut messages {
        attach(cx, message)?;
    }
    let people = store::people(cx.tx, workspace, id)?;
    let newly_read = seen.read_index.filter(|read| *read < newest && !messages.is_empty()).map(|_| newest);
    Ok(Page { messages, people, newly_read })
}

/// The message with this id, if it is one of this conversation and the caller may see it.
pub(crate) fn in_conversation(cx: &mut Cx<'_>, seen: &Seen, id: MessageId) -> Result<Message> {
    store::get(cx.tx, cx.workspace()?, seen.conversation.id, id)?.ok_or(Error::NotFound)
}

/// The newest message.
pub(crate) fn last(cx: &mut Cx<'_>, conversation: &Conversation) -> Result<Option<Message>> {
    let workspace = cx.workspace()?;
    let newest = store::page(cx.tx, workspace, conversation.id, conversation.message_count, 1)?;
    Ok(newest.into_iter().next())
}

/// Fills in the files of a message that has some.
pub(crate) fn attach(cx: &mut Cx<'_>, message: &mut Message) -> Result<()> {
    if message.attachment_count > 0 {
        message.attachments = file::of_message(cx, message.id)?;
    }
    Ok(())
}

/// Counts a file in (`1`) or out (`-1`).
pub(crate) fn count_attachment(cx: &mut Cx<'_>, message: &Message, by: i64) -> Result<()> {
    store::count_attachment(cx.tx, cx.workspace()?, message, by)
}

/// The caller has seen what others wrote after `from` and up to `to`.
pub(crate) fn view(cx: &mut Cx<'_>, id: ConversationId, from: i64, to: i64) -> Result<()> {
    let caller = cx.caller()?;
    store::view(
        cx.tx,
        &store::Range { workspace: caller.workspace, conversation: id, from, to },
        caller.person,
        cx.now,
    )
}

/// How many messages after `index` others than the caller wrote.
pub(crate) fn count_from_others(cx: &mut Cx<'_>, id: ConversationId, index: i64) -> Result<i64> {
    let caller = cx.caller()?;
    store::count_from_others(cx.tx, caller.workspace, id, index, caller.person)
}

fn body(seen: &Seen, typed: &str) -> Result<String> {
    if !seen.conversation.is_marketplace() {
        return within_limits(typed.to_owned());
    }
    // What is far too long is refused before it costs the writer's thread anything.
    if typed.len() > BODY_CHARS_MAX * 8 {
        return Err(too_long());
    }
    within_limits(sanitise::clean(typed, seen.rules))
}

fn within_limits(body: String) -> Result<String> {
    if body.trim().is_empty() {
        return Err(Error::invalid("body", "Nothing is left of the message to send."));
    }
    if body.chars().count() > BODY_CHARS_MAX { Err(too_long()) } else { Ok(body) }
}

fn too_long() -> Error {
    Error::invalid("body", format!("A message has at most {BODY_CHARS_MAX} characters."))
}
