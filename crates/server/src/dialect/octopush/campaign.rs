//! `/v1/public/sms-campaign` and `/v1/public/multi-channel`: one text to many (contract §3.1, §3.2).

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::Result;
use parlance_engine::campaign::{self, Purpose, Send, State as Standing, Ticket};
use parlance_engine::channel::Channel;
use parlance_engine::credit::price;
use serde::Serialize;

use super::asked::Asked;
use super::contact::people;
use super::fault::Refused;
use super::lenient::Fields;
use super::live_chat;
use super::spelling::Micro;
use crate::dialect::spelling::{json, text};

/// What a text message is sold as.
const TYPES: [(&str, &str); 2] = [("sms_premium", "sms_premium"), ("sms_low_cost", "sms_low_cost")];

/// Through what something can be sent.
const CHANNELS: [(&str, Channel); 5] = [
    ("sms", Channel::Sms),
    ("voice_sms", Channel::Voice),
    ("rcs", Channel::Rcs),
    ("email", Channel::Email),
    ("live_chat", Channel::Chat),
];

const PURPOSES: [(&str, Purpose); 2] = [("alert", Purpose::Alert), ("wholesale", Purpose::Wholesale)];

/// The answer to a send. It has no `code`: clients take one for a failure (contract §0). The names of the ticket are
/// those of the two operations; the last member is ours.
#[derive(Serialize)]
pub(super) struct Sent<'a> {
    sms_ticket: &'a str,
    ticket_number: &'a str,
    number_of_contacts: i64,
    total_cost: Micro,
    number_of_sms_needed: i64,
    residual_credit: Micro,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    blacklisted_numbers: &'a [String],
}

/// The answer to sms-campaign/draft (contract §3.1), which does have a `code`.
#[derive(Serialize)]
struct Draft<'a> {
    ticket_number: &'a str,
    number_of_contacts: i64,
    number_of_sms_needed: i64,
    residual_credit: Micro,
    total_cost: Micro,
    status: &'static str,
    message: &'a str,
    code: u16,
}

/// POST sms-campaign/send.
pub(super) async fn send_sms(asked: Asked) -> Result<Response, Refused> {
    send(&asked, Channel::Sms).await
}

/// POST multi-channel/send.
pub(super) async fn send_by_channel(asked: Asked) -> Result<Response, Refused> {
    let channel = asked.fields.word("channel", &CHANNELS).unwrap_or(Channel::Sms);
    match channel {
        Channel::Chat => live_chat::send(&asked).await,
        other => send(&asked, other).await,
    }
}

/// GET sms-campaign/draft: how something stands that was sent, or is yet to be.
pub(super) async fn draft(asked: Asked) -> Result<Response, Refused> {
    let name = ticket_name(&asked.fields);
    let ticket = asked.read(move |cx| campaign::status(cx, &name)).await?;
    let wire = Draft {
        ticket_number: &ticket.ticket,
        number_of_contacts: ticket.number_of_contacts,
        number_of_sms_needed: ticket.parts,
        residual_credit: Micro(ticket.residual_micro),
        total_cost: Micro(ticket.cost_micro),
        status: standing(ticket.state, "validated"),
        message: &ticket.problem,
        code: 0,
    };
    Ok(json(StatusCode::OK, text(&wire)?))
}

async fn send(asked: &Asked, channel: Channel) -> Result<Response, Refused> {
    let send = sending(&asked.fields, channel);
    let ticket = asked.write(move |cx| campaign::send(cx, &send)).await?;
    Ok(json(StatusCode::CREATED, text(&Sent::new(&ticket))?))
}

/// What shall be sent. What is missing is left empty, and the engine says what it needs.
pub(super) fn sending(fields: &Fields, channel: Channel) -> Send {
    let product = match channel {
        Channel::Sms => kind(fields).unwrap_or("sms_premium"),
        other => price::product(other),
    };
    Send {
        channel,
        product: product.to_owned(),
        text: fields.text("text").unwrap_or_default(),
        recipients: people(fields, "recipients"),
        sender: fields.line("sender"),
        purpose: fields.word("purpose", &PURPOSES).unwrap_or(Purpose::Wholesale),
        send_at: fields.time("send_at"),
        simulated: fields.flag("simulation_mode").unwrap_or(false),
        request_id: fields.line("request_id"),
        draft: fields.flag("draft").unwrap_or(false),
        list_name: fields.line("list_name"),
    }
}

/// What a text message shall be sold as; sent by channel, it says so among its metadata (contract §3.2).
fn kind(fields: &Fields) -> Option<&'static str> {
    fields.word("type", &TYPES).or_else(|| fields.inside("metadata").word("type", &TYPES))
}

/// How a campaign stands; `ready` is the operation's word for what may be sent.
pub(super) fn standing(state: Standing, ready: &'static str) -> &'static str {
    match state {
        Standing::Draft | Standing::Ready => ready,
        Standing::Computing => "under_computation",
        Standing::Scheduled => "scheduled",
        Standing::Sending => "sending",
        Standing::Done => "sent",
        Standing::Cancelled => "cancelled",
        Standing::Failed => "failed",
    }
}

/// The ticket that a request is about; what is missing names nothing.
pub(super) fn ticket_name(fields: &Fields) -> String {
    let names = ["ticket_number", "sms_ticket", "ticket"];
    names.into_iter().find_map(|name| fields.line(name)).unwrap_or_default()
}

impl<'a> Sent<'a> {
    pub(super) fn new(ticket: &'a Ticket) -> Sent<'a> {
        Sent {
            sms_ticket: &ticket.ticket,
            ticket_number: &ticket.ticket,
            number_of_contacts: ticket.number_of_contacts,
            total_cost: Micro(ticket.cost_micro),
            number_of_sms_needed: ticket.parts,
            residual_credit: Micro(ticket.residual_micro),
            blacklisted_numbers: &ticket.left_out,
        }
    }
}
