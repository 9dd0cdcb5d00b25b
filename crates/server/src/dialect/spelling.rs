//! How every dialect spells an answer, a number, a time and an id.

use std::fmt::Display;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::fmt::temporal::DateTimePrinter;
use parlance_engine::{Error, Result, Time};
use serde::{Serialize, Serializer};

/// An answer with a JSON body.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer with one more header.
pub(super) fn with(mut response: Response, name: HeaderName, value: impl Into<HeaderValue>) -> Response {
    response.headers_mut().insert(name, value.into());
    response
}

/// A wire's object as the bytes of a body.
pub(super) fn bytes(wire: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(wire).map_err(|e| Error::Internal(format!("an answer is no JSON: {e}")))
}

/// A wire's object as a text that can be kept.
pub(super) fn text(wire: &impl Serialize) -> Result<String> {
    serde_json::to_string(wire).map_err(|e| Error::Internal(format!("an answer is no JSON: {e}")))
}

/// What is written as it is displayed.
#[derive(Clone, Copy)]
pub(super) struct Shown<T>(pub(super) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// ISO 8601 in UTC with milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Stamp(pub(super) Time);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        let moment = jiff::Timestamp::from_microsecond(self.0.0).map_err(serde::ser::Error::custom)?;
        to.serialize_str(&PRINTER.timestamp_to_string(&moment))
    }
}
