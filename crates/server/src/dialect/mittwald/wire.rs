//! What this dialect's answers are made of (the contract's schemas, §3).

use parlance_engine::conversation::Status;
use parlance_engine::conversation::thread::{Item, Thread, Update};
use parlance_engine::conversation::ticket::{Member, Page, Ticket};
use parlance_engine::file::Attachment;
use parlance_engine::membership::Aggregate;
use parlance_engine::message::{Kind, Message as EngineMessage};
use parlance_engine::person::{self, Person};
use parlance_engine::{ConversationId, Error, FileId, MessageId, PersonId, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::category::Category;
use crate::dialect::spelling::{Shown, Stamp, bytes};

/// Something outside that a conversation belongs to or is about; as it is sent and as it is answered.
#[derive(Serialize, Deserialize)]
pub(super) struct Reference {
    domain: String,
    aggregate: String,
    id: String,
}

impl From<Reference> for Aggregate {
    fn from(wire: Reference) -> Aggregate {
        Aggregate { domain: wire.domain, kind: wire.aggregate, id: wire.id }
    }
}

impl From<&Aggregate> for Reference {
    fn from(aggregate: &Aggregate) -> Reference {
        let Aggregate { domain, kind, id } = aggregate.clone();
        Reference { domain, aggregate: kind, id }
    }
}

/// A page of conversations: a bare array.
pub(super) fn conversations(page: &Page) -> Result<Vec<u8>> {
    bytes(&page.tickets.iter().map(|ticket| Conversation::new(ticket, page)).collect::<Result<Vec<_>>>()?)
}

/// One conversation.
pub(super) fn conversation(page: &Page) -> Result<Vec<u8>> {
    let ticket = page.tickets.first().ok_or(Error::NotFound)?;
    bytes(&Conversation::new(ticket, page)?)
}

/// A conversation from its beginning: a bare array.
pub(super) fn thread(thread: &Thread) -> Result<Vec<u8>> {
    bytes(&thread.items.iter().map(|item| ThreadItem::new(item, thread)).collect::<Result<Vec<_>>>()?)
}

/// Who may see a conversation: a bare array.
pub(super) fn members(members: &[Member]) -> Result<Vec<u8>> {
    bytes(&members.iter().map(|member| User::new(&member.person)).collect::<Vec<_>>())
}

/// The contract's Conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Conversation<'a> {
    conversation_id: Shown<ConversationId>,
    short_id: String,
    title: &'a str,
    status: &'static str,
    visibility: &'static str,
    created_at: Stamp,
    created_by: User<'a>,
    main_user: User<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category<'a>>,
    notification_roles: Vec<&'static str>,
    relations: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_to: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_with: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<LastMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message_by: Option<User<'a>>,
}

/// Who spoke last, and when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastMessage<'a> {
    created_at: Stamp,
    created_by: User<'a>,
}

impl<'a> Conversation<'a> {
    fn new(ticket: &'a Ticket, page: &'a Page) -> Result<Conversation<'a>> {
        let conversation = &ticket.conversation;
        let user = |id| named(page.person(id)).map(User::new);
        Ok(Conversation {
            conversation_id: Shown(conversation.id),
            short_id: conversation.short_id.to_string(),
            title: &ticket.title,
            status: conversation.status.as_str(),
            visibility: if ticket.is_private() { "private" } else { "shared" },
            created_at: Stamp(conversation.created_at),
            created_by: user(conversation.created_by)?,
            main_user: user(ticket.main_person)?,
            category: page.category(ticket).map(Category::new),
            notification_roles: ticket.notification_roles.iter().map(|role| role.as_str()).collect(),
            relations: ticket.relations().into_iter().map(Reference::from).collect(),
            related_to: ticket.related_to.as_ref().map(Reference::from),
            shared_with: conversation.shared_with.as_ref().map(Reference::from),
            last_message: ticket
                .last
                .map(|said| Ok(LastMessage { created_at: Stamp(said.at), created_by: user(said.author)? }))
                .transpose()?,
            last_message_at: ticket.last.map(|said| Stamp(said.at)),
            last_message_by: ticket.last.map(|said| user(said.author)).transpose()?,
        })
    }
}

/// The contract's conversation.User.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    user_id: Shown<PersonId>,
    clear_name: &'a str,
    is_employee: bool,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_ref_id: Option<Shown<FileId>>,
}

impl<'a> User<'a> {
    fn new(person: &'a Person) -> User<'a> {
        User {
            user_id: Shown(person.id),
            clear_name: clear_name(person),
            is_employee: person.kind == person::Kind::Agent,
            active: person.active,
            avatar_ref_id: person.avatar_file.map(Shown),
        }
    }
}

/// What stands for a name that somebody does not have, because none may be empty.
pub(super) const NO_NAME: &str = "-";

/// What somebody is called in front of others: never their e-mail address or phone number, unless they are a contact,
/// whom agents alone see and who may be known by nothing else.
pub(super) fn clear_name(person: &Person) -> &str {
    let facts = &person.facts;
    let is_contact = person.kind == person::Kind::Contact;
    let addresses = [&facts.phone, &facts.email].into_iter().filter(|_| is_contact);
    let names = [&facts.name, &facts.username, &facts.external_id].into_iter().chain(addresses).flatten();
    names.map(|name| name.trim()).find(|name| !name.is_empty()).unwrap_or(NO_NAME)
}

/// An item of a conversation, told apart by `type`.
#[derive(Serialize)]
#[serde(untagged)]
enum ThreadItem<'a> {
    Message(Message<'a>),
    Update(StatusUpdate<'a>),
}

impl<'a> ThreadItem<'a> {
    fn new(item: &'a Item, thread: &'a Thread) -> Result<ThreadItem<'a>> {
        Ok(match item {
            Item::Message(message) => {
                ThreadItem::Message(Message::new(message, named(thread.person(message.author))?)?)
            }
            Item::Update(update) => ThreadItem::Update(StatusUpdate {
                kind: "STATUS_UPDATE",
                conversation_id: Shown(thread.conversation),
                message_content: constant(update),
                created_at: Stamp(update.at),
                internal: false,
                meta: Meta { user: User::new(named(thread.person(update.actor))?) },
            }),
        })
    }
}

/// The contract's Message and ServiceRequest, which differ in `type` and `meta`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    message_id: Shown<MessageId>,
    conversation_id: Shown<ConversationId>,
    message_content: &'a str,
    created_at: Stamp,
    created_by: User<'a>,
    internal: bool,
    files: Vec<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    fn new(message: &'a EngineMessage, author: &'a Person) -> Result<Message<'a>> {
        let meta = message.payload.as_deref().map(serde_json::from_str).transpose();
        let unreadable = |e| Error::Internal(format!("the payload of message {}: {e}", message.id));
        Ok(Message {
            kind: match message.kind {
                Kind::Message => "MESSAGE",
                Kind::ServiceRequest => "SERVICE_REQUEST",
            },
            message_id: Shown(message.id),
            conversation_id: Shown(message.conversation),
            message_content: &message.body,
            created_at: Stamp(message.created_at),
            created_by: User::new(author),
            internal: message.internal,
            files: message.attachments.iter().map(File::new).collect(),
            meta: meta.map_err(unreadable)?,
        })
    }
}

/// The contract's UploadedFile.
#[derive(Serialize)]
struct File<'a> {
    id: Shown<FileId>,
    status: &'static str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
}

impl<'a> File<'a> {
    fn new(file: &'a Attachment) -> File<'a> {
        File { id: Shown(file.id), status: "uploaded", name: &file.name, kind: &file.content_type }
    }
}

/// The contract's GenericStatusUpdate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusUpdate<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    conversation_id: Shown<ConversationId>,
    message_content: &'static str,
    created_at: Stamp,
    internal: bool,
    meta: Meta<'a>,
}

/// Who did it.
#[derive(Serialize)]
struct Meta<'a> {
    user: User<'a>,
}

/// The name of what happened. The official command knows the first two and the last (contract §12).
fn constant(update: &Update) -> &'static str {
    match update.status {
        None => "CONVERSATION_CREATED",
        Some(Status::Open) => "STATUS_OPEN",
        Some(Status::Answered) => "STATUS_ANSWERED",
        Some(Status::InProgress) => "STATUS_IN_PROGRESS",
        Some(Status::Waiting) => "STATUS_WAITING",
        Some(Status::Closed) => "STATUS_CLOSED",
    }
}

fn named(person: Option<&Person>) -> Result<&Person> {
    person.ok_or_else(|| Error::Internal("somebody is named who is not stored".into()))
}
