//! How this dialect words what stands in the way: `{"code","message"}`, and `reasons` on 451.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use serde::Serialize;

use crate::dialect::spelling::{json, with};
use crate::http::Fault;
use crate::refusal::{self, Refusal};

/// A request that was not done.
pub(super) struct Refused(Refusal);

#[derive(Serialize)]
struct Wire<'e> {
    code: &'e str,
    message: &'e str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    reasons: &'e [String],
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Refusal::Engine(error) => of_engine(&error),
            Refusal::Shell(fault) => of_shell(fault),
        }
    }
}

/// Every error of the engine, by name: a new one does not compile until it has a place here.
fn of_engine(error: &Error) -> Response {
    let (status, code) = refusal::status_and_code(error);
    let message = refusal::sentence(error);
    let plain = || say(status, &Wire { code, message: &message, reasons: &[] });
    match error {
        Error::Unauthenticated(_) => with(plain(), WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        Error::Rejected { reasons } => say(status, &Wire { code, message: &message, reasons }),
        Error::Busy { .. } => with(plain(), RETRY_AFTER, refusal::retry_after_seconds(error).unwrap_or(1)),
        Error::Forbidden(_)
        | Error::NotFound
        | Error::Invalid { .. }
        | Error::Conflict(_)
        | Error::Locked
        | Error::OutOfCredit
        | Error::KeyReused
        | Error::Internal(_) => plain(),
    }
}

/// What no handler answered.
pub(super) fn of_shell(fault: Fault) -> Response {
    let response = say(fault.status(), &Wire { code: fault.code(), message: fault.message(), reasons: &[] });
    match fault.retry_after_seconds() {
        Some(seconds) => with(response, RETRY_AFTER, seconds),
        None => response,
    }
}

fn say(status: StatusCode, wire: &Wire<'_>) -> Response {
    json(status, serde_json::to_vec(wire).expect("texts are JSON"))
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(reason: E) -> Refused {
        Refused(reason.into())
    }
}
