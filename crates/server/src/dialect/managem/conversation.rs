//! `/conversations`: list, create, lock (contract §1.1, §1.2, §1.4).

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use parlance_engine::conversation::{self, Listing, Order, Source, Start};
use parlance_engine::{ConversationId, Result};

use super::answered;
use super::caller::Asker;
use super::fault::Refused;
use super::wire::{self, NewConversation};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::object::Object;
use crate::dialect::query::Query;
use crate::dialect::spelling::json;
use crate::page_cache::{List, Page};

/// GET: the caller's conversations, as they were last sent if nothing has changed since.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let listing = listing(&Query::new(query.as_deref()))?;
    let list = List::Inbox(listing);
    if let Some(kept) = app.pages.get(&asker.0, &list) {
        return Ok(json(StatusCode::OK, kept.body));
    }
    let overview = app.engine.read(asker.principal(), move |cx| conversation::page(cx, listing)).await?;
    let page = Bytes::from(wire::conversations(&overview, &app.links())?);
    app.pages.put(&asker.0, &list, Page { body: page.clone(), total: None });
    Ok(json(StatusCode::OK, page))
}

/// POST: a conversation and its first message, or one more message in the one there is.
pub(super) async fn create(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let new = start(sent.json()?)?;
    let links = app.links();
    let answer = sent.answer(&app, asker.0.caller, 201, move |cx| {
        let id = conversation::start(cx, &new)?;
        wire::conversation(&conversation::get(cx, id)?, &links)
    });
    Ok(answered(answer.await?))
}

/// POST …/lock: no more messages.
pub(super) async fn lock(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let id: ConversationId = id.parse()?;
    let links = app.links();
    let answer = sent.answer(&app, asker.0.caller, 200, move |cx| {
        conversation::lock(cx, id)?;
        wire::conversation(&conversation::get(cx, id)?, &links)
    });
    Ok(answered(answer.await?))
}

fn listing(query: &Query<'_>) -> Result<Listing> {
    let page = query.number("page", 1..=i64::MAX, 1)?;
    let limit = query.number("size", 1..=50, 20)?;
    let order = query.word(
        "sort",
        &[("createdAt", Order::Created), ("updatedAt", Order::Updated)],
        Order::Updated,
    )?;
    let descending = query.word("direction", &[("asc", false), ("desc", true)], true)?;
    Ok(Listing { skip: (page - 1).saturating_mul(limit), limit, order, descending })
}

fn start(new: NewConversation) -> Result<Start> {
    let Object(source) = new.source;
    let source = Source { kind: source.kind.parse()?, id: source.id };
    Ok(Start { source: Some(source), recipient: Some(new.recipient_id), shared_with: None, body: new.body })
}
