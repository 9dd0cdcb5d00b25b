//! The objects of this dialect's wire (contract §1), each made from what the engine gives. Keys stand in the order
//! of the contract's samples.

use parlance_engine::channel::Channel;
use parlance_engine::contact::Contact;
use parlance_engine::conversation::line::{Assigned, Line, Messages, Page};
use parlance_engine::file::Attachment as EngineAttachment;
use parlance_engine::message::Message as EngineMessage;
use parlance_engine::person::Person;
use parlance_engine::{ConversationId, MessageId, PersonId, Result};
use serde::Serialize;

use super::spelling::Moment;
use crate::app::Links;
use crate::callback;
use crate::dialect::spelling::{Shown, bytes};

/// A page of conversations: a bare array (contract §1.1).
pub(super) fn conversations(page: &Page) -> Result<Vec<u8>> {
    bytes(&page.lines.iter().map(|line| Conversation::new(line, &page.agents)).collect::<Vec<_>>())
}

/// One conversation.
pub(super) fn conversation(of: &Assigned) -> Result<Vec<u8>> {
    bytes(&Conversation::new(&of.line, of.agent.as_slice()))
}

/// A page of messages: a bare array (contract §1.2).
pub(super) fn messages(said: &Messages, links: &Links) -> Result<Vec<u8>> {
    let message = |message| Some(Message::new(message, said.line(message)?, said, links));
    bytes(&said.messages.iter().filter_map(message).collect::<Vec<Message<'_>>>())
}

/// Contract §1.1. Who looks after it is left out where nobody does.
#[derive(Serialize)]
struct Conversation<'a> {
    conversation_id: Shown<ConversationId>,
    last_user_channel: Option<&'static str>,
    recipient_details: Recipient<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_assigned_to: Option<&'a str>,
    from: &'a str,
    first_message_at: Moment,
    last_message_at: Moment,
    last_message: &'a str,
    purpose: Option<&'static str>,
    color: i64,
    number_of_messages: i64,
}

#[derive(Serialize)]
struct Recipient<'a> {
    phone_number: Option<&'a str>,
    name: String,
}

impl<'a> Conversation<'a> {
    fn new(line: &'a Line, agents: &'a [Person]) -> Conversation<'a> {
        let conversation = &line.conversation;
        Conversation {
            conversation_id: Shown(conversation.id),
            last_user_channel: line.last_user_channel.map(Channel::as_str),
            recipient_details: Recipient {
                phone_number: line.contact.phone.as_deref(),
                name: name(&line.contact),
            },
            agent_assigned_to: email(agents, line.assignee),
            from: &line.our_address,
            first_message_at: Moment(conversation.created_at),
            last_message_at: Moment(line.last.created_at),
            last_message: &line.last.body,
            purpose: line.purpose.map(|purpose| purpose.as_str()),
            color: line.color,
            // What agents whisper to each other is none of its messages here.
            number_of_messages: conversation.message_count - conversation.internal_count,
        }
    }
}

/// Contract §1.2; the last three are ours.
#[derive(Serialize)]
struct Message<'a> {
    message_id: Shown<MessageId>,
    text: &'a str,
    direction: &'static str,
    delivery_status: Option<&'static str>,
    channel: Option<&'static str>,
    user_identifier: Option<&'a str>,
    user_identifiers: Identifiers<'a>,
    agent_assigned_to: Option<&'a str>,
    conversation_id: Shown<ConversationId>,
    created_at: Moment,
    attachments: Vec<Attachment<'a>>,
}

#[derive(Serialize)]
struct Identifiers<'a> {
    phone_number: Option<&'a str>,
    email: Option<&'a str>,
    facebook_page_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    name: &'a str,
    content_type: &'a str,
    size: i64,
    url: String,
}

impl<'a> Message<'a> {
    fn new(message: &'a EngineMessage, line: &'a Line, said: &'a Messages, links: &Links) -> Message<'a> {
        let (contact, is_inbound) = (&line.contact, line.is_inbound(message));
        Message {
            message_id: Shown(message.id),
            text: &message.body,
            direction: if is_inbound { "inbound" } else { "outbound" },
            delivery_status: message.delivery.filter(|_| !is_inbound).and_then(callback::word),
            channel: message.channel.map(Channel::as_str),
            user_identifier: contact.address_in(line.family),
            user_identifiers: Identifiers {
                phone_number: contact.phone.as_deref(),
                email: contact.email.as_deref(),
                facebook_page_id: contact.account(),
            },
            agent_assigned_to: email(&said.agents, line.assignee),
            conversation_id: Shown(message.conversation),
            created_at: Moment(message.created_at),
            attachments: message.attachments.iter().map(|file| Attachment::new(file, links)).collect(),
        }
    }
}

impl<'a> Attachment<'a> {
    fn new(file: &'a EngineAttachment, links: &Links) -> Attachment<'a> {
        Attachment {
            name: &file.name,
            content_type: &file.content_type,
            size: file.size_bytes,
            url: links.view(&file.link),
        }
    }
}

/// What was said of a contact. Nobody could tell who wrote if one without a number had no name: it is where they write
/// from.
fn name(contact: &Contact) -> String {
    let name = contact.name();
    name.unwrap_or_else(|| if contact.phone.is_some() { String::new() } else { contact.title() })
}

/// Agents are known by their e-mail addresses here.
fn email(agents: &[Person], id: Option<PersonId>) -> Option<&str> {
    agents.iter().find(|agent| Some(agent.id) == id)?.facts.email.as_deref()
}
