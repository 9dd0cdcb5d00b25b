//! The marketplace dialect: buyers and sellers talk about an order (the managem contract, and where it is silent
//! what `docs/managem.md` says).

mod attachment;
mod caller;
mod conversation;
mod fault;
mod message;
mod stats;
mod wire;

use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{delete, get, post};
use parlance_engine::idempotency::Answer;

use super::Dialect;
use crate::app::App;
use crate::http::Fault;

/// See the module.
pub struct Managem;

impl Dialect for Managem {
    fn name(&self) -> &'static str {
        "managem"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/conversations", "/user"]
    }

    fn routes(&self) -> Router<App> {
        let attachments = "/conversations/{id}/messages/{messageId}/attachments";
        Router::new()
            .route("/conversations", get(conversation::list).post(conversation::create))
            .route("/conversations/unread-count", get(stats::unread_count))
            .route("/conversations/{id}/lock", post(conversation::lock))
            .route("/conversations/{id}/messages", get(message::list).post(message::send))
            .route(attachments, post(attachment::create).patch(attachment::finalize))
            .route(&format!("{attachments}/{{attachmentId}}"), delete(attachment::delete))
            .route("/user/stats", get(stats::retrieve))
    }

    fn fault(&self) -> fn(Fault) -> Response {
        fault::of_shell
    }
}

/// The name under which this dialect's pages are kept.
const NAME: &str = "managem";

/// An answer with a JSON body.
fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// An answer that may have been given before.
fn answered(answer: Answer) -> Response {
    json(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK), answer.body)
}
