//! Full-text search: what is found, by whom, and that the index takes care of itself.

mod cluster;
mod listing;
mod model;
mod recovery;
mod reindex;
mod text;

use parlance_engine::access::Caller;
use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::search::Query;
use parlance_engine::{ConversationId, Engine, Principal, Result};

use crate::support::House;

/// A conversation without any words in its title, which begins with these; its id.
fn open(house: &House, who: Caller, body: &str) -> ConversationId {
    let new = New { title: Some("-".into()), body: Some(body.to_owned()), ..New::default() };
    house.write(who, move |cx| ticket::start(cx, &new)).expect("a conversation begins")
}

/// Indexes until there is nothing left to do.
fn catch_up(engine: &Engine) {
    while { engine.index().expect("the index goes on") }.more {}
}

/// The short ids of the conversations that have this text, after whatever happened so far.
pub fn find(house: &House, who: impl Into<Principal>, text: &str) -> Vec<u32> {
    catch_up(&house.engine);
    found(&house.engine, who, text).expect("a search is answered")
}

/// The short ids that the index gives as it is.
fn found(engine: &Engine, who: impl Into<Principal>, text: &str) -> Result<Vec<u32>> {
    let Some(query) = Query::parse(text) else { return Ok(Vec::new()) };
    engine.search_blocking(who.into(), query, |_, found| Ok(found.conversations.iter().collect()))
}
