//! A gateway of the operator's own, spoken to by signed HTTP: `docs/carrier.md` says how.

mod endpoint;
mod fields;
mod seal;

use std::time::Duration;

use futures_util::future::BoxFuture;
use parlance_engine::message::Delivery;
use parlance_engine::submission::Submission;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};

pub(super) use self::endpoint::routes;
use super::{Answer, Desk, Wire};
use crate::outgoing::{self, Call, Outgoing, Target};

/// For one message.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The wire to a gateway.
pub(super) struct Gateway {
    pub(super) desk: Desk,
    pub(super) outgoing: Outgoing,
    pub(super) url: String,
    pub(super) secret: String,
}

/// A message as the gateway gets it.
#[derive(Serialize)]
struct Sent<'a> {
    id: String,
    channel: &'a str,
    from: &'a str,
    to: &'a str,
    text: &'a str,
}

/// What the gateway says to it; everything may be missing.
#[derive(Deserialize, Default)]
struct Said {
    id: Option<Id>,
    ids: Option<Vec<Id>>,
    state: Option<String>,
    detail: Option<String>,
}

/// An id is a text or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        match id {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        }
    }
}

/// The words by which a gateway says what became of a message.
fn delivery(word: &str) -> Option<Delivery> {
    let known = [
        Delivery::Accepted,
        Delivery::Delivered,
        Delivery::Undelivered,
        Delivery::BadDestination,
        Delivery::NotAllowed,
        Delivery::Unknown,
    ];
    known.into_iter().find(|delivery| delivery.as_str() == word)
}

impl Gateway {
    async fn hand_over(&self, message: &Submission) -> Answer {
        let sent = Sent {
            id: message.message.to_string(),
            channel: message.channel.as_str(),
            from: &message.from,
            to: &message.to,
            text: &message.text,
        };
        let answer = self.call(serde_json::to_vec(&sent).expect("texts are always JSON")).await;
        let (state, detail) = match &answer {
            Ok(answer) if answer.status.is_success() || is_final(answer.status) => ("up", String::new()),
            Ok(answer) => ("down", format!("The gateway answered {}.", answer.status.as_u16())),
            Err(trouble) => ("down", format!("The gateway was not reached: {trouble}.")),
        };
        self.desk.stands(state, &detail).await;
        match answer {
            Ok(answer) => understood(&answer, &sent.id),
            Err(_) => Answer::Postponed(detail),
        }
    }

    async fn call(&self, body: Vec<u8>) -> Result<outgoing::Answer, outgoing::Trouble> {
        let mut headers: HeaderMap = seal::seal(&self.secret, self.desk.now(), &body).into_iter().collect();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let call = Call {
            target: Target::Operator,
            method: Method::POST,
            url: self.url.clone(),
            headers,
            body,
            timeout: TIMEOUT,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        self.outgoing.call(call).await
    }
}

/// Whether a status is about the message and not about the way to the gateway: the same message would get it again.
fn is_final(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

/// What an answer says of a message. An id that it does not give is ours.
fn understood(answer: &outgoing::Answer, id: &str) -> Answer {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let state = said.state.as_deref().and_then(delivery);
    let status = answer.status.as_u16();
    let why = said.detail.unwrap_or_else(|| format!("The gateway answered {status}."));
    if is_final(answer.status) {
        let delivery = state.filter(|state| is_a_refusal(*state)).unwrap_or(Delivery::Undelivered);
        return Answer::Refused { delivery, why };
    }
    if !answer.status.is_success() {
        return Answer::Postponed(why);
    }
    let one = said.id.map(|id| vec![id]);
    let ids = said.ids.filter(|ids| !ids.is_empty()).or(one);
    let ids = ids.map_or_else(|| vec![id.to_owned()], |ids| ids.into_iter().map(String::from).collect());
    match state {
        Some(Delivery::Delivered) => Answer::Delivered(ids),
        Some(delivery) if is_a_refusal(delivery) => Answer::Refused { delivery, why },
        _ => Answer::Accepted(ids),
    }
}

fn is_a_refusal(delivery: Delivery) -> bool {
    matches!(delivery, Delivery::Undelivered | Delivery::BadDestination | Delivery::NotAllowed)
}

impl Wire for Gateway {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn send<'a>(&'a self, message: &'a Submission) -> BoxFuture<'a, Answer> {
        Box::pin(self.hand_over(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        super::understood(&outgoing::Answer { status, body: body.as_bytes().to_vec() }, "ours")
    }

    fn accepted(ids: &[&str]) -> Answer {
        Answer::Accepted(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn what_the_gateway_takes_bears_its_ids_or_ours() {
        assert_eq!(understood(200, r#"{"id":"g-1"}"#), accepted(&["g-1"]));
        assert_eq!(understood(201, r#"{"id":17}"#), accepted(&["17"]));
        assert_eq!(understood(202, r#"{"ids":["1",2]}"#), accepted(&["1", "2"]));
        for body in ["", "OK", "[]", r#"{"ids":[]}"#, r#"{"id":null}"#, r#"{"id":{}}"#] {
            assert_eq!(understood(200, body), accepted(&["ours"]), "{body}");
        }
        assert_eq!(understood(200, r#"{"id":"g","state":"delivered"}"#), Answer::Delivered(vec!["g".into()]));
    }

    #[test]
    fn what_it_refuses_is_refused_for_good_and_the_way_to_it_is_not() {
        let refused = |delivery, why: &str| Answer::Refused { delivery, why: why.to_owned() };
        assert_eq!(
            understood(422, r#"{"state":"bad_destination","detail":"no such number"}"#),
            refused(Delivery::BadDestination, "no such number")
        );
        assert_eq!(understood(400, ""), refused(Delivery::Undelivered, "The gateway answered 400."));
        assert_eq!(
            understood(400, r#"{"state":"delivered"}"#),
            refused(Delivery::Undelivered, "The gateway answered 400.")
        );
        assert_eq!(
            understood(200, r#"{"state":"not_allowed"}"#),
            refused(Delivery::NotAllowed, "The gateway answered 200.")
        );
        for status in [301, 302, 401, 403, 404, 408, 429, 500, 502, 503] {
            assert!(matches!(understood(status, r#"{"id":"g"}"#), Answer::Postponed(_)), "{status}");
        }
    }
}
