//! Where the service tells us what people wrote and what became of our messages. It must be answered with a success even
//! when what it says is nothing to us: it would say it again for seven days, and hold up everything else.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use parlance_engine::Error;
use parlance_engine::carrier::{Inbound, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::message::Delivery;
use parlance_engine::submission::Report;
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};

use crate::app::App;
use crate::carrier::Desk;
use crate::carrier::door::{self, Refused};

/// The seal under what the service says.
const SIGNATURE: HeaderName = HeaderName::from_static("x-goog-signature");

/// The longest text that a handshake asks us to repeat, in characters.
const ECHO_CHARS_MAX: usize = 1_000;

/// A call of the service: a handshake, or an envelope with something in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    client_token: Option<String>,
    secret: Option<String>,
    message: Option<Envelope>,
}

#[derive(Deserialize)]
struct Envelope {
    data: String,
}

/// What somebody wrote, or what became of a message of ours: the two have most of their names in common.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    sender_phone_number: String,
    message_id: Option<String>,
    event_type: Option<String>,
    #[serde(default)]
    agent_id: String,
    text: Option<String>,
    suggestion_response: Option<Chosen>,
    user_file: Option<Sent>,
    location: Option<Place>,
}

#[derive(Deserialize)]
struct Chosen {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    payload: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    file_name: Option<String>,
    file_uri: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    latitude: f64,
    longitude: f64,
}

/// The routes.
pub(in crate::carrier) fn routes() -> Router<App> {
    Router::new().route("/carriers/{id}/rcs", post(hear))
}

/// POST: a handshake, or news.
async fn hear(State(app): State<App>, request: Request) -> Result<Response, Refused> {
    let call = door::called(&app, Kind::Rcs, request).await?;
    match read(&call.body)? {
        Heard { client_token: Some(token), secret: Some(echo), .. } => shake(&call.secret, &token, echo),
        Heard { message: Some(envelope), .. } => {
            let data = opened(&call.secret, &call.headers, &envelope)?;
            match heed(&call.desk, &data).await {
                Ok(()) => {}
                Err(Error::Invalid { problem, .. }) => not_understood(&call.desk, &problem),
                Err(error) => return Err(error.into()),
            }
            Ok("".into_response())
        }
        _ => Err(neither()),
    }
}

fn read(body: &[u8]) -> Result<Heard, Refused> {
    let read = serde_json::from_slice(body);
    read.map_err(|problem| if problem.is_data() { neither() } else { Refused::no_json(&problem) })
}

fn neither() -> Refused {
    Refused::Senseless("This is neither a handshake nor a message.".to_owned())
}

/// Repeats the secret of a handshake, to whoever knows ours.
fn shake(secret: &str, token: &str, echo: String) -> Result<Response, Refused> {
    // Of their hashes, so that the time it takes says nothing of the token.
    if Sha256::digest(token) != Sha256::digest(secret) {
        return Err(Refused::Unproven("The clientToken is not this carrier's secret."));
    }
    if echo.chars().count() > ECHO_CHARS_MAX || echo.chars().any(char::is_control) {
        return Err(Refused::Senseless("secret: this is too long or has control characters.".to_owned()));
    }
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(CONTENT_TYPE, plain)], echo).into_response())
}

/// What is in the envelope, if the service has sealed it.
fn opened(secret: &str, headers: &HeaderMap, envelope: &Envelope) -> Result<Vec<u8>, Refused> {
    let unproven = || Refused::Unproven("The signature is not valid.");
    let data = STANDARD.decode(&envelope.data).map_err(|_| unproven())?;
    let signature = headers.get(SIGNATURE).and_then(|value| STANDARD.decode(value).ok());
    let signature = signature.ok_or_else(unproven)?;
    let mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("an HMAC takes a key of any length");
    // Compared in constant time.
    mac.chain_update(&data).verify_slice(&signature).map_err(|_| unproven())?;
    Ok(data)
}

fn not_understood(desk: &Desk, problem: &str) {
    tracing::info!(carrier = %desk.carrier(), problem, "the service told something that is not understood");
}

async fn heed(desk: &Desk, data: &[u8]) -> Result<(), Error> {
    let told: Told = match serde_json::from_slice(data) {
        Ok(told) => told,
        Err(problem) => {
            not_understood(desk, &problem.to_string());
            return Ok(());
        }
    };
    match (told.event_type.as_deref(), &told.message_id) {
        // Who has read it has it.
        (Some(word @ ("DELIVERED" | "READ")), Some(id)) => {
            let report = Report {
                carrier: desk.carrier(),
                carrier_message: id.clone(),
                to: told.sender_phone_number.clone(),
                delivery: Delivery::Delivered,
                detail: word.to_owned(),
                at: desk.now(),
            };
            desk.report(report).await?;
        }
        (None, Some(id)) => {
            let Some(text) = told.said() else { return Ok(()) };
            let text = Inbound {
                carrier: desk.carrier(),
                from: told.sender_phone_number.clone(),
                to: told.agent_id.clone(),
                channel: Channel::Rcs,
                text,
                key: format!("id:{id}"),
                session: Kind::Rcs.as_str().to_owned(),
                at: desk.now(),
            };
            desk.receive(text).await?;
        }
        // That somebody types, and whatever comes to be.
        _ => {}
    }
    Ok(())
}

impl Told {
    /// What somebody wrote, chose, sent or showed, as a text.
    fn said(&self) -> Option<String> {
        let chosen = || self.suggestion_response.as_ref()?.text.clone();
        let file = || {
            let payload = self.user_file.as_ref()?.payload.as_ref()?;
            let parts = [payload.file_name.as_deref(), payload.file_uri.as_deref()];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        };
        let place = || self.location.as_ref().map(|place| format!("{}, {}", place.latitude, place.longitude));
        let said = self.text.clone().or_else(chosen).or_else(file).or_else(place);
        said.filter(|text| !text.trim().is_empty())
    }
}
