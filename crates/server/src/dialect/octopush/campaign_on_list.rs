//! `/v1/public/sms-campaign-on-list` and `…-on-tag`: one text to everybody on a list, in two steps (contract §3.1).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use parlance_engine::campaign::{self, State};
use parlance_engine::channel::Channel;
use parlance_engine::contact::list::Kind;
use parlance_engine::{Error, Result};
use serde::Serialize;

use super::asked::Asked;
use super::campaign::{Sent, sending, standing, ticket_name};
use super::fault::Refused;
use super::lenient::Fields;
use super::spelling::{Micro, Moment};
use crate::dialect::spelling::{json, text};

/// The answer to status. While a campaign is not ready it is 400 with a `code`, as every failure is; `message` then says
/// so, and of a campaign that failed why it did.
#[derive(Serialize)]
struct Status<'a> {
    number_of_contacts: i64,
    cost: Micro,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

/// "The campaign is being built" (contract §5).
const BEING_BUILT: u16 = 129;

/// The answer to send.
#[derive(Serialize)]
struct Sending {
    sending_date: Moment,
}

/// POST create: nothing is sent or paid yet.
pub(super) async fn create(asked: Asked) -> Result<Response, Refused> {
    let (kind, name) = gathered(&asked.fields)?;
    let send = sending(&asked.fields, Channel::Sms);
    let make = move |cx: &mut parlance_engine::Cx<'_>| campaign::on_list(cx, &send, kind, &name);
    let ticket = asked.write(make).await?;
    Ok(json(StatusCode::CREATED, text(&Sent::new(&ticket))?))
}

/// GET status.
pub(super) async fn status(asked: Asked) -> Result<Response, Refused> {
    let name = ticket_name(&asked.fields);
    let ticket = asked.read(move |cx| campaign::status(cx, &name)).await?;
    let ready = Status {
        number_of_contacts: ticket.number_of_contacts,
        cost: Micro(ticket.cost_micro),
        status: standing(ticket.state, "ready_to_be_send"),
        code: None,
        message: &ticket.problem,
    };
    if ticket.state != State::Computing {
        return Ok(json(StatusCode::OK, text(&ready)?));
    }
    let message = "It is still being computed whom this campaign goes to; ask again in a moment.";
    let wire = Status { code: Some(BEING_BUILT), message, ..ready };
    Ok(json(StatusCode::BAD_REQUEST, text(&wire)?))
}

/// POST send: now it is paid and sent, at its time.
pub(super) async fn send(asked: Asked) -> Result<Response, Refused> {
    let name = ticket_name(&asked.fields);
    let ticket = asked.write(move |cx| campaign::confirm(cx, &name)).await?;
    Ok(json(StatusCode::OK, text(&Sending { sending_date: Moment(ticket.send_at) })?))
}

/// DELETE cancel.
pub(super) async fn cancel(asked: Asked) -> Result<Response, Refused> {
    let name = ticket_name(&asked.fields);
    asked.write(move |cx| campaign::cancel(cx, &name)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where its recipients are gathered. Both at once would be those on the one who also have the other, and whoever did
/// not know that they are not would be written to.
fn gathered(fields: &Fields) -> Result<(Kind, String)> {
    match (fields.line("list_name"), fields.line("tag_name")) {
        (Some(name), None) => Ok((Kind::List, name)),
        (None, Some(name)) => Ok((Kind::Tag, name)),
        (Some(_), Some(_)) => {
            Err(Error::invalid("segmentation", "Say a list or a tag; they cannot be combined here."))
        }
        (None, None) => Err(Error::invalid("list_name", "Say the name of a list or of a tag.")),
    }
}
