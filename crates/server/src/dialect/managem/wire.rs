//! The objects of this dialect's wire (contract §2, §4), each made from what the engine gives.

use parlance_engine::conversation::{Conversation as EngineConversation, Item, Overview};
use parlance_engine::credential::link::Link;
use parlance_engine::message::Message as EngineMessage;
use parlance_engine::person::Person;
use parlance_engine::{ConversationId, Error, FileId, MessageId, PersonId, Result, file, message};
use serde::{Deserialize, Serialize, Serializer};

use crate::app::Links;
use crate::dialect::object::Object;
use crate::dialect::spelling::{Shown, Stamp, bytes, text};

/// The body of POST /conversations.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewConversation {
    pub(super) source: Object<NewSource>,
    pub(super) recipient_id: String,
    pub(super) body: String,
}

/// What it shall be about.
#[derive(Deserialize)]
pub(super) struct NewSource {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) id: String,
}

/// The body of POST …/messages.
#[derive(Deserialize)]
pub(super) struct NewMessage {
    pub(super) body: String,
}

/// The body of PATCH …/attachments.
#[derive(Deserialize)]
pub(super) struct FinishedImage {
    pub(super) id: String,
}

/// A page of conversations: a bare array (contract §1.1).
pub(super) fn conversations(overview: &Overview, links: &Links) -> Result<Vec<u8>> {
    let wire: Vec<Conversation<'_>> =
        overview.items.iter().map(|item| Conversation::new(item, overview, links)).collect::<Result<_>>()?;
    bytes(&wire)
}

/// One conversation.
pub(super) fn conversation(overview: &Overview, links: &Links) -> Result<String> {
    let item = overview.items.first().ok_or(Error::NotFound)?;
    text(&Conversation::new(item, overview, links)?)
}

/// A page of messages: a bare array (contract §1.5).
pub(super) fn messages(page: &message::Page, links: &Links) -> Result<Vec<u8>> {
    let message = |m| Ok(Message::new(m, person(&page.people, Some(m.author))?, links));
    bytes(&page.messages.iter().map(message).collect::<Result<Vec<_>>>()?)
}

/// One message, said by `author`.
pub(super) fn message(message: &EngineMessage, author: &Person, links: &Links) -> Result<String> {
    text(&Message::new(message, author, links))
}

/// Where to send an image (the contract's ImageUpload, §1.7).
pub(super) fn image_upload(link: &Link, links: &Links) -> Result<String> {
    #[derive(Serialize)]
    struct ImageUpload {
        id: Shown<FileId>,
        #[serde(rename = "uploadURL")]
        upload_url: String,
    }
    text(&ImageUpload { id: Shown(link.file), upload_url: links.upload(link) })
}

/// One attachment (contract §2.3).
pub(super) fn attachment(attachment: &file::Attachment, links: &Links) -> Result<String> {
    text(&Attachment::new(attachment, links))
}

/// Contract §2.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Conversation<'a> {
    id: Shown<ConversationId>,
    source: Source<'a>,
    user_a: User<'a>,
    user_b: User<'a>,
    locked: bool,
    created_at: Stamp,
    updated_at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<Message<'a>>,
}

impl<'a> Conversation<'a> {
    /// [`Error::NotFound`] for a conversation this dialect has no words for: one that is about nothing, or with nobody.
    fn new(item: &'a Item, overview: &'a Overview, links: &Links) -> Result<Conversation<'a>> {
        let EngineConversation { id, source, locked, created_by, recipient, created_at, updated_at, .. } =
            &item.conversation;
        let source = source.as_ref().ok_or(Error::NotFound)?;
        let user = |id| person(&overview.people, id).map(User::new);
        let last =
            item.last.as_ref().map(|m| Ok(Message::new(m, person(&overview.people, Some(m.author))?, links)));
        Ok(Conversation {
            id: Shown(*id),
            source: Source { kind: source.kind.as_str(), id: &source.id },
            user_a: user(Some(*created_by))?,
            user_b: user(*recipient)?,
            locked: *locked,
            created_at: Stamp(*created_at),
            updated_at: Stamp(*updated_at),
            last_message: last.transpose()?,
        })
    }
}

#[derive(Serialize)]
struct Source<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
}

/// Contract §2.2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    id: Shown<MessageId>,
    conversation_id: Shown<ConversationId>,
    sender: User<'a>,
    body: &'a str,
    created_at: Stamp,
    viewed_at: Option<Stamp>,
    attachments: Vec<Attachment>,
}

impl<'a> Message<'a> {
    fn new(message: &'a EngineMessage, author: &'a Person, links: &Links) -> Message<'a> {
        Message {
            id: Shown(message.id),
            conversation_id: Shown(message.conversation),
            sender: User::new(author),
            body: &message.body,
            created_at: Stamp(message.created_at),
            viewed_at: message.viewed_at.map(Stamp),
            // This wire has no word for a file that is no image.
            attachments: message
                .attachments
                .iter()
                .filter(|a| a.is_image())
                .map(|a| Attachment::new(a, links))
                .collect(),
        }
    }
}

/// Contract §2.3. One id serves for the attachment and its image.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    id: Shown<FileId>,
    image_id: Shown<FileId>,
    url: String,
}

impl Attachment {
    fn new(attachment: &file::Attachment, links: &Links) -> Attachment {
        let id = Shown(attachment.id);
        Attachment { id, image_id: id, url: links.view(&attachment.link) }
    }
}

/// Contract §4.1.
#[derive(Serialize)]
struct User<'a> {
    id: UserId<'a>,
    username: UserId<'a>,
    reviews: i64,
    rating: Milli,
    score: Milli,
    sales: i64,
    purchases: i64,
    joined: Stamp,
    avatar: Option<&'a str>,
    cover: Option<&'a str>,
    profile: &'a str,
}

/// The marketplace's own id of a person where they have one, else ours.
enum UserId<'a> {
    Theirs(&'a str),
    Ours(PersonId),
}

impl<'a> User<'a> {
    fn new(person: &'a Person) -> User<'a> {
        let facts = &person.facts;
        let id = || facts.external_id.as_deref().map_or(UserId::Ours(person.id), UserId::Theirs);
        User {
            id: id(),
            username: facts.username.as_deref().or(facts.name.as_deref()).map_or_else(id, UserId::Theirs),
            reviews: facts.reviews.unwrap_or(0),
            rating: Milli(facts.rating_milli.unwrap_or(0)),
            score: Milli(facts.score_milli.unwrap_or(0)),
            sales: facts.sales.unwrap_or(0),
            purchases: facts.purchases.unwrap_or(0),
            joined: Stamp(person.joined_at),
            avatar: facts.avatar.as_deref(),
            cover: facts.cover.as_deref(),
            profile: facts.profile.as_deref().unwrap_or_default(),
        }
    }
}

impl Serialize for UserId<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            UserId::Theirs(id) => to.serialize_str(id),
            UserId::Ours(id) => to.collect_str(id),
        }
    }
}

/// Thousandths as the number they mean: 4,900 is `4.9`, 5,000 is `5`.
struct Milli(i64);

impl Serialize for Milli {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 % 1_000 {
            0 => to.serialize_i64(self.0 / 1_000),
            _ => to.serialize_f64(self.0 as f64 / 1_000.0),
        }
    }
}

fn person(people: &[Person], id: Option<PersonId>) -> Result<&Person> {
    people.iter().find(|person| Some(person.id) == id).ok_or(Error::NotFound)
}
