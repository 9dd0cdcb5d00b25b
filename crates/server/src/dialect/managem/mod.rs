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
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};

use super::spelling::json;
use super::{Dialect, Done};
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

    fn shows_rates(&self) -> bool {
        false
    }

    fn fault(&self) -> fn(Fault) -> Response {
        fault::of_shell
    }
}

/// An answer that may have been given before.
fn answered(Done { answer, .. }: Done) -> Response {
    json(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK), answer.body)
}
