//! `/v2/notifications`: what others said while one was not looking (contract §2.4).
//!
//! Notifications are made a moment after what they tell of; every operation here waits that moment, so that whoever
//! has seen the answer to a message finds its notification.

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use parlance_engine::message::Kind;
use parlance_engine::notification::{self, Counts, FOLLOWER, Filter, Notification, Severity};
use parlance_engine::{ConversationId, Cx, MessageId};
use serde::{Deserialize, Serialize};

use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::parameter::{self, Paging};
use super::{body, done};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::query::Query;
use crate::dialect::spelling::{Shown, Stamp, bytes, json, text};
use crate::follow;

/// Items on a page, where a request does not say.
const LIMIT: i64 = 500;

/// What the contract calls a conversation, as domain and as aggregate.
const CONVERSATION: &str = "conversation";

/// What notifications tell of. The contract leaves these words open.
const TYPES: [(&str, Kind); 2] = [
    ("conversation-message-created", Kind::Message),
    ("conversation-service-request-created", Kind::ServiceRequest),
];

const SEVERITIES: [(&str, Severity); 4] = [
    ("success", Severity::Success),
    ("info", Severity::Info),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
];

const STATUSES: [(&str, bool); 2] = [("unread", false), ("read", true)];

/// The contract's Notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: Shown<MessageId>,
    #[serde(rename = "type")]
    kind: &'static str,
    reference: Reference,
    severity: &'static str,
    read: bool,
    created_at: Stamp,
}

/// The contract's AggregateReference.
#[derive(Serialize)]
struct Reference {
    domain: &'static str,
    aggregate: &'static str,
    id: Shown<ConversationId>,
}

/// How many are unread.
#[derive(Serialize)]
struct Unread {
    total: i64,
    success: i64,
    info: i64,
    warning: i64,
    error: i64,
}

/// Whether a notification is read: what is sent, and what is answered.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Standing {
    Read,
    Unread,
}

#[derive(Serialize, Deserialize)]
struct Status {
    status: Standing,
}

/// What reading all of them did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AllRead {
    status: Standing,
    updated_count: u64,
}

/// GET: newest first.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = Query::new(query.as_deref());
    let (filter, paging) = (filter(&query)?, Paging::or(&query, LIMIT)?);
    follow::caught_up(&app, asker.principal(), FOLLOWER).await?;
    let read = move |cx: &mut Cx<'_>| notification::page(cx, &filter, paging.skip, paging.limit);
    let page = app.engine.read(asker.principal(), read).await?;
    let wire: Vec<Item> = page.notifications.iter().map(Item::new).collect();
    Ok(paging.show(json(StatusCode::OK, bytes(&wire)?), page.total))
}

/// GET: how many are unread.
pub(super) async fn unread(State(app): State<App>, asker: Asker) -> Result<Response, Refused> {
    follow::caught_up(&app, asker.principal(), FOLLOWER).await?;
    let counts = app.engine.read(asker.principal(), notification::unread).await?;
    Ok(json(StatusCode::OK, bytes(&Unread::new(&counts))?))
}

/// GET, deprecated: the counts are elsewhere, for whoever may have them.
pub(super) async fn moved() -> Response {
    Redirect::permanent("/v2/notification-unread-counts").into_response()
}

/// PUT: one is read now, or unread again. A body that says neither means that it is read.
pub(super) async fn set_status(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let wire: Status = body::read(&sent, "notifications-read-notification")?;
    let (id, read): (MessageId, _) = (id.parse()?, matches!(wire.status, Standing::Read));
    let set = move |cx: &mut Cx<'_>| notification::set_read(cx, id, read);
    let ((), number) = app.engine.write_numbered(asker.principal(), set).await?;
    Ok(done(StatusCode::OK, text(&wire)?, number))
}

/// POST: all that are meant are read now.
pub(super) async fn read_all(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Refused> {
    let meant = meant(&Query::new(query.as_deref()))?;
    let (updated_count, number) = read(&app, &asker, request, meant).await?;
    let wire = AllRead { status: Standing::Read, updated_count };
    Ok(done(StatusCode::OK, text(&wire)?, number))
}

/// PUT, deprecated: all are read now.
pub(super) async fn read_all_quietly(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    let (_, number) = read(&app, &asker, request, Filter::default()).await?;
    Ok(done(StatusCode::OK, text(&Status { status: Standing::Read })?, number))
}

async fn read(app: &App, asker: &Asker, request: Request, meant: Filter) -> Result<(u64, i64), Refused> {
    body::none(&Sent::read(app, request).await?)?;
    follow::caught_up(app, asker.principal(), FOLLOWER).await?;
    let read = move |cx: &mut Cx<'_>| notification::read_all(cx, &meant);
    Ok(app.engine.write_numbered(asker.principal(), read).await?)
}

/// Which of them a list shows.
fn filter(query: &Query<'_>) -> Result<Filter, Problem> {
    let (wanted, unwanted) = (query.all("type"), query.all("type-not"));
    let passes = |word: &str| (wanted.is_empty() || wanted.contains(&word)) && !unwanted.contains(&word);
    let kinds = TYPES.into_iter().filter(|(word, _)| passes(word)).map(|(_, kind)| kind).collect();
    Ok(Filter {
        read: parameter::word(query, "status", &STATUSES)?,
        severities: severities(query, "severity")?,
        kinds: Some(kinds),
        conversation: None,
    })
}

/// Which of them are to be read. All refer to conversations: something else is none of them.
fn meant(query: &Query<'_>) -> Result<Filter, Problem> {
    let mut elsewhere = false;
    for name in ["referenceDomain", "referenceAggregate"] {
        elsewhere |= parameter::text(query, name)?.is_some_and(|word| word != CONVERSATION);
    }
    Ok(Filter {
        severities: severities(query, "severities")?,
        kinds: elsewhere.then(Vec::new),
        conversation: parameter::text(query, "referenceId")?.map(conversation).transpose()?,
        ..Filter::default()
    })
}

fn severities(query: &Query<'_>, name: &'static str) -> Result<Option<Vec<Severity>>, Problem> {
    let some = parameter::words(query, name, &SEVERITIES)?;
    Ok(Some(some).filter(|some| !some.is_empty()))
}

fn conversation(text: &str) -> Result<ConversationId, Problem> {
    let problem = |_| {
        let problem = Problem::new(".referenceId", "format", "should match format \"uuid\"");
        problem.with("format", "uuid")
    };
    text.to_ascii_lowercase().parse().map_err(problem)
}

impl Item {
    fn new(notification: &Notification) -> Item {
        let kind = TYPES.iter().find(|(_, kind)| *kind == notification.kind);
        let reference =
            Reference { domain: CONVERSATION, aggregate: CONVERSATION, id: Shown(notification.conversation) };
        Item {
            id: Shown(notification.message),
            kind: kind.map_or("", |(word, _)| word),
            reference,
            severity: notification.severity.as_str(),
            read: notification.read,
            created_at: Stamp(notification.created_at),
        }
    }
}

impl Unread {
    fn new(counts: &Counts) -> Unread {
        let Counts { success, info, warning, error } = *counts;
        Unread { total: counts.total(), success, info, warning, error }
    }
}
