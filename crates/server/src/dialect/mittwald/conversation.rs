//! `/v2/conversations`: list, create, look at, change, close (contract §2.1).

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use parlance_engine::conversation::ticket::{self, Change, Listing, New, Order, Role, Standing};
use parlance_engine::conversation::{self, Status};
use parlance_engine::error::Cause;
use parlance_engine::search::Query as Search;
use parlance_engine::{CategoryId, ConversationId, Error, PersonId, Result};
use serde::Deserialize;
use serde_json::json;

use super::at_conversation::AtConversation;
use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::parameter::{Paging, placed_words, words};
use super::wire::{self, Reference};
use super::{answered, body};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::query::Query;
use crate::dialect::spelling::{json as answer, text};
use crate::page_cache::{List, Page};

/// The body of POST /v2/conversations.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewConversation {
    title: Option<String>,
    message_content: Option<String>,
    category_id: Option<String>,
    main_user_id: Option<String>,
    related_to: Option<Reference>,
    shared_with: Option<Reference>,
    #[serde(default)]
    notification_roles: Vec<String>,
}

/// The body of PUT /v2/conversations/{conversationId}.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedConversation {
    title: Option<String>,
    category_id: Option<String>,
    related_to: Option<Reference>,
}

/// The body of PUT …/status.
#[derive(Deserialize)]
struct NewStatus {
    status: String,
}

/// What lists can be put in order by; conversations are called by their ids or by their numbers.
const ORDERS: [(&str, Order); 5] = [
    ("createdAt", Order::Created),
    ("lastMessage.createdAt", Order::LastMessage),
    ("title", Order::Title),
    ("shortId", Order::ShortId),
    ("conversationId", Order::Id),
];

/// GET: what the caller may see, as it was last sent if nothing has changed since.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = Query::new(query.as_deref());
    let paging = Paging::of(&query)?;
    let listing = listing(paging, &query)?;
    if let Some(search) = Search::parse(&query.all("fullTextSearch").join(" ")) {
        let page = found(&app, &asker, search, listing).await?;
        return Ok(paging.show(answer(StatusCode::OK, wire::conversations(&page)?), page.total));
    }
    let list = List::Tickets(listing.clone());
    if let Some(Page { body, total: Some(total) }) = app.pages.get(&asker.session, &list) {
        return Ok(paging.show(answer(StatusCode::OK, body), total));
    }
    let page = app.engine.read(asker.principal(), move |cx| ticket::page(cx, &listing)).await?;
    let body = Bytes::from(wire::conversations(&page)?);
    app.pages.put(&asker.session, &list, Page { body: body.clone(), total: Some(page.total) });
    Ok(paging.show(answer(StatusCode::OK, body), page.total))
}

/// Those of the list in which these words occur.
async fn found(app: &App, asker: &Asker, search: Search, listing: Listing) -> Result<ticket::Page> {
    if !app.searches {
        let message =
            "Nothing can be searched on this server: its operator has switched that off.".to_owned();
        return Err(Error::Busy { cause: Cause::Queue, message });
    }
    let search = search.since(asker.wanted.wait_for_index(app, &asker.session).await);
    app.engine.search(asker.principal(), search, move |cx, found| ticket::found(cx, &listing, found)).await
}

/// POST: a new one, perhaps with its first message.
pub(super) async fn create(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let new = new(body::read(&sent, "conversation-create-conversation")?)?;
    let caller = asker.session.caller;
    let done = sent.answer(&app, caller, 201, move |cx| identified(ticket::start(cx, &new)?));
    Ok(answered(done.await?))
}

/// GET one.
pub(super) async fn get(at: AtConversation) -> Result<Response, Refused> {
    Ok(answer(StatusCode::OK, wire::conversation(&at.read(ticket::get).await?)?))
}

/// PUT: another title, category, or thing that it is about.
pub(super) async fn update(at: AtConversation, request: Request) -> Result<Response, Refused> {
    let sent = Sent::read(&at.app, request).await?;
    let change = change(body::read(&sent, "conversation-update-conversation")?)?;
    let done = at.write(sent, StatusCode::OK, move |cx, id| {
        ticket::change(cx, id, &change)?;
        identified(id)
    });
    Ok(done.await?)
}

/// PUT …/status.
pub(super) async fn set_status(at: AtConversation, request: Request) -> Result<Response, Refused> {
    let sent = Sent::read(&at.app, request).await?;
    let wire: NewStatus = body::read(&sent, "conversation-set-conversation-status")?;
    let status = status(&wire.status)?;
    let done = at.write(sent, StatusCode::OK, move |cx, id| {
        conversation::set_status(cx, id, status)?;
        identified(id)
    });
    Ok(done.await?)
}

/// GET …/members.
pub(super) async fn members(at: AtConversation) -> Result<Response, Refused> {
    Ok(answer(StatusCode::OK, wire::members(&at.read(ticket::members).await?)?))
}

/// The answer to what was done to a conversation: its id.
fn identified(id: ConversationId) -> Result<String> {
    text(&json!({ "conversationId": id.to_string() }))
}

fn listing(paging: Paging, query: &Query<'_>) -> Result<Listing, Problem> {
    let standings = words(query, "status", &[("open", Standing::Open), ("closed", Standing::Closed)])?;
    let orders = placed_words(query, "sort", &ORDERS)?;
    let directions = placed_words(query, "order", &[("asc", false), ("desc", true)])?;
    Ok(Listing {
        skip: paging.skip,
        limit: paging.limit,
        order: order(&orders, &directions),
        standing: both(&standings),
    })
}

/// Each key with the direction that stands at its place; a key without one has the default's, which is newest first.
/// A direction alone is that of the default key.
fn order(keys: &[(u32, Order)], directions: &[(u32, bool)]) -> Vec<(Order, bool)> {
    let keys = if keys.is_empty() { &[(0, Order::LastMessage)] } else { keys };
    let direction = |at: u32| directions.iter().find(|(place, _)| *place == at).is_none_or(|(_, down)| *down);
    keys.iter().map(|(at, key)| (*key, direction(*at))).collect()
}

/// Both of them, or none, is all.
fn both(standings: &[Standing]) -> Standing {
    match (standings.contains(&Standing::Open), standings.contains(&Standing::Closed)) {
        (true, false) => Standing::Open,
        (false, true) => Standing::Closed,
        _ => Standing::Any,
    }
}

fn new(wire: NewConversation) -> Result<New, Refused> {
    let roles: Result<Vec<Role>> = wire.notification_roles.iter().map(|role| role.parse()).collect();
    Ok(New {
        title: wire.title,
        body: wire.message_content.filter(|body| !body.trim().is_empty()),
        category: wire.category_id.as_deref().map(category).transpose()?,
        main_person: wire.main_user_id.as_deref().map(person).transpose()?,
        related_to: wire.related_to.map(Into::into),
        shared_with: wire.shared_with.map(Into::into),
        notification_roles: roles?,
    })
}

fn change(wire: ChangedConversation) -> Result<Change, Refused> {
    let category = wire.category_id.as_deref().map(category).transpose()?;
    Ok(Change { title: wire.title, category, related_to: wire.related_to.map(Into::into) })
}

fn category(text: &str) -> Result<CategoryId, Problem> {
    let unknown = |_| Problem::new(".categoryId", "invalid", "There is no such category.");
    text.to_ascii_lowercase().parse().map_err(unknown)
}

fn person(text: &str) -> Result<PersonId, Problem> {
    let unknown = |_| Problem::new(".mainUserId", "invalid", "There is nobody by this id.");
    text.to_ascii_lowercase().parse().map_err(unknown)
}

fn status(text: &str) -> Result<Status, Problem> {
    match text {
        "open" => Ok(Status::Open),
        "answered" => Ok(Status::Answered),
        "closed" => Ok(Status::Closed),
        _ => Err(Problem::new(".status", "enum", "should be equal to one of the allowed values")),
    }
}
