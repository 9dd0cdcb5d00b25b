//! How an upload or a look at a file is refused: in the shape that belongs to no dialect.

use std::io;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use parlance_engine::error::Cause;

use crate::document;
use crate::http::{Fault, default_shape, say};
use crate::refusal::{self, Refusal};

/// A transfer that did not happen.
#[derive(Debug)]
pub enum Refused {
    /// For a reason that has nothing to do with the file.
    Stopped(Refusal),
    /// Because of what was sent.
    Document(document::Refusal),
    /// The form is not the form that is asked for; a sentence.
    Form(&'static str),
    /// The file has nothing in the range that was asked for; how long the whole is, in bytes.
    Range(u64),
}

/// The sentence of [`Refused::Range`].
pub const RANGE: &str = "The file has nothing in this range.";

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            // Whoever has a link that opens nothing learns no more than that.
            Refused::Stopped(Refusal::Engine(Error::Unauthenticated(_) | Error::Forbidden(_))) => {
                of_engine(&Error::NotFound)
            }
            Refused::Stopped(Refusal::Engine(error)) => of_engine(&error),
            Refused::Stopped(Refusal::Shell(fault)) => default_shape(fault),
            Refused::Document(refusal) => say(StatusCode::BAD_REQUEST, "invalid", &refusal.to_string()),
            Refused::Form(problem) => say(StatusCode::BAD_REQUEST, "invalid", problem),
            Refused::Range(size) => outside(say(StatusCode::RANGE_NOT_SATISFIABLE, "range", RANGE), size),
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

/// The answer to a range behind the end of a file of `size` bytes, with the header that says how long it is.
pub fn outside(mut response: Response, size: u64) -> Response {
    if let Ok(whole) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(axum::http::header::CONTENT_RANGE, whole);
    }
    response
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Stopped(error.into())
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Stopped(fault.into())
    }
}

impl From<document::Failure> for Refused {
    fn from(failure: document::Failure) -> Refused {
        match failure {
            document::Failure::Refused(refusal) => Refused::Document(refusal),
            document::Failure::Busy => {
                busy("Too many files are being examined; try again in a moment.").into()
            }
            document::Failure::Unreadable(problem) => disk(&problem).into(),
        }
    }
}

/// What passes by itself.
pub(super) fn busy(message: &str) -> Error {
    Error::Busy { cause: Cause::Queue, message: message.to_owned() }
}

/// A disk or a store that does not do as it is told: for the log in full, for the caller as something that passes.
pub(super) fn disk(problem: &io::Error) -> Error {
    Error::Busy { cause: Cause::Disk, message: format!("a file could not be stored or read: {problem}") }
}
