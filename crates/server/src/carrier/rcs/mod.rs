//! Google RCS Business Messaging, or whatever speaks as it does at another URL: octopush contract §7.

mod access;
mod webhook;

use std::time::Duration;

use futures_util::future::BoxFuture;
use parlance_engine::Time;
use parlance_engine::message::Delivery;
use parlance_engine::submission::Submission;
use quick_cache::sync::Cache;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Url};
use serde_json::json;

use self::access::Access;
pub(super) use self::webhook::routes;
use super::{Answer, Desk, Wire};
use crate::outgoing::{self, Call, Outgoing, Target};

/// For one call.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// For how long a phone that was reached by RCS is not asked again whether it can be, in seconds.
const CAPABLE_SECONDS: i64 = 24 * 60 * 60;

/// How many such phones are remembered.
const CAPABLE_MAX: usize = 10_000;

/// What the URL of a carrier says: where the service is, and how we prove who we are to it.
pub(super) struct Settings {
    base: Url,
    agent: String,
    access: Access,
}

/// The wire to the service.
pub(super) struct Rcs {
    desk: Desk,
    outgoing: Outgoing,
    settings: Settings,
    capable: Cache<String, Time>,
}

impl Settings {
    /// `https://HOST/?token=TOKEN`, or `?key_file=PATH` of a service account's key, for the agent of this name.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(super) fn read(url: &str, agent: &str) -> Result<Settings, String> {
        let mut base = Url::parse(url).map_err(|_| "Its URL is none.".to_owned())?;
        let said =
            |name| base.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let access = match (said("token"), said("key_file")) {
            (Some(token), None) => Access::fixed(token),
            (None, Some(path)) => Access::of_key_file(&path)?,
            _ => return Err("Its URL needs ?token= or ?key_file=.".to_owned()),
        };
        base.set_query(None);
        Ok(Settings { base, agent: agent.to_owned(), access })
    }
}

impl Rcs {
    pub(super) fn new(desk: Desk, outgoing: Outgoing, settings: Settings) -> Rcs {
        Rcs { desk, outgoing, settings, capable: Cache::new(CAPABLE_MAX) }
    }

    async fn hand_over(&self, message: &Submission) -> Answer {
        let answer = self.try_to(message).await;
        match &answer {
            Answer::Postponed(why) => self.desk.stands("down", why).await,
            _ => self.desk.stands("up", "").await,
        }
        answer
    }

    async fn try_to(&self, message: &Submission) -> Answer {
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !message.to.strip_prefix('+').is_some_and(is_number) {
            return refused(Delivery::BadDestination, "This is no phone number.");
        }
        if let Err(answer) = self.look_whether_capable(message).await {
            return answer;
        }
        let id = message.message.to_string();
        let body = json!({ "contentMessage": { "text": message.text } });
        let mut url = self.url(&message.to, "agentMessages");
        url.query_pairs_mut().append_pair("messageId", &id).append_pair("agentId", &self.settings.agent);
        let answer = match self.call(Method::POST, url, body.to_string().into_bytes()).await {
            Ok(answer) => answer,
            Err(why) => return Answer::Postponed(why),
        };
        match answer.status.as_u16() {
            // The same id again is the same message.
            200..=299 | 409 => Answer::Accepted(vec![id]),
            404 => refused(Delivery::BadDestination, "This phone is not reached by RCS."),
            400 => refused(Delivery::Undelivered, "The service does not take this message."),
            status => Answer::Postponed(format!("The service answered {status}.")),
        }
    }

    /// Whether the phone can be reached; what is said to the message when it cannot, or that is not known.
    async fn look_whether_capable(&self, message: &Submission) -> Result<(), Answer> {
        let now = self.desk.now();
        if self.capable.get(&message.to).is_some_and(|seen| seen.plus_seconds(CAPABLE_SECONDS) > now) {
            return Ok(());
        }
        let mut url = self.url(&message.to, "capabilities");
        let asked = message.message.to_string();
        url.query_pairs_mut().append_pair("requestId", &asked).append_pair("agentId", &self.settings.agent);
        let answer = self.call(Method::GET, url, Vec::new()).await.map_err(Answer::Postponed)?;
        match answer.status.as_u16() {
            200..=299 => {
                self.capable.insert(message.to.clone(), now);
                Ok(())
            }
            404 => Err(refused(Delivery::BadDestination, "This phone is not reached by RCS.")),
            status => Err(Answer::Postponed(format!("The service answered {status}."))),
        }
    }

    fn url(&self, phone: &str, what: &str) -> Url {
        let mut url = self.settings.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["v1", "phones", phone, what]);
        }
        url
    }

    async fn call(&self, method: Method, url: Url, body: Vec<u8>) -> Result<outgoing::Answer, String> {
        let token = self.settings.access.token(&self.outgoing, self.desk.now()).await?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let bearer = HeaderValue::try_from(format!("Bearer {token}"));
        headers
            .insert(AUTHORIZATION, bearer.map_err(|_| "The token does not fit into a header.".to_owned())?);
        let call = Call {
            target: Target::Operator,
            method,
            url: url.into(),
            headers,
            body,
            timeout: TIMEOUT,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let answer = self.outgoing.call(call).await;
        let answer = answer.map_err(|trouble| format!("The service was not reached: {trouble}."))?;
        if answer.status.as_u16() == 401 {
            self.settings.access.forget().await;
        }
        Ok(answer)
    }
}

fn refused(delivery: Delivery, why: &str) -> Answer {
    Answer::Refused { delivery, why: why.to_owned() }
}

impl Wire for Rcs {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn send<'a>(&'a self, message: &'a Submission) -> BoxFuture<'a, Answer> {
        Box::pin(self.hand_over(message))
    }
}
