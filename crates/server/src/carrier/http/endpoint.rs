//! Where a gateway tells us of texts that came in, and of what became of ours.

use axum::extract::{FromRequest, Request};
use axum::routing::post;
use axum::{Json, Router};
use parlance_engine::carrier::{Inbound, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::submission::Report;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{delivery, seal};
use crate::app::App;
use crate::carrier::Desk;
use crate::carrier::door::{self, Call, Refused};

/// The longest id of the gateway's, in characters.
const ID_CHARS_MAX: usize = 200;

/// Something that a gateway tells.
trait Told: Sized {
    /// Refused when a field of it is missing, or is not what it must be.
    fn read(fields: &mut Fields) -> Result<Self, Refused>;
}

/// A text that came in.
struct Text {
    id: String,
    from: String,
    to: String,
    text: String,
    channel: Option<String>,
}

impl Told for Text {
    fn read(fields: &mut Fields) -> Result<Text, Refused> {
        Ok(Text {
            id: id(fields.text("id")?)?,
            from: fields.text("from")?,
            to: fields.text("to")?,
            text: fields.text("text")?,
            channel: fields.optional_text("channel")?,
        })
    }
}

/// What became of a message of ours.
struct End {
    id: String,
    to: String,
    state: String,
    detail: String,
}

impl Told for End {
    fn read(fields: &mut Fields) -> Result<End, Refused> {
        Ok(End {
            id: id(fields.text("id")?)?,
            to: fields.optional_text("to")?.unwrap_or_default(),
            state: fields.text("state")?,
            detail: fields.optional_text("detail")?.unwrap_or_default(),
        })
    }
}

/// The routes.
pub(in crate::carrier) fn routes() -> Router<App> {
    Router::new().route("/carriers/{id}/inbound", post(inbound)).route("/carriers/{id}/reports", post(report))
}

/// What a gateway says, if it is proven that it does, and the desk where that is taken.
struct Sealed<T> {
    desk: Desk,
    told: T,
}

impl<T: Told> FromRequest<App> for Sealed<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Sealed<T>, Refused> {
        let Call { desk, secret, headers, body } = door::called(app, Kind::Http, request).await?;
        seal::check(&secret, desk.now(), &headers, &body).map_err(Refused::Unproven)?;
        let told = T::read(&mut Fields::read(&body)?)?;
        Ok(Sealed { desk, told })
    }
}

/// POST: a text came in. The same id again is the same text.
async fn inbound(Sealed { desk, told: text }: Sealed<Text>) -> Result<Json<Value>, Refused> {
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
async fn report(Sealed { desk, told }: Sealed<End>) -> Result<Json<Value>, Refused> {
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

fn id(id: String) -> Result<String, Refused> {
    let fits = (1..=ID_CHARS_MAX).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    let problem = || Refused::Senseless(format!("id: an id is a text of 1 to {ID_CHARS_MAX} characters."));
    if fits { Ok(id) } else { Err(problem()) }
}

fn channel(word: Option<&str>) -> Result<Channel, Refused> {
    let word = word.unwrap_or(Channel::Sms.as_str());
    let known = Channel::ALL.into_iter().find(|channel| channel.as_str() == word);
    known.ok_or_else(|| Refused::Senseless(format!("channel: there is no channel {word:?}.")))
}
