//! How this dialect words what stands in the way: `{"type","message"}`, and for what was sent wrongly
//! `{"type":"ValidationError","message","validationErrors"}` (contract §4).

use std::collections::BTreeMap;

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use serde::Serialize;

use crate::dialect::spelling::{json, with};
use crate::file;
use crate::http::Fault;
use crate::refusal::{self, Refusal};

/// A request that was not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// For a reason that other dialects know as well.
    Stopped(Refusal),
    /// What was sent is not what the operation takes.
    Invalid(Vec<Problem>),
    /// What was sent is well-formed and is not taken for what it holds; the status says in which way.
    Unusable(StatusCode, Problem),
    /// A file has nothing in the range that was asked for; how long it is, in bytes.
    OutOfRange(u64),
    /// The event it waited for never came.
    NotReached,
    /// An e-mail address and a password that open nothing.
    WrongLogin,
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    /// What would be right, as a sentence without its end.
    pub(super) message: String,
    /// Where, in JavaScript's notation of properties: `.sharedWith.id`, `.fileIds[2]`; empty for the whole.
    pub(super) path: String,
    /// The keyword of JSON Schema that it contradicts, or a word of ours.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// What the keyword asks for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) context: BTreeMap<&'static str, String>,
}

/// What the engine calls some things that were sent, and what they are called here. Every other name is the same.
const NAMES: [(&str, &str); 3] =
    [("body", "messageContent"), ("category", "categoryId"), ("expires", "expiresAt")];

/// The body of everything but 400.
#[derive(Serialize)]
struct Plain<'e> {
    #[serde(rename = "type")]
    kind: &'e str,
    message: &'e str,
}

/// The body of 400, and without its message of a login that opens nothing.
#[derive(Serialize)]
struct Invalid<'e> {
    #[serde(rename = "type")]
    kind: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'e str>,
    #[serde(rename = "validationErrors")]
    problems: &'e [Problem],
}

impl Problem {
    /// A problem without context.
    pub(super) fn new(path: impl Into<String>, kind: &'static str, message: impl Into<String>) -> Problem {
        Problem { message: message.into(), path: path.into(), kind, context: BTreeMap::new() }
    }

    /// The same with one more fact about what is asked for.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Problem {
        self.context.insert(name, value.into());
        self
    }
}

impl Refused {
    /// What stopped a login.
    pub(super) fn of_login(reason: Refusal) -> Refused {
        let refused = Refused::Stopped(reason);
        if refused.is_of_nobody() { Refused::WrongLogin } else { refused }
    }

    /// Whether nobody has shown a credential that opens anything.
    pub(super) fn is_of_nobody(&self) -> bool {
        matches!(self, Refused::Stopped(Refusal::Engine(Error::Unauthenticated(_))))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Stopped(Refusal::Engine(error)) => of_engine(&error),
            Refused::Stopped(Refusal::Shell(fault)) => of_shell(fault),
            Refused::Invalid(problems) => invalid(StatusCode::BAD_REQUEST, &problems),
            // The official web client reads the message of the whole, and not those of the parts.
            Refused::Unusable(status, problem) => {
                validation(status, Some(&problem.message), std::slice::from_ref(&problem))
            }
            Refused::OutOfRange(size) => {
                let response =
                    plain(StatusCode::RANGE_NOT_SATISFIABLE, "RangeNotSatisfiableError", file::RANGE);
                file::outside(response, size)
            }
            Refused::NotReached => {
                let message = "The event of if-event-reached has not been reached.";
                plain(StatusCode::PRECONDITION_FAILED, "PreconditionFailedError", message)
            }
            Refused::WrongLogin => wrong_login(),
        }
    }
}

/// Every error of the engine, by name: a new one does not compile until it has a place here.
fn of_engine(error: &Error) -> Response {
    let (status, _) = refusal::status_and_code(error);
    let message = refusal::sentence(error);
    match error {
        Error::Unauthenticated(_) => {
            let response = plain(status, "UnauthorizedError", &message);
            with(response, WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        }
        Error::Forbidden(_) => plain(status, "ForbiddenError", &message),
        // What the contract knows of a locked conversation is that one may not.
        Error::Locked => plain(StatusCode::FORBIDDEN, "ForbiddenError", &message),
        // The contract has no word for credit: what is not paid for is not permitted.
        Error::OutOfCredit => plain(StatusCode::FORBIDDEN, "ForbiddenError", &message),
        Error::NotFound => plain(status, "NotFoundError", &message),
        Error::Invalid { field, problem } => invalid(status, &[named(field, problem)]),
        // 409 is documented for uploads alone.
        Error::Conflict(_) => invalid(StatusCode::BAD_REQUEST, &[Problem::new("", "conflict", message)]),
        Error::Rejected { reasons } => {
            let problems: Vec<_> = reasons.iter().map(|why| Problem::new(".file", "file", why)).collect();
            invalid(StatusCode::UNPROCESSABLE_ENTITY, &problems)
        }
        Error::KeyReused => plain(status, "IdempotencyKeyReusedError", &message),
        Error::Busy { .. } => {
            let response = plain(status, "ServiceUnavailableError", &message);
            with(response, RETRY_AFTER, refusal::retry_after_seconds(error).unwrap_or(1))
        }
        Error::Internal(_) => plain(status, "InternalServerError", &message),
    }
}

/// A problem that the engine has found, under this wire's name of what was sent.
fn named(field: &str, problem: &str) -> Problem {
    let name = NAMES.iter().find(|(ours, _)| *ours == field).map_or(field, |(_, theirs)| theirs);
    Problem::new(format!(".{name}"), "invalid", problem)
}

/// What no handler answered.
pub(super) fn of_shell(fault: Fault) -> Response {
    let kind = match fault {
        Fault::BadRequest => {
            return invalid(fault.status(), &[Problem::new("", "request", fault.message())]);
        }
        Fault::TooManyRequests { .. } => {
            let response = plain(fault.status(), "RateLimitError", "too many requests");
            return with(response, RETRY_AFTER, fault.retry_after_seconds().unwrap_or(1));
        }
        Fault::UnknownPath => "NotFoundError",
        Fault::WrongMethod => "MethodNotAllowedError",
        Fault::LateRequest => "RequestTimeoutError",
        Fault::LargeBody => "PayloadTooLargeError",
        Fault::LongUri => "UriTooLongError",
        Fault::LargeHead => "HeadersTooLargeError",
        Fault::TooManyConnections | Fault::LateAnswer => "ServiceUnavailableError",
        Fault::Panic => "InternalServerError",
    };
    plain(fault.status(), kind, fault.message())
}

fn plain(status: StatusCode, kind: &str, message: &str) -> Response {
    json(status, serde_json::to_vec(&Plain { kind, message }).expect("texts are JSON"))
}

fn invalid(status: StatusCode, problems: &[Problem]) -> Response {
    validation(status, Some("Validation failed"), problems)
}

/// The document has two shapes for it, of which a body must be one and not the other, and the strictest client reads
/// the one that names what is wrong: so nothing but the list says it.
fn wrong_login() -> Response {
    let problem = Problem::new("", "credentials", "There is nobody with this e-mail address and password");
    let response = validation(StatusCode::UNAUTHORIZED, None, &[problem]);
    with(response, WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn validation(status: StatusCode, message: Option<&str>, problems: &[Problem]) -> Response {
    let wire = Invalid { kind: "ValidationError", message, problems };
    json(status, serde_json::to_vec(&wire).expect("texts are JSON"))
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(reason: E) -> Refused {
        Refused::Stopped(reason.into())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused::Invalid(vec![problem])
    }
}
