//! What the log says that a customer wants to hear.

use super::store::{self, News, Stretch};
use super::{Callback, Kind, State};
use crate::account::{self, Parameter};
use crate::event::Kind as What;
use crate::message::Delivery;
use crate::{Cx, PersonId, Result, Time, follower};

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
        let book = Book(account::said(cx, Parameter::CALLBACKS)?);
        if !book.0.is_empty() {
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

/// Who wants to be called where.
struct Book(Vec<(Option<PersonId>, Parameter, String)>);

impl Book {
    /// The URLs for this, when it is about what `sender` sent.
    fn urls(&self, kind: Kind, sender: Option<PersonId>) -> impl Iterator<Item = &str> {
        let wanted = match kind {
            Kind::Delivery => Parameter::DeliveryUrl,
            Kind::Inbound => Parameter::InboundUrl,
            Kind::OptOut => Parameter::OptOutUrl,
        };
        let of = |account: Option<PersonId>| {
            self.0.iter().find(move |(whose, parameter, _)| *whose == account && *parameter == wanted)
        };
        let own = sender.and_then(|person| of(Some(person)));
        own.or_else(|| of(None)).into_iter().flat_map(|(_, _, urls)| urls.lines())
    }
}

/// Writes down a call to each URL. What was written down under the same id was told already.
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
    let callback = callback(cx.now, kind, ticket, news);
    for (number, url) in (1..).zip(book.urls(kind, sender)) {
        let callback = Callback { id: format!("{id}.{number}"), url: url.to_owned(), ..callback.clone() };
        store::insert(cx.tx, workspace, &callback, &host(url))?;
    }
    Ok(())
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

/// The host of a URL, in lower case: not for calling it, but so that calls to one host wait for one another alone.
fn host(url: &str) -> String {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_of_a_url_is_what_is_connected_to() {
        for (url, expected) in [
            ("https://Shop.Example/hook?token=1", "shop.example"),
            ("http://user:secret@shop.example:8080", "shop.example:8080"),
            ("https://[::1]:8443/x@y", "[::1]:8443"),
            ("https://shop.example?at=a@b", "shop.example"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
