//! What a POST sends, and that it is done once however often it is sent.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use parlance_engine::access::Caller;
use parlance_engine::idempotency::{self, Answer, Once};
use parlance_engine::{Cx, Error, Result};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::object::Object;
use crate::app::App;
use crate::http::{Fault, body};

/// The header that names a request.
const KEY: &str = "idempotency-key";

/// How much is said about a body that cannot be used, in characters.
const PROBLEM_CHARS_MAX: usize = 200;

/// A request's body, and its name if it has one.
pub struct Sent {
    body: Bytes,
    media_type: MediaType,
    once: Result<Option<Once>>,
}

/// What was done, perhaps by an earlier request of the same name.
pub struct Done {
    /// The answer.
    pub answer: Answer,
    /// What happened can be seen by whoever sees the log up to this number.
    pub number: i64,
}

/// What the request says its body is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MediaType {
    Json,
    Unsaid,
    Other,
}

impl Sent {
    /// Reads a request to its end.
    pub async fn read(app: &App, request: Request) -> Result<Sent, Fault> {
        let (head, body) = request.into_parts();
        let body = body::whole(body, app.body_bytes_max).await?;
        let hash = || request_hash(head.method.as_str(), head.uri.path(), &body);
        let once = named(&head.headers, hash);
        Ok(Sent { media_type: media_type(&head.headers), once, body })
    }

    /// The body as it came, whatever it says it is.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON. [`Error::Invalid`] when it is none, or not of this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if self.media_type == MediaType::Other {
            return Err(Error::invalid("Content-Type", "The body must be application/json."));
        }
        let Object(value) = serde_json::from_slice(&self.body).map_err(unusable)?;
        Ok(value)
    }

    /// Runs a verb that writes and gives the body of its answer; once for each Idempotency-Key.
    pub async fn answer<F>(self, app: &App, caller: Caller, status: u16, verb: F) -> Result<Done>
    where
        F: Fn(&mut Cx<'_>) -> Result<String> + Send + 'static,
    {
        let once = self.once?;
        let answer = move |cx: &mut Cx<'_>| verb(cx).map(|body| Answer { status, body });
        let once = move |cx: &mut Cx<'_>| idempotency::once(cx, once.as_ref(), &answer);
        let (answer, number) = app.engine.write_numbered(caller.into(), once).await?;
        Ok(Done { answer, number })
    }
}

/// What is wrong with a body; a problem may quote what was sent, so it is cut short.
fn unusable(problem: serde_json::Error) -> Error {
    let said: String = problem.to_string().chars().take(PROBLEM_CHARS_MAX).collect();
    Error::invalid("body", format!("{said}."))
}

/// The name of a request by its headers; `hash` says what it is.
pub fn named(headers: &HeaderMap, hash: impl FnOnce() -> String) -> Result<Option<Once>> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let problem = |text| Error::invalid("Idempotency-Key", text);
    if keys.next().is_some() {
        return Err(problem("This is given twice."));
    }
    let key = key.to_str().map_err(|_| problem("This must be printable ASCII characters."))?;
    Ok(Some(Once { key: key.to_owned(), request_hash: hash() }))
}

/// A hash of what is asked for: the same request has the same, another another.
#[must_use]
pub fn request_hash(method: &str, path: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    // No method and no path contains a line break, so no two requests run together into one text.
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(headers: &HeaderMap) -> MediaType {
    let Some(said) = headers.get(header::CONTENT_TYPE) else { return MediaType::Unsaid };
    let essence =
        said.to_str().unwrap_or("?").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence == "application/json" || essence.ends_with("+json") {
        true => MediaType::Json,
        false => MediaType::Other,
    }
}
