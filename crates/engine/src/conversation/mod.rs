//! Conversations: what people talk in, who may see it, and whether it is still open.

pub mod line;
mod page;
mod status;
mod store;
pub mod thread;
pub mod ticket;

pub use page::{Item, Listing, Order, Overview, PAGE_MAX, get, page};
pub(crate) use status::{Spoken, spoken};
pub use status::{Status, set_status};
pub(crate) use store::{columns, read};

use crate::access::Scope;
use crate::conversation::line::Ends;
use crate::event;
use crate::membership::{self, Aggregate};
use crate::message::{self, Post};
use crate::person::{self, Kind};
use crate::sanitise::Rules;
use crate::{ConversationId, Cx, Error, PersonId, Result, Time, participant};

/// People, and what they say to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Its number in the workspace, for people to say aloud.
    pub short_id: i64,
    /// A locked conversation takes no message and no attachment.
    pub locked: bool,
    /// How it stands.
    pub status: Status,
    /// What it is about.
    pub source: Option<Source>,
    /// Whose members may see it besides those who take part.
    pub shared_with: Option<Aggregate>,
    /// Who began it.
    pub created_by: PersonId,
    /// To whom it was addressed, if to one person.
    pub recipient: Option<PersonId>,
    /// How many messages it has; they are numbered 1, 2, 3 … without holes.
    pub message_count: i64,
    /// How many of them are for agents alone.
    pub internal_count: i64,
    /// The newest message that everybody in it may see; 0 when there is none.
    pub last_index: i64,
    /// When it began.
    pub created_at: Time,
    /// When something was last said in it, or it was locked.
    pub updated_at: Time,
}

/// What a conversation is about, in the caller's own world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// Of which sort.
    pub kind: SourceKind,
    /// Its id there: 1 to 200 characters.
    pub id: String,
}

/// The sorts of things conversations are about. A conversation about any of these is a marketplace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// An order.
    Order,
    /// Something offered.
    Listing,
}

/// A conversation to begin.
#[derive(Debug, Clone)]
pub struct Start {
    /// What it is about.
    pub source: Option<Source>,
    /// With whom: the external id or the id of a person of the workspace.
    pub recipient: Option<String>,
    /// Whose members shall see it.
    pub shared_with: Option<Aggregate>,
    /// The first message.
    pub body: String,
}

/// A conversation the caller may see, and how they stand to it.
pub(crate) struct Seen {
    pub(crate) conversation: Conversation,
    /// Up to where they have read; `None` when they do not take part.
    pub(crate) read_index: Option<i64>,
    pub(crate) rules: Rules,
    /// Between which addresses it goes, when it is with a contact.
    pub(crate) ends: Option<Ends>,
}

/// Begins a conversation with its first message. About the same thing with the same person there is only one,
/// whoever began it: then the message goes there ([`Error::Locked`] when that one is locked).
/// [`Error::Invalid`] when the recipient is oneself or nobody, or nothing is left of the body.
pub fn start(cx: &mut Cx<'_>, new: &Start) -> Result<ConversationId> {
    let caller = cx.writer()?;
    check(new)?;
    let recipient =
        new.recipient.as_deref().map(|reference| recipient(cx, caller.person, reference)).transpose()?;
    let pair = new.source.as_ref().and(recipient).map(|other| pair(caller.person, other));
    if let Some(known) = existing(cx, pair.as_deref(), new.source.as_ref())? {
        message::post(cx, &Post::new(known, new.body.clone()))?;
        return Ok(known);
    }
    let (source, shared_with) = (new.source.clone(), new.shared_with.clone());
    let conversation = Conversation { source, shared_with, recipient, ..fresh(cx, caller.person)? };
    store::insert(cx.tx, caller.workspace, &conversation, pair.as_deref())?;
    cx.emit(event::Kind::ConversationStarted, |e| event::Event { conversation: Some(conversation.id), ..e });
    for person in [Some(caller.person), recipient].into_iter().flatten() {
        participant::join(cx, conversation.id, person)?;
    }
    message::post(cx, &Post::new(conversation.id, new.body.clone()))?;
    Ok(conversation.id)
}

/// A conversation that begins now, and of which nothing else is said yet.
fn fresh(cx: &mut Cx<'_>, created_by: PersonId) -> Result<Conversation> {
    let workspace = cx.workspace()?;
    Ok(Conversation {
        id: ConversationId(cx.uuid()),
        short_id: store::next_short_id(cx.tx, workspace)?,
        locked: false,
        status: Status::Open,
        source: None,
        shared_with: None,
        created_by,
        recipient: None,
        message_count: 0,
        internal_count: 0,
        last_index: 0,
        created_at: cx.now,
        updated_at: cx.now,
    })
}

/// Locks a conversation: it takes no more messages. Only somebody who takes part may ([`Error::Forbidden`]);
/// locking it again changes nothing.
pub fn lock(cx: &mut Cx<'_>, id: ConversationId) -> Result<()> {
    let caller = cx.writer()?;
    let seen = seen(cx, id)?;
    if seen.read_index.is_none() {
        return Err(Error::Forbidden("Only somebody who takes part in a conversation may lock it."));
    }
    if seen.conversation.locked {
        return Ok(());
    }
    store::lock(cx.tx, caller.workspace, id, cx.now)?;
    participant::changed(cx, id)?;
    cx.emit(event::Kind::ConversationLocked, |e| event::Event { conversation: Some(id), ..e });
    Ok(())
}

/// The one place that decides whether a caller sees a conversation: they take part in it, or are an agent, or it
/// is shared with something they are a member of. Otherwise it does not exist for them.
pub(crate) fn seen(cx: &mut Cx<'_>, id: ConversationId) -> Result<Seen> {
    let caller = cx.caller()?;
    let seen = store::seen(cx.tx, caller.workspace, id, caller.person)?.ok_or(Error::NotFound)?;
    let is_in_scope = match caller.scope {
        Scope::All => true,
        Scope::Marketplace => seen.conversation.is_marketplace(),
        Scope::Inbox => seen.ends.is_some(),
    };
    if !is_in_scope {
        return Err(Error::NotFound);
    }
    if seen.read_index.is_some() || caller.kind == Kind::Agent {
        return Ok(seen);
    }
    match &seen.conversation.shared_with {
        Some(aggregate) if membership::has(cx, caller.person, aggregate)? => Ok(seen),
        _ => Err(Error::NotFound),
    }
}

/// [`seen`], and not locked.
pub(crate) fn open(cx: &mut Cx<'_>, id: ConversationId) -> Result<Seen> {
    let seen = seen(cx, id)?;
    if seen.conversation.locked { Err(Error::Locked) } else { Ok(seen) }
}

impl Conversation {
    /// Whether the rules of a marketplace hold in it, whichever dialect writes into it.
    #[must_use]
    pub fn is_marketplace(&self) -> bool {
        self.source.is_some()
    }
}

fn check(new: &Start) -> Result<()> {
    if let Some(source) = &new.source {
        let fits = (1..=200).contains(&source.id.chars().count()) && !source.id.chars().any(char::is_control);
        if !fits {
            return Err(Error::invalid("source.id", "The id of a source is 1 to 200 characters of text."));
        }
        if new.recipient.is_none() {
            return Err(Error::invalid(
                "recipientId",
                "A conversation about an order or a listing is with somebody.",
            ));
        }
    }
    new.shared_with.as_ref().map_or(Ok(()), Aggregate::check)
}

fn recipient(cx: &mut Cx<'_>, caller: PersonId, reference: &str) -> Result<PersonId> {
    let unknown = || Error::invalid("recipientId", "There is nobody by this id to write to.");
    let found = match person::by_reference_or_new(cx, reference) {
        Err(Error::NotFound | Error::Invalid { .. }) => Err(unknown()),
        other => other,
    }?;
    if found == caller {
        return Err(Error::invalid("recipientId", "One cannot write to oneself."));
    }
    Ok(found)
}

fn existing(cx: &mut Cx<'_>, pair: Option<&str>, source: Option<&Source>) -> Result<Option<ConversationId>> {
    let workspace = cx.workspace()?;
    match (pair, source) {
        (Some(pair), Some(source)) => store::by_pair(cx.tx, workspace, pair, source),
        _ => Ok(None),
    }
}

/// The same for two people in either order.
fn pair(one: PersonId, other: PersonId) -> String {
    format!("{}:{}", one.min(other), one.max(other))
}

impl SourceKind {
    /// The name under which it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Order => "ORDER",
            SourceKind::Listing => "LISTING",
        }
    }
}

impl std::str::FromStr for SourceKind {
    type Err = Error;
    fn from_str(text: &str) -> Result<SourceKind> {
        match text {
            "ORDER" => Ok(SourceKind::Order),
            "LISTING" => Ok(SourceKind::Listing),
            _ => Err(Error::invalid("source.type", "A source is an ORDER or a LISTING.")),
        }
    }
}
