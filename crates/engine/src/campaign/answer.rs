//! Answers to many: one text in conversations that there are, each by the way that it has.

use std::collections::HashSet;

use super::recipient::Recipient;
use super::{RECIPIENTS_MAX, State, Ticket, request, template};
use crate::contact::{self, Contact, list};
use crate::conversation::line::{self, Out, TEXT_CHARS_MAX, Way};
use crate::message::{self, Post};
use crate::submission::{self, Cost};
use crate::{ConversationId, Cx, Error, PersonId, Result, Time, conversation, credit};

/// One text for several conversations.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What it says; `{first_name}`, `{last_name}` and `{param1}` to `{param5}` stand for what is known of each contact.
    pub text: String,
    /// In which conversations. Each is spoken in once.
    pub recipients: Vec<Addressee>,
    /// When; only now, or a time that has passed.
    pub send_at: Option<Time>,
    /// Whether it shall wait until it is confirmed, which it cannot.
    pub draft: bool,
    /// Whether nothing shall be said and paid.
    pub simulated: bool,
    /// The caller's name for it; the same name again within a day is refused.
    pub request_id: Option<String>,
    /// A list on which the contacts shall be put.
    pub list_name: Option<String>,
}

/// A conversation, and what is said of its contact for this text alone.
#[derive(Debug, Clone, Default)]
pub struct Addressee {
    /// Its id.
    pub conversation: String,
    /// Counts before what is known; addresses are not looked at.
    pub said: contact::New,
}

/// Somebody who is answered.
struct Addressed {
    conversation: ConversationId,
    contact: PersonId,
    text: String,
}

/// Says a text in conversations with contacts as the caller, an agent: in each by the channel and the address that it
/// has, and at the price of an answer. In all of them or in none: what an answer in one of them would be refused for
/// refuses all, see [`message::post`].
///
/// # Errors
/// As [`message::post`]; [`Error::Invalid`] of `text`, of `recipients` (none, or more than [`RECIPIENTS_MAX`]), of
/// `conversation_id` when one is no conversation with a contact, of `send_at` and `draft` because an answer does not
/// wait, of `request_id` when it is taken, of `list_name` when it is none.
pub fn answer(cx: &mut Cx<'_>, new: &Answer) -> Result<Ticket> {
    cx.agent()?;
    check(cx, new)?;
    let all = addressed(cx, new)?;
    if new.simulated {
        return simulated(cx, &all);
    }
    request::take(cx, new.request_id.as_deref())?;
    let (ticket, before_micro) = (ticket(cx), credit::balance(cx)?);
    let mut parts = 0;
    for one in &all {
        let message = message::post(cx, &Post::new(one.conversation, one.text.clone()))?;
        submission::belongs_to(cx, message.id, &ticket)?;
        parts = parts.max(message.channel.map_or(1, |channel| submission::parts(channel, &message.body)));
    }
    if let Some(name) = &new.list_name {
        let people: Vec<PersonId> = all.iter().map(|one| one.contact).collect();
        list::add(cx, list::Kind::List, name, &people)?;
    }
    let cost_micro = before_micro - credit::balance(cx)?;
    answered(cx, ticket, &all, Cost { parts, micro: cost_micro })
}

fn check(cx: &Cx<'_>, new: &Answer) -> Result<()> {
    if new.text.trim().is_empty() || new.text.chars().count() > TEXT_CHARS_MAX {
        return Err(Error::invalid("text", format!("A text has 1 to {TEXT_CHARS_MAX} characters.")));
    }
    if new.recipients.is_empty() || new.recipients.len() > RECIPIENTS_MAX {
        return Err(Error::invalid("recipients", format!("There are 1 to {RECIPIENTS_MAX} recipients.")));
    }
    if new.draft || new.send_at.is_some_and(|at| at > cx.now) {
        let field = if new.draft { "draft" } else { "send_at" };
        return Err(Error::invalid(field, "An answer in a conversation is sent at once, or not at all."));
    }
    Ok(())
}

/// Each conversation once, with what is said there.
fn addressed(cx: &mut Cx<'_>, new: &Answer) -> Result<Vec<Addressed>> {
    let (mut known, mut all) = (HashSet::new(), Vec::with_capacity(new.recipients.len()));
    for to in &new.recipients {
        let unknown = || {
            let id: String = to.conversation.chars().take(60).collect();
            Error::invalid("conversation_id", format!("There is no conversation {id:?}."))
        };
        let conversation: ConversationId = to.conversation.parse().map_err(|_| unknown())?;
        if known.insert(conversation) {
            let contact = line::contact(cx, conversation)?.ok_or_else(unknown)?;
            let text = text(&new.text, &to.said, &contact)?;
            all.push(Addressed { conversation, contact: contact.person, text });
        }
    }
    Ok(all)
}

/// The text for one of them, filled in.
fn text(template: &str, said: &contact::New, contact: &Contact) -> Result<String> {
    let or = |said: &String, known: &String| if said.is_empty() { known.clone() } else { said.clone() };
    let of = Recipient {
        first_name: or(&said.first_name, &contact.first_name),
        last_name: or(&said.last_name, &contact.last_name),
        params: std::array::from_fn(|at| or(&said.params[at], &contact.params[at])),
        ..Recipient::default()
    };
    let text = template::filled(template, &of);
    template::check(&text, &contact.title())?;
    Ok(text)
}

/// What it would cost, where nothing stands in the way.
fn simulated(cx: &mut Cx<'_>, all: &[Addressed]) -> Result<Ticket> {
    let mut cost = Cost { parts: 0, micro: 0 };
    for one in all {
        let seen = conversation::open(cx, one.conversation)?;
        let way = line::way(cx, &seen, &Post::new(one.conversation, one.text.clone()))?;
        if let Some(Way { channel, out: Some(Out { to, .. }) }) = way {
            let of_one = submission::cost(cx, channel, &to, &one.text)?;
            cost = Cost { parts: cost.parts.max(of_one.parts), micro: cost.micro + of_one.micro };
        }
    }
    let ticket = ticket(cx);
    answered(cx, ticket, all, cost)
}

fn answered(cx: &mut Cx<'_>, ticket: String, all: &[Addressed], cost: Cost) -> Result<Ticket> {
    Ok(Ticket {
        ticket,
        state: State::Done,
        number_of_contacts: all.len() as i64,
        parts: cost.parts,
        cost_micro: cost.micro,
        residual_micro: credit::balance(cx)?,
        send_at: cx.now,
        left_out: Vec::new(),
        problem: String::new(),
    })
}

/// `chat_` and 13 hexadecimal digits.
fn ticket(cx: &mut Cx<'_>) -> String {
    let chance = cx.random_uuid().simple().to_string();
    format!("chat_{}", &chance[..13])
}
