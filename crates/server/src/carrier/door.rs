//! What is alike at the endpoints where carriers call us: which carrier it is, and how a call is answered.

use axum::extract::{FromRequestParts, Path, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use parlance_engine::carrier::{self, Carrier, Kind};
use parlance_engine::{CarrierId, Cx, Error, Principal};

use super::Desk;
use crate::app::App;
use crate::http::{Fault, body, default_shape, say};
use crate::refusal;

/// The longest body of a call, in bytes: a text of 64 KiB, every character of it escaped.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// A call that was not understood, or not believed.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no such carrier; or this is none of its endpoints.
    Unknown,
    /// It is not proven that the carrier calls.
    Unproven(&'static str),
    /// What it says makes no sense.
    Senseless(String),
    /// It did not arrive.
    Broken(Fault),
    /// The engine has a reason.
    Engine(Error),
}

impl Refused {
    /// A body that is no JSON, and where it ceases to be.
    pub(super) fn no_json(problem: &serde_json::Error) -> Refused {
        let (line, column) = (problem.line(), problem.column());
        Refused::Senseless(format!("The body is not valid JSON: see line {line}, column {column}."))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Engine(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Unknown => default_shape(Fault::UnknownPath),
            Refused::Unproven(why) => say(StatusCode::UNAUTHORIZED, "unauthorized", why),
            Refused::Senseless(why) => say(StatusCode::BAD_REQUEST, "invalid", &why),
            Refused::Broken(fault) => default_shape(fault),
            Refused::Engine(error) => {
                let (status, code) = refusal::status_and_code(&error);
                let mut answer = say(status, code, &refusal::sentence(&error));
                if let Some(seconds) = refusal::retry_after_seconds(&error) {
                    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                }
                answer
            }
        }
    }
}

/// A call of a carrier's, of which nothing is proven yet.
pub(super) struct Call {
    /// Where what the carrier says is taken.
    pub(super) desk: Desk,
    /// What it and we know.
    pub(super) secret: String,
    /// What stands above what it says.
    pub(super) headers: HeaderMap,
    /// What it says.
    pub(super) body: Bytes,
}

/// The call that a request is of the carrier of this kind whose id stands in its path.
pub(super) async fn called(app: &App, kind: Kind, request: Request) -> Result<Call, Refused> {
    let (mut parts, body) = request.into_parts();
    let id = Path::<String>::from_request_parts(&mut parts, app).await.map_err(|_| Refused::Unknown)?;
    let (desk, secret) = caller(app, &id, kind).await?;
    let body = body::whole(body, BODY_BYTES_MAX).await.map_err(Refused::Broken)?;
    Ok(Call { desk, secret, headers: parts.headers, body })
}

async fn caller(app: &App, id: &str, kind: Kind) -> Result<(Desk, String), Refused> {
    let id: CarrierId = id.parse().map_err(|_| Refused::Unknown)?;
    let find = move |cx: &mut Cx<'_>| carrier::by_id(cx, id);
    let (workspace, carrier) = app.engine.read(Principal::OPERATOR, find).await?.ok_or(Refused::Unknown)?;
    match carrier {
        Carrier { kind: known, secret: Some(secret), .. } if known == kind => {
            Ok((Desk::new(app.engine.clone(), workspace, id), secret))
        }
        _ => Err(Refused::Unknown),
    }
}
