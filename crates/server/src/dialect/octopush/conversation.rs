//! `/v1/public/conversations`: list, read, and who looks after one (contract §1).

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use parlance_engine::conversation::line::{self, Whose};
use parlance_engine::{ConversationId, Error, Result};

use super::asked::Asked;
use super::fault::Refused;
use super::lenient::Fields;
use super::wire;
use crate::dialect::spelling::json;
use crate::page_cache::{List, Page};

/// Items on a page, at most; more is this many.
const PER_PAGE_MAX: i64 = 100;

/// Messages on a page, where a request does not say.
const MESSAGES_PER_PAGE: i64 = 50;

/// GET conversations/list: as it was last sent if nothing has changed since.
pub(super) async fn list(asked: Asked) -> Result<Response, Refused> {
    let (skip, limit) = paging(&asked.fields, PER_PAGE_MAX);
    let list = List::Lines { skip, limit };
    if let Some(Page { body, .. }) = asked.app.pages.get(&asked.session, &list) {
        return Ok(json(StatusCode::OK, body));
    }
    let page = asked.read(move |cx| line::page(cx, skip, limit)).await?;
    let body = Bytes::from(wire::conversations(&page)?);
    asked.app.pages.put(&asked.session, &list, Page { body: body.clone(), total: None });
    Ok(json(StatusCode::OK, body))
}

/// GET conversations/messages/list: what was said with a contact, newest first.
pub(super) async fn messages(asked: Asked) -> Result<Response, Refused> {
    let (skip, limit) = paging(&asked.fields, MESSAGES_PER_PAGE);
    // Nobody is reached nowhere: so there is nothing to list where it is not said whose messages are wanted.
    let whose = whose(asked.fields.line("contact").unwrap_or_default())?;
    let said = asked.read(move |cx| line::messages(cx, &whose, skip, limit)).await?;
    Ok(json(StatusCode::OK, wire::messages(&said, &asked.app.links())?))
}

/// PUT conversations/set-agent: an agent looks after it, or with an empty e-mail address nobody any more.
pub(super) async fn set_agent(asked: Asked) -> Result<Response, Refused> {
    let id = conversation(&asked.fields.line("conversation_id").ok_or(Error::NotFound)?)?;
    let agent = asked.fields.line("agent_email");
    if agent.is_none() && !asked.fields.is_blank("agent_email") {
        return Err(Error::invalid("agent_email", "Say whose it is; an empty text or null is nobody.").into());
    }
    let assigned = asked.write(move |cx| line::assign(cx, id, agent.as_deref())).await?;
    Ok(json(StatusCode::OK, wire::conversation(&assigned)?))
}

/// How many items come before the page, and how many it has at most.
fn paging(fields: &Fields, per_page: i64) -> (i64, i64) {
    let per_page =
        fields.whole("per_page").filter(|wanted| *wanted > 0).unwrap_or(per_page).min(PER_PAGE_MAX);
    let page = fields.whole("page").unwrap_or(1).max(1);
    ((page - 1).saturating_mul(per_page), per_page)
}

/// One of the four forms of the parameter `contact`; a sender without a number is found as a number is.
fn whose(contact: String) -> Result<Whose> {
    if let Some(id) = contact.strip_prefix("cid_") {
        return conversation(id).map(Whose::Line);
    }
    Ok(match contact.strip_prefix("fid_") {
        Some(page) => Whose::Page(page.to_owned()),
        None if contact.contains('@') => Whose::Email(contact),
        None => Whose::Phone(contact),
    })
}

/// What is no id names nothing.
fn conversation(text: &str) -> Result<ConversationId> {
    plain_id(text).parse().map_err(|_| Error::NotFound)
}

/// The id of a conversation, with or without the `cid_` by which the list of messages knows it.
pub(super) fn plain_id(text: &str) -> String {
    text.strip_prefix("cid_").unwrap_or(text).to_ascii_lowercase()
}
