//! The support dialect: tickets, as the official mittwald clients know them (the mittwald contract, and where it is
//! silent what `docs/mittwald.md` says).

mod at_conversation;
mod body;
mod caller;
mod category;
mod consistency;
mod conversation;
mod fault;
mod file;
mod foreign;
mod hand_work;
mod message;
mod notification;
mod parameter;
mod preference;
mod rules;
mod token;
mod upload;
mod user;
mod wire;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};

use super::spelling::json;
use super::{Dialect, Done};
use crate::app::App;
use crate::http::Fault;

/// See the module.
pub struct Mittwald;

impl Dialect for Mittwald {
    fn name(&self) -> &'static str {
        "mittwald"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/v2"]
    }

    fn routes(&self) -> Router<App> {
        let one = "/v2/conversations/{conversationId}";
        let limit = "/v2/mail-addresses/{mailAddressId}/actions/request-rate-limit-change";
        Router::new()
            .merge(upload::routes())
            .merge(file::routes())
            .route("/v2/notifications", get(notification::list))
            .route("/v2/notifications/status", put(notification::read_all_quietly))
            .route("/v2/notifications/actions/read-all", post(notification::read_all))
            .route("/v2/notifications/{notificationId}/status", put(notification::set_status))
            .route("/v2/notifications/unread-counts", get(notification::moved))
            .route("/v2/notification-unread-counts", get(notification::unread))
            .route("/v2/conversations", get(conversation::list).post(conversation::create))
            .route(one, get(conversation::get).put(conversation::update))
            .route(&format!("{one}/status"), put(conversation::set_status))
            .route(&format!("{one}/members"), get(conversation::members))
            .route(&format!("{one}/messages"), get(message::list).post(message::create))
            .route(&format!("{one}/messages/{{messageId}}"), patch(message::update))
            .route(limit, post(hand_work::raise_limit))
            .route("/v2/relocation", post(hand_work::relocate))
            .route("/v2/authenticate", post(user::authenticate))
            .route("/v2/conversation-categories", get(category::list))
            .route("/v2/conversation-categories/{categoryId}", get(category::get))
            .route("/v2/customers/{customerId}/conversation-preferences", get(preference::get))
            .route("/v2/user", get(user::get_own))
            .route("/v2/users/{userId}", get(user::get))
            .route("/v2/users/self/credentials/email", get(user::email))
            .route("/v2/users/self/api-tokens", get(token::list).post(token::create))
            .route("/v2/users/self/api-tokens/{apiTokenId}", delete(token::delete))
            .route("/v2/users/self/credentials/token", post(token::check))
            .route("/v2/users/self/sessions/current/status", get(token::status))
    }

    fn shows_rates(&self) -> bool {
        true
    }

    fn fault(&self) -> fn(Fault) -> Response {
        fault::of_shell
    }
}

/// The answer to something that was done, perhaps by an earlier request of the same name.
fn answered(Done { answer, number }: Done) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    done(status, answer.body, number)
}

/// The answer to something that was done under this number of the event log; an empty body is none.
fn done(status: StatusCode, body: String, number: i64) -> Response {
    let mut response = if body.is_empty() { status.into_response() } else { json(status, body) };
    response.headers_mut().insert(header::ETAG, HeaderValue::from(number));
    response
}
