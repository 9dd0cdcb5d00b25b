//! How an upload or a look at a file is refused: in the shape that belongs to no dialect.

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;

use crate::http::{default_shape, say};
use crate::refusal::{self, Refusal};

/// A transfer that did not happen.
pub(super) struct Refused(Refusal);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            // Whoever has a link that opens nothing learns no more than that.
            Refusal::Engine(Error::Unauthenticated(_) | Error::Forbidden(_)) => of_engine(&Error::NotFound),
            Refusal::Engine(error) => of_engine(&error),
            Refusal::Shell(fault) => default_shape(fault),
        }
    }
}

fn of_engine(error: &Error) -> Response {
    let (status, code) = refusal::status_and_code(error);
    let mut response = say(status, code, &refusal::sentence(error));
    if let Some(seconds) = refusal::retry_after_seconds(error) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(reason: E) -> Refused {
        Refused(reason.into())
    }
}
