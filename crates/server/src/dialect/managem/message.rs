//! `/conversations/{id}/messages`: list and send (contract §1.5, §1.6).

use axum::extract::{RawQuery, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, participant, person};

use super::answered;
use super::caller::Asker;
use super::fault::Refused;
use super::wire::{self, NewMessage};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::query::Query;
use crate::dialect::spelling::json;

/// GET: newest first. What is shown counts as read; that is noted after the answer, so that reading stays a read.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
    method: Method,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let id: ConversationId = id.parse()?;
    let query = Query::new(query.as_deref());
    let (page, size) = (query.number("page", 1..=i64::MAX, 1)?, query.number("size", 1..=100, 20)?);
    let skip = (page - 1).saturating_mul(size);
    let shown = app.engine.read(asker.principal(), move |cx| message::page(cx, id, skip, size)).await?;
    // A HEAD is answered like a GET, but shows nothing to anybody.
    if let Some(index) = shown.newly_read.filter(|_| method == Method::GET) {
        app.engine.write_later(asker.principal(), move |cx| participant::mark_read(cx, id, index));
    }
    Ok(json(StatusCode::OK, wire::messages(&shown, &app.links())?))
}

/// POST: says something.
pub(super) async fn send(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let conversation: ConversationId = id.parse()?;
    let post = Post::new(conversation, sent.json::<NewMessage>()?.body);
    let links = app.links();
    let caller = asker.0.caller;
    let answer = sent.answer(&app, caller, 201, move |cx| {
        let message = message::post(cx, &post)?;
        wire::message(&message, &person::get(cx, caller.person)?, &links)
    });
    Ok(answered(answer.await?))
}
