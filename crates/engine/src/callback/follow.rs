//! What the log says that a customer wants to hear.

use super::book::Book;
use super::store::{self, News, Stretch};
use super::{Callback, Kind, State};
use crate::event::Kind as What;
use crate::message::Delivery;
use crate::{Cx, Result, Time, follower};

/// The name under which callbacks follow the log.
pub const FOLLOWER: &str = "callback";

/// Writes down whom the next events of the operator's workspace make us call, at most `limit` events; whether there may
/// be more. Who sent a message, or wrote last to whoever answers, says where to: by the parameters of their sub-account
/// if they have one that names a URL, else by those of the workspace.
pub fn follow(cx: &mut Cx<'_>, limit: i64) -> Result<bool> {
    let events = follower::next(cx, FOLLOWER, limit)?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(false) };
    let stretch = Stretch { workspace: cx.operator()?, first: first.seq, last: last.seq };
    if events.iter().any(|event| is_told(event.event.kind)) {
        let book = Book::open(cx)?;
        if !book.is_empty() {
            for news in store::news(cx.tx, stretch)? {
                tell(cx, news, &book)?;
            }
        }
    }
    follower::advance(cx, FOLLOWER, last.seq)?;
    Ok(events.len() as i64 == limit)
}

fn is_told(kind: What) -> bool {
    matches!(kind, What::MessagePosted | What::MessageDelivery | What::ContactOptedOut)
}

/// Writes down whom this makes us call.
fn tell(cx: &mut Cx<'_>, news: News, book: &Book) -> Result<()> {
    let workspace = cx.operator()?;
    let Some(kind) = told_of(&news) else { return Ok(()) };
    let (sender, ticket) = match kind {
        Kind::Delivery => (Some(news.author), news.ticket.clone()),
        Kind::Inbound | Kind::OptOut => {
            let answered = store::answered(cx.tx, workspace, &news)?;
            answered.map_or((None, None), |(sender, ticket)| (Some(sender), ticket))
        }
    };
    let what = match (kind, news.delivery) {
        (Kind::Delivery, Some(delivery)) => delivery.as_str(),
        (kind, _) => kind.as_str(),
    };
    let id = format!("{}.{what}", news.message);
    book.call(cx, sender, &Callback { id, ..callback(cx.now, kind, ticket, news) })
}

/// What a customer is told of this, if they are: not what they themselves said, nor that a message waits for its carrier.
fn told_of(news: &News) -> Option<Kind> {
    match news.kind {
        What::MessageDelivery if news.delivery != Some(Delivery::Queued) => Some(Kind::Delivery),
        What::MessagePosted if news.author == news.contact => Some(Kind::Inbound),
        What::ContactOptedOut => Some(Kind::OptOut),
        _ => None,
    }
}

/// The callback about this, but for its id and its URL.
fn callback(now: Time, kind: Kind, ticket: Option<String>, news: News) -> Callback {
    let is_report = kind == Kind::Delivery;
    Callback {
        id: String::new(),
        kind,
        url: String::new(),
        message: news.message,
        subject: ticket.unwrap_or_else(|| news.message.to_string()),
        number: news.number,
        delivery: news.delivery.filter(|_| is_report),
        text: if is_report { String::new() } else { news.body },
        our_address: news.our_address,
        channel: news.channel,
        happened_at: news.at,
        state: State::Waiting,
        attempts: 0,
        due_at: now,
        tried_at: None,
        outcome: String::new(),
    }
}
