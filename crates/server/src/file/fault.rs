//! How an upload or a look at a file is refused: in the shape that belongs to no dialect.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;

use crate::http::{Fault, default_shape};

/// A transfer that did not happen.
pub(super) enum Refused {
    /// For a reason of the engine's.
    Engine(Error),
    /// Because of the request itself.
    Shell(Fault),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Engine(error) => of_engine(&error),
            Refused::Shell(fault) => default_shape(fault),
        }
    }
}

fn of_engine(error: &Error) -> Response {
    let (status, code) = match error {
        Error::NotFound | Error::Unauthenticated(_) | Error::Forbidden(_) => {
            (StatusCode::NOT_FOUND, "not_found")
        }
        Error::Invalid { .. } => (StatusCode::BAD_REQUEST, "invalid"),
        Error::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
        Error::Locked => (StatusCode::CONFLICT, "locked"),
        Error::Rejected { .. } => (StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "rejected"),
        Error::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
        Error::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    let message = match error {
        Error::Internal(_) => "The server made a mistake.".to_owned(),
        Error::Busy { .. } => "The server cannot do this at the moment; try again.".to_owned(),
        other => other.to_string(),
    };
    if status.is_server_error() {
        tracing::error!(%error, "a transfer of a file failed");
    }
    let mut response =
        (status, serde_json::json!({ "code": code, "message": message }).to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
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
