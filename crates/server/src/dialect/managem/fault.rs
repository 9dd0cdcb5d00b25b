//! How this dialect words what stands in the way: `{"code","message"}`, and `reasons` on 451.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use serde::Serialize;

use super::json;
use crate::auth::Refusal;
use crate::http::Fault;

/// A request that was not done.
pub(super) enum Refused {
    /// For a reason of the engine's.
    Engine(Error),
    /// For a reason that has nothing to do with the dialect.
    Shell(Fault),
}

#[derive(Serialize)]
struct Wire<'e> {
    code: &'e str,
    message: &'e str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    reasons: &'e [String],
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Engine(error) => of_engine(&error),
            Refused::Shell(fault) => of_shell(fault),
        }
    }
}

/// Every error of the engine, by name: a new one does not compile until it has a place here.
fn of_engine(error: &Error) -> Response {
    let message = error.to_string();
    match error {
        Error::Unauthenticated(_) => with(
            say(StatusCode::UNAUTHORIZED, "unauthorized", &message),
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer"),
        ),
        Error::Forbidden(_) => say(StatusCode::FORBIDDEN, "forbidden", &message),
        Error::NotFound => say(StatusCode::NOT_FOUND, "not_found", &message),
        Error::Invalid { .. } => say(StatusCode::BAD_REQUEST, "invalid", &message),
        Error::Conflict(_) => say(StatusCode::CONFLICT, "conflict", &message),
        Error::Locked => say(StatusCode::CONFLICT, "locked", &message),
        Error::Rejected { reasons } => rejected(&message, reasons),
        Error::KeyReused => say(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", &message),
        Error::Busy { .. } => {
            tracing::warn!(%error, "busy");
            let message = "The server cannot do this at the moment; try again.";
            with(say(StatusCode::SERVICE_UNAVAILABLE, "busy", message), RETRY_AFTER, 1)
        }
        Error::Internal(_) => {
            tracing::error!(%error, "a defect");
            say(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server made a mistake.")
        }
    }
}

/// What no handler answered.
pub(super) fn of_shell(fault: Fault) -> Response {
    let response = say(fault.status(), fault.code(), fault.message());
    match fault.retry_after_seconds() {
        Some(seconds) => with(response, RETRY_AFTER, seconds),
        None => response,
    }
}

fn rejected(message: &str, reasons: &[String]) -> Response {
    let wire = Wire { code: "rejected", message, reasons };
    json(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, text(&wire))
}

fn say(status: StatusCode, code: &str, message: &str) -> Response {
    json(status, text(&Wire { code, message, reasons: &[] }))
}

fn text(wire: &Wire<'_>) -> Vec<u8> {
    serde_json::to_vec(wire).expect("texts are JSON")
}

fn with(mut response: Response, name: HeaderName, value: impl Into<HeaderValue>) -> Response {
    response.headers_mut().insert(name, value.into());
    response
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Engine(error)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Shell(fault)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::Engine(error) => Refused::Engine(error),
            Refusal::Rate(fault) => Refused::Shell(fault),
        }
    }
}
