//! `/v1/public/multi-channel/send` with the channel `live_chat`: an answer in conversations that there are (contract
//! §1.4, §3.2).

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::campaign::{self, Addressee, Answer};

use super::asked::Asked;
use super::campaign::Sent;
use super::contact::person;
use super::conversation::plain_id;
use super::fault::Refused;
use super::lenient::Fields;
use crate::dialect::spelling::{json, text};

pub(super) async fn send(asked: &Asked) -> Result<Response, Refused> {
    let answer = answer(&asked.fields);
    let ticket = asked.write(move |cx| campaign::answer(cx, &answer)).await?;
    Ok(json(StatusCode::CREATED, text(&Sent::new(&ticket))?))
}

/// What is missing is left empty, and the engine says what it needs.
fn answer(fields: &Fields) -> Answer {
    Answer {
        text: fields.text("text").unwrap_or_default(),
        recipients: fields.each("recipients", "conversation_id").iter().map(addressee).collect(),
        send_at: fields.time("send_at"),
        draft: fields.flag("draft").unwrap_or(false),
        simulated: fields.flag("simulation_mode").unwrap_or(false),
        request_id: fields.line("request_id"),
        list_name: fields.line("list_name"),
    }
}

fn addressee(fields: &Fields) -> Addressee {
    let conversation = fields.line("conversation_id").as_deref().map(plain_id);
    Addressee { conversation: conversation.unwrap_or_default(), said: person(fields) }
}
