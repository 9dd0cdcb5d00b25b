//! Why a request was not done, before anybody has put it into the words of a wire, and what all wires say alike of it.

use std::borrow::Cow;

use axum::http::StatusCode;
use parlance_engine::Error;

use crate::http::Fault;

/// What stands in the way of a request.
#[derive(Debug)]
pub enum Refusal {
    /// A reason of the engine's.
    Engine(Error),
    /// A reason that has nothing to do with what was asked for.
    Shell(Fault),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Engine(error)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Shell(fault)
    }
}

/// The status of an error and a word for programs, wherever a dialect has no reason to say otherwise.
#[must_use]
pub fn status_and_code(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthorized"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
        Error::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        Error::Invalid { .. } => (StatusCode::BAD_REQUEST, "invalid"),
        Error::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
        Error::Locked => (StatusCode::CONFLICT, "locked"),
        Error::OutOfCredit => (StatusCode::PAYMENT_REQUIRED, "out_of_credit"),
        Error::Rejected { .. } => (StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "rejected"),
        Error::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
        Error::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// What a caller is told of an error. What is wrong inside is for the log alone, and this writes it there.
#[must_use]
pub fn sentence(error: &Error) -> Cow<'static, str> {
    match error {
        Error::Busy { .. } => {
            tracing::warn!(%error, "busy");
            "The server cannot do this at the moment; try again.".into()
        }
        Error::Internal(_) => {
            tracing::error!(%error, "a defect");
            "The server made a mistake.".into()
        }
        other => other.to_string().into(),
    }
}

/// Whole seconds to wait before trying again, where that helps.
#[must_use]
pub fn retry_after_seconds(error: &Error) -> Option<u64> {
    matches!(error, Error::Busy { .. }).then_some(1)
}
