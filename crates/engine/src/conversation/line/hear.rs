//! What a contact says to us.

use super::way::{Out, Way, speaker};
use super::{Opening, open, reply, store};
use crate::channel::{Channel, Family};
use crate::contact::{self, Contact};
use crate::conversation::{Seen, Status};
use crate::event;
use crate::message::{self, Message, Saying, TICKET_BODY_CHARS_MAX};
use crate::opt_out::keyword::{self, Keyword};
use crate::person::{self, Kind};
use crate::{Cx, Error, MessageId, Result, opt_out, submission, workspace};

/// How long answers that nobody wrote are counted, in seconds: two machines that answer each other would not end.
const REPLY_SECONDS: i64 = 60;

/// How many there are in that time to somebody who stops or begins again, and ought to know that it was heeded.
const REPLIES_MAX: i64 = 4;

/// And to somebody who asks for help.
const HELP_REPLIES_MAX: i64 = 1;

/// A text that came in.
#[derive(Debug, Clone)]
pub struct Heard {
    /// From whom, as the carrier spells it: a phone number, a short code, a name, an account.
    pub from: String,
    /// To which of our addresses.
    pub our_address: String,
    /// By which channel.
    pub channel: Channel,
    /// What it says.
    pub text: String,
}

/// Somebody wrote to one of the addresses of the operator's workspace: whoever they are and whatever they wrote, it is
/// kept, cut where it is longer than any message. A text that is a word for hearing no more, or hearing again, or asking
/// who writes, is also heeded and answered.
pub fn hear(cx: &mut Cx<'_>, heard: &Heard) -> Result<MessageId> {
    cx.operator()?;
    let (our_address, channel) = (heard.our_address.as_str(), heard.channel);
    let address = contact::sender(cx, &heard.from, channel.family())?;
    let contact = contact::known_or_new(cx, &address)?;
    let mut seen = open(cx, &Opening { contact: &contact, our_address, channel, purpose: None })?;
    let way = Way { channel, out: None };
    let author = speaker(cx, contact.person, Kind::Contact)?;
    let text = storable(&heard.text);
    let message = cx.as_caller(author, |cx| message::say(cx, &seen, Saying::by(way, text)))?;
    let keyword = if channel.family() == Family::Phone { keyword::of(&heard.text) } else { None };
    if let Some(keyword) = keyword {
        seen.conversation.status = Status::Open;
        heed(cx, &Word { seen: &seen, contact: &contact, message: &message, keyword, channel, our_address })?;
    }
    Ok(message.id)
}

/// What a database can hold of a text, and a conversation takes.
fn storable(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(TICKET_BODY_CHARS_MAX).collect()
}

/// A keyword in a line.
struct Word<'a> {
    seen: &'a Seen,
    contact: &'a Contact,
    message: &'a Message,
    keyword: Keyword,
    channel: Channel,
    our_address: &'a str,
}

fn heed(cx: &mut Cx<'_>, word: &Word<'_>) -> Result<()> {
    let Some(address) = word.contact.address_in(Family::Phone) else { return Ok(()) };
    let is_news = match word.keyword {
        Keyword::Stop => opt_out::add(cx, address, &word.message.body)?,
        Keyword::Start => opt_out::take_back(cx, address)?,
        Keyword::Help => true,
    };
    if is_news && word.keyword == Keyword::Stop {
        submission::call_off(cx, address)?;
        cx.emit(event::Kind::ContactOptedOut, |e| event::Event {
            conversation: Some(word.message.conversation),
            message: Some(word.message.id),
            person: Some(word.contact.person),
            ..e
        });
    }
    if is_news { answer(cx, word, address) } else { Ok(()) }
}

/// Tells them that they were understood. Where nothing can be sent, or much was just now, they are not told.
fn answer(cx: &mut Cx<'_>, word: &Word<'_>, address: &str) -> Result<()> {
    let since = cx.now.plus_seconds(-REPLY_SECONDS);
    let replies_max = if word.keyword == Keyword::Help { HELP_REPLIES_MAX } else { REPLIES_MAX };
    let workspace = workspace::mine(cx)?;
    let house = person::house(cx, &workspace)?;
    if store::count_spoken(cx.tx, workspace.id, (word.message, house), since)? >= replies_max {
        return Ok(());
    }
    let text = reply::to(word.keyword, address, &workspace.name);
    let our_address = word.our_address.to_owned();
    let out = Some(Out { our_address, to: address.to_owned(), campaign: None });
    let way = Way { channel: word.channel, out };
    let speaker = speaker(cx, house, Kind::Bot)?;
    let said = cx.as_caller(speaker, |cx| message::say(cx, word.seen, Saying::by(way, text)));
    match said {
        Ok(_) | Err(Error::OutOfCredit | Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
