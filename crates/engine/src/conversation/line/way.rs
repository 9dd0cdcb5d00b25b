//! The way of a message out to a contact.

use super::{Ends, Opening, open, store};
use crate::access::{Caller, Scope};
use crate::campaign::Purpose;
use crate::channel::{Channel, Family};
use crate::contact::{self, Contact};
use crate::conversation::Seen;
use crate::message::{self, Message, Post, Saying};
use crate::person::Kind;
use crate::{Cx, Error, PersonId, Result, opt_out};

/// The longest text to a phone, in characters: what eight concatenated messages hold (octopush contract §3.1).
pub const TEXT_CHARS_MAX: usize = 1_224;

/// How a message goes to a contact, or came from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) channel: Channel,
    /// Where it goes out, unless it came in.
    pub(crate) out: Option<Out>,
}

/// From where to where a message goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Out {
    pub(crate) our_address: String,
    /// The contact's address, as a carrier spells it.
    pub(crate) to: String,
    /// The campaign that it belongs to, and by which it is paid for.
    pub(crate) campaign: Option<String>,
}

/// A campaign's message to a contact.
#[derive(Debug, Clone)]
pub struct Sending<'a> {
    /// To whom.
    pub contact: &'a Contact,
    /// From which of our addresses.
    pub our_address: &'a str,
    /// By which channel.
    pub channel: Channel,
    /// Why.
    pub purpose: Purpose,
    /// Whose campaign it is.
    pub author: PersonId,
    /// What it says.
    pub text: String,
    /// The ticket under which it was paid for.
    pub campaign: String,
}

/// Says something in the line with a contact, which begins if there is none, for its author, who takes no part by that:
/// somebody who writes to many waits for no answer of each. For the operator: whether the author may, and the contact
/// wants to hear it, was asked before. [`Error::Conflict`] when nothing is known by which the channel reaches them;
/// [`Error::Locked`] when the line is.
pub fn send(cx: &mut Cx<'_>, sending: &Sending<'_>) -> Result<Message> {
    cx.operator()?;
    let Sending { contact, our_address, channel, .. } = *sending;
    let to = contact.address_in(channel.family()).ok_or_else(unreached)?.to_owned();
    let seen = open(cx, &Opening { contact, our_address, channel, purpose: Some(sending.purpose) })?;
    if seen.conversation.locked {
        return Err(Error::Locked);
    }
    let campaign = Some(sending.campaign.clone());
    let way = Way { channel, out: Some(Out { our_address: our_address.to_owned(), to, campaign }) };
    let author = speaker(cx, sending.author, Kind::Agent)?;
    let text = sending.text.clone();
    cx.as_caller(author, |cx| message::say(cx, &seen, Saying::by(way, text)))
}

/// Somebody for whom the engine speaks.
pub(super) fn speaker(cx: &Cx<'_>, person: PersonId, kind: Kind) -> Result<Caller> {
    let workspace = cx.workspace()?;
    Ok(Caller { workspace, person, kind, can_write: true, token: None, scope: Scope::All })
}

/// How what the caller says goes on from here: `None` in a conversation that is with no contact.
/// [`Error::Conflict`] when the contact wants to hear no more, or is not reached; [`Error::Invalid`] for what no text
/// message can carry.
pub(crate) fn way(cx: &mut Cx<'_>, seen: &Seen, post: &Post) -> Result<Option<Way>> {
    let caller = cx.caller()?;
    let Some(ends) = &seen.ends else { return Ok(None) };
    let channel = channel(cx, seen, ends)?;
    if caller.person == ends.contact {
        return Ok(Some(Way { channel, out: None }));
    }
    check(ends, post)?;
    let contact = contact::get(cx, ends.contact)?;
    let to = contact.address_in(ends.family).ok_or_else(unreached)?.to_owned();
    if opt_out::has(cx, &to)? {
        return Err(Error::Conflict(format!("{to} opted out and is sent nothing more.")));
    }
    let out = Out { our_address: ends.our_address.clone(), to, campaign: None };
    Ok(Some(Way { channel, out: Some(out) }))
}

fn unreached() -> Error {
    Error::Conflict("Nothing is known by which this contact is reached here.".into())
}

/// That by which the contact wrote last; if they never did, that by which they were written to. A call is answered by a
/// text.
fn channel(cx: &mut Cx<'_>, seen: &Seen, ends: &Ends) -> Result<Channel> {
    let workspace = cx.workspace()?;
    let last = match ends.last_user_channel {
        Some(channel) => Some(channel),
        None => store::last_channel(cx.tx, workspace, &seen.conversation)?,
    };
    Ok(match (last, ends.family) {
        (None | Some(Channel::Voice), Family::Phone) => Channel::Sms,
        (Some(channel), _) => channel,
        (None, Family::Email) => Channel::Email,
        (None, Family::Page) => Channel::Facebook,
        (None, Family::Chat) => Channel::Chat,
    })
}

fn check(ends: &Ends, post: &Post) -> Result<()> {
    if !post.files.is_empty() {
        return Err(Error::invalid("files", "A text message carries no files."));
    }
    let is_too_long = ends.family == Family::Phone && post.body.chars().count() > TEXT_CHARS_MAX;
    let problem = || format!("A text message has at most {TEXT_CHARS_MAX} characters.");
    if is_too_long { Err(Error::invalid("body", problem())) } else { Ok(()) }
}
