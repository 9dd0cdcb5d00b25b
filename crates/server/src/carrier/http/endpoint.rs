//! Where a gateway tells us of texts that came in, and of what became of ours.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use parlance_engine::carrier::{Inbound, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::submission::Report;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{delivery, seal};
use crate::app::App;
use crate::carrier::Desk;
use crate::carrier::door::{self, Refused};

/// The longest id of the gateway's, in characters.
const ID_CHARS_MAX: usize = 200;

/// A text that came in.
#[derive(Deserialize)]
struct Text {
    id: String,
    from: String,
    to: String,
    text: String,
    channel: Option<String>,
}

/// What became of a message of ours.
#[derive(Deserialize)]
struct Told {
    id: String,
    #[serde(default)]
    to: String,
    state: String,
    #[serde(default)]
    detail: String,
}

/// The routes.
pub(in crate::carrier) fn routes() -> Router<App> {
    Router::new().route("/carriers/{id}/inbound", post(inbound)).route("/carriers/{id}/reports", post(report))
}

/// The id of a carrier as it stands in the path.
type Named = Result<Path<String>, PathRejection>;

/// POST: a text came in. The same id again is the same text.
async fn inbound(
    State(app): State<App>,
    id: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let (desk, body) = believed(&app, id, &headers, body).await?;
    let text: Text = read(&body)?;
    check_id(&text.id)?;
    let heard = Inbound {
        carrier: desk.carrier(),
        channel: channel(text.channel.as_deref())?,
        key: format!("id:{}", text.id),
        session: Kind::Http.as_str().to_owned(),
        from: text.from,
        to: text.to,
        text: text.text,
        at: desk.now(),
    };
    let stored = desk.receive(heard).await?;
    Ok(Json(json!({ "message": stored.message.to_string(), "new": stored.is_new })))
}

/// POST: it is known what became of a message. Saying so again changes nothing.
async fn report(
    State(app): State<App>,
    id: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let (desk, body) = believed(&app, id, &headers, body).await?;
    let told: Told = read(&body)?;
    check_id(&told.id)?;
    let unknown = || Refused::Senseless(format!("state: there is no state {:?}.", told.state));
    let report = Report {
        carrier: desk.carrier(),
        delivery: delivery(&told.state).ok_or_else(unknown)?,
        carrier_message: told.id,
        to: told.to,
        detail: told.detail,
        at: desk.now(),
    };
    Ok(Json(json!({ "known": desk.report(report).await? })))
}

/// The desk of the carrier that calls, and what it says, if it is proven that it does.
async fn believed(app: &App, id: Named, headers: &HeaderMap, body: Body) -> Result<(Desk, Bytes), Refused> {
    let Path(id) = id.map_err(|_| Refused::Unknown)?;
    let caller = door::caller(app, &id, Kind::Http).await?;
    let body = door::read(body).await?;
    seal::check(&caller.secret, caller.desk.now(), headers, &body).map_err(Refused::Unproven)?;
    Ok((caller.desk, body))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|problem| Refused::Senseless(problem.to_string()))
}

fn check_id(id: &str) -> Result<(), Refused> {
    let fits = (1..=ID_CHARS_MAX).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    let problem = || Refused::Senseless(format!("id: an id is a text of 1 to {ID_CHARS_MAX} characters."));
    if fits { Ok(()) } else { Err(problem()) }
}

fn channel(word: Option<&str>) -> Result<Channel, Refused> {
    let word = word.unwrap_or(Channel::Sms.as_str());
    let known = Channel::ALL.into_iter().find(|channel| channel.as_str() == word);
    known.ok_or_else(|| Refused::Senseless(format!("channel: there is no channel {word:?}.")))
}
