//! Beginning a ticket.

use super::{Role, Ticket, checked_title, may, store};
use crate::conversation::{Conversation, fresh};
use crate::membership::Aggregate;
use crate::message::{self, Post};
use crate::{CategoryId, ConversationId, Cx, PersonId, Result, category, event, participant, preference};

/// A ticket to begin; everything may be missing.
#[derive(Debug, Clone, Default)]
pub struct New {
    /// What it is called; else the first line of its first message.
    pub title: Option<String>,
    /// Its first message.
    pub body: Option<String>,
    /// Of which sort it is.
    pub category: Option<CategoryId>,
    /// For whom it is; else for the caller.
    pub main_person: Option<PersonId>,
    /// What it is about.
    pub related_to: Option<Aggregate>,
    /// Whose members shall see it.
    pub shared_with: Option<Aggregate>,
    /// Which of those members hear of it by e-mail.
    pub notification_roles: Vec<Role>,
}

/// Something that people do by hand, to be asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What.
    pub service: Service,
    /// What is needed for it, as the dialect wrote it down; it holds no password.
    pub payload: String,
}

/// The services that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// To move from another provider.
    Relocation,
    /// To let a mailbox send more.
    MailSendLimitIncrease,
}

/// Begins a ticket. The caller, whom it is for, with whom it is shared, and the agent whom its customer prefers take
/// part.
/// [`crate::Error::Invalid`] naming what cannot be: a title that is none, an unknown category or person, something to
/// share with that the caller does not belong to, a message that cannot be said.
pub fn start(cx: &mut Cx<'_>, new: &New) -> Result<ConversationId> {
    let caller = cx.writer()?;
    let shared = new.shared_with.as_ref().map(|aggregate| may::share(cx, aggregate)).transpose()?.flatten();
    if let Some(related_to) = &new.related_to {
        may::relate(cx, related_to)?;
    }
    if let Some(main_person) = new.main_person {
        may::begin_for(cx, main_person)?;
    }
    new.category.map(|id| category::known(cx, id)).transpose()?;
    let ticket = ticket(cx, new)?;
    store::insert(cx.tx, caller.workspace, &ticket)?;
    let id = ticket.conversation.id;
    cx.emit(event::Kind::ConversationStarted, |e| event::Event { conversation: Some(id), ..e });
    let looks_after = preferred(cx, &ticket)?;
    for person in [Some(caller.person), new.main_person, shared, looks_after].into_iter().flatten() {
        participant::join(cx, id, person)?;
    }
    if let Some(body) = &new.body {
        message::post(cx, &Post::new(id, body.clone()))?;
    }
    Ok(id)
}

/// Asks for a service, in a ticket of its own.
pub fn request(cx: &mut Cx<'_>, request: &Request) -> Result<ConversationId> {
    let title = Some(request.service.title().to_owned());
    let id = start(cx, &New { title, ..New::default() })?;
    message::request(cx, id, request.service.as_str(), request.payload.clone())?;
    Ok(id)
}

/// The agent who looks after such tickets of the customer whose it is.
fn preferred(cx: &mut Cx<'_>, ticket: &Ticket) -> Result<Option<PersonId>> {
    let aggregates = [ticket.conversation.shared_with.as_ref(), ticket.related_to.as_ref()];
    let customer = aggregates.into_iter().flatten().find(|a| a.domain == "customer" && a.kind == "customer");
    let Some(customer) = customer else { return Ok(None) };
    preference::preferred(cx, &customer.id, ticket.category.unwrap_or(category::GENERAL))
}

fn ticket(cx: &mut Cx<'_>, new: &New) -> Result<Ticket> {
    let caller = cx.caller()?;
    let conversation = Conversation { shared_with: new.shared_with.clone(), ..fresh(cx, caller.person)? };
    Ok(Ticket {
        conversation,
        title: new.title.as_deref().map(checked_title).transpose()?.unwrap_or_default(),
        category: new.category,
        main_person: new.main_person.unwrap_or(caller.person),
        related_to: new.related_to.clone(),
        notification_roles: new.notification_roles.clone(),
        last: None,
    })
}

impl Service {
    /// Its name, which is the body of its message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Service::Relocation => "relocation",
            Service::MailSendLimitIncrease => "mailSendLimitIncrease",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Service::Relocation => "Relocation",
            Service::MailSendLimitIncrease => "Higher limit for sending mail",
        }
    }
}
