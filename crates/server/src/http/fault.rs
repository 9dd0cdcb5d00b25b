//! What can go wrong before a handler has its say, or when it has none, and who gives it a shape.
//!
//! A dialect owns path prefixes; a fault under one of them is answered in that dialect's shape, everything else in
//! the default one: `{"code","message"}`.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A request that no handler answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is at this path.
    UnknownPath,
    /// Something is at this path, but not with this method.
    WrongMethod,
    /// What arrived is not HTTP.
    BadRequest,
    /// The request did not arrive in time.
    LateRequest,
    /// The body is larger than allowed.
    LargeBody,
    /// Path and query are longer than allowed.
    LongUri,
    /// The header lines are more or longer than allowed.
    LargeHead,
    /// More requests than this caller may make; the next is welcome after `wait`.
    TooManyRequests {
        /// How long to wait.
        wait: Duration,
    },
    /// More connections than the server takes.
    TooManyConnections,
    /// The handler did not answer in time.
    LateAnswer,
    /// The handler panicked: a defect of ours.
    Panic,
}

/// How a dialect words a fault. [`Fault::answer`] adds the headers that every dialect needs (`Retry-After`).
pub type Shape = fn(Fault) -> Response;

/// Who answers for the faults under some paths.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    /// The dialect's name; a label in the metrics.
    pub name: &'static str,
    /// Beginnings of its paths, each ending where a segment ends: `/conversations` owns `/conversations/1` but not
    /// `/conversationsX`.
    pub prefixes: &'static [&'static str],
    /// How it words a fault.
    pub shape: Shape,
    /// Whether every answer under its paths says how many requests are left.
    pub shows_rates: bool,
}

/// Every owner; the one with the longest fitting prefix answers.
#[derive(Debug, Clone, Default)]
pub struct Owners(Arc<[Owner]>);

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    code: &'a str,
    message: &'a str,
}

impl Wire<'_> {
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings are JSON")
    }
}

impl Fault {
    /// The status, whatever the shape.
    pub fn status(self) -> StatusCode {
        match self {
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::LateRequest => StatusCode::REQUEST_TIMEOUT,
            Self::LargeBody => StatusCode::PAYLOAD_TOO_LARGE,
            Self::LongUri => StatusCode::URI_TOO_LONG,
            Self::LargeHead => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooManyConnections | Self::LateAnswer => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownPath => "not_found",
            Self::WrongMethod => "method_not_allowed",
            Self::BadRequest => "bad_request",
            Self::LateRequest => "request_timeout",
            Self::LargeBody => "payload_too_large",
            Self::LongUri => "uri_too_long",
            Self::LargeHead => "headers_too_large",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::TooManyConnections => "busy",
            Self::LateAnswer => "timeout",
            Self::Panic => "internal",
        }
    }

    /// A sentence for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::UnknownPath => "There is nothing at this path.",
            Self::WrongMethod => "This path does not know this method; Allow lists those that it knows.",
            Self::BadRequest => "This is not a valid HTTP request.",
            Self::LateRequest => "The request did not arrive in time.",
            Self::LargeBody => "The body is too large.",
            Self::LongUri => "The path and query are too long.",
            Self::LargeHead => "The headers are too many or too large.",
            Self::TooManyRequests { .. } => "Too many requests; wait as long as Retry-After says.",
            Self::TooManyConnections => "The server has as many connections as it takes; try again.",
            Self::LateAnswer => "The server could not answer in time; try again.",
            Self::Panic => "The server made a mistake.",
        }
    }

    /// Whole seconds to wait before the request is worth repeating, where waiting helps.
    pub fn retry_after_seconds(self) -> Option<u64> {
        match self {
            Self::TooManyRequests { wait } => Some(whole_seconds(wait)),
            Self::TooManyConnections | Self::LateAnswer => Some(1),
            _ => None,
        }
    }

    /// The answer in `shape`, with the headers that it has in every shape.
    pub fn answer(self, shape: Shape) -> Response {
        let mut answer = shape(self);
        if let Some(wait) = self.retry_after_seconds() {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        answer
    }

    /// The whole answer as HTTP/1.1, for where the library cannot make one: the connection ends after it. There was
    /// no request yet, so nobody owns its path; it bears the members of every shape, for whichever client asked.
    pub(super) fn on_the_wire(self) -> Vec<u8> {
        let body = Wire { kind: Some(self.code()), code: self.code(), message: self.message() }.bytes();
        let retry =
            self.retry_after_seconds().map_or_else(String::new, |wait| format!("retry-after: {wait}\r\n"));
        let (status, length) = (self.status(), body.len());
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{retry}\
             cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        );
        [head.into_bytes(), body].concat()
    }
}

/// The default shape.
pub fn default_shape(fault: Fault) -> Response {
    say(fault.status(), fault.code(), fault.message())
}

/// An answer in the default shape: `{"code","message"}`.
pub fn say(status: StatusCode, code: &str, message: &str) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], Wire { kind: None, code, message }.bytes()).into_response()
}

impl Owners {
    /// These owners.
    pub fn new(owners: impl IntoIterator<Item = Owner>) -> Self {
        Self(owners.into_iter().collect())
    }

    /// The answer to `fault` at `path`.
    pub fn answer(&self, path: &str, fault: Fault) -> Response {
        fault.answer(self.of(path).map_or(default_shape, |owner| owner.shape))
    }

    /// Whether answers at `path` say how many requests are left.
    pub fn show_rates(&self, path: &str) -> bool {
        self.of(path).is_some_and(|owner| owner.shows_rates)
    }

    /// The name of the owner of `path`, or `none`.
    pub fn name(&self, path: &str) -> &'static str {
        self.of(path).map_or("none", |owner| owner.name)
    }

    fn of(&self, path: &str) -> Option<&Owner> {
        let longest =
            |owner: &Owner| owner.prefixes.iter().filter(|prefix| owns(prefix, path)).map(|p| p.len()).max();
        let fitting = self.0.iter().filter_map(|owner| Some((longest(owner)?, owner)));
        fitting.max_by_key(|(length, _)| *length).map(|(_, owner)| owner)
    }
}

fn owns(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
}

/// `wait` rounded up, at least one second, because `Retry-After` knows no fractions.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}
