//! Messages: what was said, in what order.

mod delivery;
mod store;

pub use delivery::{Delivery, set_delivery};
pub(crate) use store::{columns, read};

use crate::channel::Channel;
use crate::conversation::line::{self, Way};
use crate::conversation::{self, Conversation, Seen, Spoken, Status};
use crate::db::stored_enum;
use crate::event;
use crate::file::{self, Attachment, Place, upload};
use crate::person::{self, Person};
use crate::{
    ConversationId, Cx, Error, FileId, MessageId, PersonId, Result, Time, participant, sanitise, submission,
};

/// The longest message of a marketplace, in characters after sanitising.
pub const BODY_CHARS_MAX: usize = 5_000;

/// The longest message of any other conversation, in characters.
pub const TICKET_BODY_CHARS_MAX: usize = 8_000;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it was said.
    pub conversation: ConversationId,
    /// Its place there: 1, 2, 3 … without holes.
    pub index: i64,
    /// Of which sort it is.
    pub kind: Kind,
    /// For agents alone.
    pub internal: bool,
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
    /// When its author last changed it.
    pub edited_at: Option<Time>,
    /// What belongs to a service request, as the dialect wrote it down.
    pub payload: Option<String>,
    /// By which channel it came or goes, in a conversation with a contact.
    pub channel: Option<Channel>,
    /// How far it came, if it goes out through a carrier.
    pub delivery: Option<Delivery>,
}

stored_enum! {
    /// The sorts of messages.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a message of kind" {
        /// What somebody typed.
        Message = "message",
        /// A request for something that people do by hand; its body is the name of the service.
        ServiceRequest = "service_request",
    }
}

/// Something to say.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where.
    pub conversation: ConversationId,
    /// What, as it was typed.
    pub body: String,
    /// For agents alone; only an agent may say such a thing.
    pub internal: bool,
    /// What hangs on it: uploads of the author's own to this conversation. With files, there need be no words.
    pub files: Vec<FileId>,
}

impl Post {
    /// A message for everybody in the conversation.
    #[must_use]
    pub fn new(conversation: ConversationId, body: String) -> Post {
        Post { conversation, body, internal: false, files: Vec::new() }
    }
}

/// What a message said until somebody changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What it said.
    pub body: String,
    /// Who changed it.
    pub editor: PersonId,
    /// When.
    pub replaced_at: Time,
}

/// Messages of one conversation, newest first, and who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Everybody who takes part, and whoever else wrote one of the messages.
    pub people: Vec<Person>,
    /// The newest message shown, if the caller takes part and had not read as far: what they have now seen.
    pub newly_read: Option<i64>,
}

/// Says something. Who sees a conversation may speak in it, and takes part from then on.
/// [`Error::Locked`] when it is locked; [`Error::Invalid`] when nothing is left of the body or it is too long, or for
/// a file that the author may not hang on it; [`Error::Forbidden`] when somebody else than an agent says something
/// internal. To a contact it goes out through a carrier, or not at all: [`Error::Conflict`] when they want to hear no
/// more or are not reached.
pub fn post(cx: &mut Cx<'_>, new: &Post) -> Result<Message> {
    let caller = cx.writer()?;
    let seen = conversation::open(cx, new.conversation)?;
    if new.internal && caller.kind != person::Kind::Agent {
        return Err(Error::Forbidden("Only an agent can write what agents alone may read."));
    }
    let body = body(&seen, &new.body, !new.files.is_empty())?;
    upload::check(cx, new.conversation, &new.files)?;
    let way = if new.internal { None } else { line::way(cx, &seen, new)? };
    say(cx, &seen, Saying { internal: new.internal, files: &new.files, way, ..Saying::new(body) })
}

/// Asks for a service, in a conversation that the caller has just begun for it.
pub(crate) fn request(
    cx: &mut Cx<'_>,
    id: ConversationId,
    service: &str,
    payload: String,
) -> Result<Message> {
    let seen = conversation::open(cx, id)?;
    let payload = Some(payload);
    say(cx, &seen, Saying { kind: Kind::ServiceRequest, payload, ..Saying::new(service.to_owned()) })
}

/// What is to be said, after every rule about it.
pub(crate) struct Saying<'a> {
    kind: Kind,
    internal: bool,
    body: String,
    payload: Option<String>,
    files: &'a [FileId],
    /// How it goes to a contact, or came from them.
    way: Option<Way>,
}

impl Saying<'_> {
    /// Words for everybody in the conversation, and nothing else.
    fn new(body: String) -> Self {
        Saying { kind: Kind::Message, internal: false, body, payload: None, files: &[], way: None }
    }

    /// Words that go to a contact, or came from them.
    pub(crate) fn by(way: Way, body: String) -> Self {
        Saying { way: Some(way), ..Saying::new(body) }
    }

    /// The message that it will be, before it has its place.
    fn message(&self, cx: &mut Cx<'_>, conversation: ConversationId, author: PersonId) -> Message {
        let goes_out = self.way.as_ref().is_some_and(|way| way.out.is_some());
        Message {
            id: MessageId(cx.uuid()),
            conversation,
            index: 0,
            kind: self.kind,
            internal: self.internal,
            author,
            body: self.body.clone(),
            attachment_count: self.files.len() as i64,
            attachments: Vec::new(),
            created_at: cx.now,
            viewed_at: None,
            edited_at: None,
            payload: self.payload.clone(),
            channel: self.way.as_ref().map(|way| way.channel),
            delivery: goes_out.then_some(Delivery::Queued),
        }
    }
}

/// Says it as the caller, in a conversation that they see and may speak in. What cannot be sent to a contact is refused
/// before anything is written.
pub(crate) fn say(cx: &mut Cx<'_>, seen: &Seen, new: Saying<'_>) -> Result<Message> {
    let caller = cx.writer()?;
    let id = seen.conversation.id;
    let mut message = new.message(cx, id, caller.person);
    if let Some(out) = new.way.and_then(|way| way.out) {
        submission::queue(cx, &message, &out)?;
    }
    // Whoever speaks takes part; but that an agent spoke to agents is nothing that others may see.
    if seen.read_index.is_none() && !new.internal {
        participant::join(cx, id, caller.person)?;
    }
    let heard_on = message.channel.filter(|_| message.delivery.is_none());
    let spoken = Spoken { body: &message.body, internal: message.internal, heard_on };
    message.index = conversation::spoken(cx, &seen.conversation, &spoken)?;
    store::insert(cx.tx, caller.workspace, &message)?;
    upload::hang(cx, Place { conversation: id, message: message.id }, new.files)?;
    attach(cx, &mut message)?;
    participant::message_posted(cx, &seen.conversation, &message)?;
    cx.emit(event::Kind::MessagePosted, |e| event::Event {
        conversation: Some(id),
        message: Some(message.id),
        ..e
    });
    Ok(message)
}

/// Lets a message of the caller's own read `text` from now on; what it said before is kept for whoever audits.
/// [`Error::Forbidden`] for somebody else's message, a service request, what went to a contact, or in a closed conversation;
/// [`Error::Locked`]; [`Error::Invalid`] as for [`post`]. The same text again, or none, changes nothing.
pub fn edit(cx: &mut Cx<'_>, id: ConversationId, message: MessageId, text: Option<&str>) -> Result<()> {
    let caller = cx.writer()?;
    let seen = conversation::seen(cx, id)?;
    let message = in_conversation(cx, &seen, message)?;
    editable(&seen, &message, caller.person)?;
    let has_files = message.attachment_count > 0;
    let body = text.map(|text| body(&seen, text, has_files)).transpose()?;
    let body = body.unwrap_or_else(|| message.body.clone());
    if body == message.body {
        return Ok(());
    }
    store::keep_version(cx.tx, caller.workspace, &message, caller.person, cx.now)?;
    store::set_body(cx.tx, caller.workspace, &message, &body, cx.now)?;
    participant::touched(cx, id)?;
    cx.emit(event::Kind::MessageEdited, |e| event::Event {
        conversation: Some(id),
        message: Some(message.id),
        ..e
    });
    Ok(())
}

fn editable(seen: &Seen, message: &Message, person: PersonId) -> Result<()> {
    if message.author != person || message.kind != Kind::Message {
        return Err(Error::Forbidden("Only its author can change a message."));
    }
    if message.channel.is_some() {
        return Err(Error::Forbidden("This went out as a text message and cannot be changed any more."));
    }
    if seen.conversation.status == Status::Closed {
        return Err(Error::Forbidden("The conversation is closed; what was said in it stays as it is."));
    }
    if seen.conversation.locked { Err(Error::Locked) } else { Ok(()) }
}

/// What a message of the operator's workspace said before it was edited, oldest first.
pub fn versions(cx: &mut Cx<'_>, id: MessageId) -> Result<Vec<Version>> {
    let workspace = cx.operator()?;
    store::versions(cx.tx, workspace, id)
}

/// Messages of a conversation the caller may see, newest first.
pub fn page(cx: &mut Cx<'_>, id: ConversationId, skip: i64, limit: i64) -> Result<Page> {
    let caller = cx.caller()?;
    let seen = conversation::seen(cx, id)?;
    let range =
        store::Newest::of(&seen.conversation, caller.kind, skip, limit.clamp(0, conversation::PAGE_MAX));
    let mut messages = store::page(cx.tx, caller.workspace, id, &range)?;
    for message in &mut messages {
        attach(cx, message)?;
    }
    let mut people = store::people(cx.tx, caller.workspace, id)?;
    let is_named = |message: &&Message| people.iter().any(|person| person.id == message.author);
    let others: Vec<PersonId> = messages.iter().filter(|m| !is_named(m)).map(|m| m.author).collect();
    people.extend(person::by_ids(cx, others.into_iter())?);
    let newest = messages.first().map(|m| m.index);
    let newly_read = newest.filter(|newest| seen.read_index.is_some_and(|read| read < *newest));
    Ok(Page { messages, people, newly_read })
}

/// The message with this id, if it is one of this conversation and the caller may see it.
pub(crate) fn in_conversation(cx: &mut Cx<'_>, seen: &Seen, id: MessageId) -> Result<Message> {
    let caller = cx.caller()?;
    let found = store::get(cx.tx, caller.workspace, seen.conversation.id, id)?;
    found.filter(|m| !m.internal || caller.kind == person::Kind::Agent).ok_or(Error::NotFound)
}

/// The newest messages of a conversation that the caller is known to see, oldest first, at most `limit`.
pub(crate) fn newest(cx: &mut Cx<'_>, conversation: &Conversation, limit: i64) -> Result<Vec<Message>> {
    let caller = cx.caller()?;
    let range = store::Newest::of(conversation, caller.kind, 0, limit);
    let mut messages = store::page(cx.tx, caller.workspace, conversation.id, &range)?;
    messages.reverse();
    for message in &mut messages {
        attach(cx, message)?;
    }
    Ok(messages)
}

/// The newest message that everybody in the conversation may see.
pub(crate) fn last(cx: &mut Cx<'_>, conversation: &Conversation) -> Result<Option<Message>> {
    let workspace = cx.workspace()?;
    store::at(cx.tx, workspace, conversation.id, conversation.last_index)
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
    store::view(cx.tx, &store::Range { conversation: id, from, to }, &caller, cx.now)
}

/// How many messages after `index` others than the caller wrote.
pub(crate) fn count_from_others(cx: &mut Cx<'_>, id: ConversationId, index: i64) -> Result<i64> {
    let caller = cx.caller()?;
    store::count_from_others(cx.tx, &caller, id, index)
}

/// What is kept of what was typed; it `may_be_empty` when something else speaks.
fn body(seen: &Seen, typed: &str, may_be_empty: bool) -> Result<String> {
    if may_be_empty && typed.trim().is_empty() {
        return Ok(String::new());
    }
    if !seen.conversation.is_marketplace() {
        return within_limits(typed.to_owned(), TICKET_BODY_CHARS_MAX);
    }
    // What is far too long is refused before it costs the writer's thread anything.
    if typed.len() > BODY_CHARS_MAX * 8 {
        return Err(too_long(BODY_CHARS_MAX));
    }
    within_limits(sanitise::clean(typed, seen.rules), BODY_CHARS_MAX)
}

fn within_limits(body: String, chars_max: usize) -> Result<String> {
    if body.trim().is_empty() {
        return Err(Error::invalid("body", "Nothing is left of the message to send."));
    }
    if body.chars().count() > chars_max { Err(too_long(chars_max)) } else { Ok(body) }
}

fn too_long(chars_max: usize) -> Error {
    Error::invalid("body", format!("A message has at most {chars_max} characters."))
}
