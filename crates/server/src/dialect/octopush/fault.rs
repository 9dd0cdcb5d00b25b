//! How this dialect words what stands in the way: `{"code","message"}` with a number for a code (contract §0, §5).

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use serde::Serialize;

use crate::dialect::spelling::{json, with};
use crate::http::Fault;
use crate::refusal::{self, Refusal};

/// A request that was not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// For a reason that other dialects know as well.
    Stopped(Refusal),
    /// For a reason that has a number of its own here.
    Numbered(StatusCode, u16, &'static str),
}

/// What the original's table of codes says of what was sent, by the engine's name of it. What has no number there is
/// "undefined error".
const OF_FIELDS: [(&str, u16); 11] = [
    ("recipients", 110),
    ("phone", 117),
    ("phone_number", 117),
    ("text", 107),
    ("sender", 106),
    ("request_id", 120),
    ("list_name", 303),
    ("tag_name", 303),
    ("email", 202),
    ("contacts", 117),
    ("count", 305),
];

/// What the original calls an undefined error.
const UNDEFINED: u16 = 125;

#[derive(Serialize)]
struct Wire<'e> {
    code: u16,
    message: &'e str,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Stopped(Refusal::Engine(error)) => of_engine(&error),
            Refused::Stopped(Refusal::Shell(fault)) => of_shell(fault),
            Refused::Numbered(status, code, message) => say(status, code, message),
        }
    }
}

/// Every error of the engine, by name: a new one does not compile until it has a place here. Who calls in vain, what
/// may not be seen and what we cannot do have the statuses of HTTP; everything else is 400.
fn of_engine(error: &Error) -> Response {
    let (status, _) = refusal::status_and_code(error);
    let message = refusal::sentence(error);
    let business = |code| say(StatusCode::BAD_REQUEST, code, &message);
    match error {
        Error::Unauthenticated(_) => say(status, 101, &message),
        Error::Forbidden(_) => say(status, 207, &message),
        Error::NotFound => say(status, status.as_u16(), &message),
        // The original's own words begin the sentence.
        Error::Invalid { field: "stop_mention", problem } => say(StatusCode::BAD_REQUEST, 121, problem),
        Error::Invalid { field, .. } => business(of_field(field)),
        Error::OutOfCredit => business(104),
        Error::KeyReused => business(120),
        Error::Conflict(_) | Error::Locked | Error::Rejected { .. } => business(UNDEFINED),
        Error::Busy { .. } => {
            let response = say(status, status.as_u16(), &message);
            with(response, RETRY_AFTER, refusal::retry_after_seconds(error).unwrap_or(1))
        }
        Error::Internal(_) => say(status, status.as_u16(), &message),
    }
}

/// What no handler answered: the number is the status of HTTP.
pub(super) fn of_shell(fault: Fault) -> Response {
    let response = say(fault.status(), fault.status().as_u16(), fault.message());
    match fault.retry_after_seconds() {
        Some(seconds) => with(response, RETRY_AFTER, seconds),
        None => response,
    }
}

fn of_field(field: &str) -> u16 {
    OF_FIELDS.iter().find(|(name, _)| *name == field).map_or(UNDEFINED, |(_, code)| *code)
}

fn say(status: StatusCode, code: u16, message: &str) -> Response {
    json(status, serde_json::to_vec(&Wire { code, message }).expect("texts are JSON"))
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(reason: E) -> Refused {
        Refused::Stopped(reason.into())
    }
}
