//! `parlance callback …`

use clap::{Args, Subcommand};
use parlance_engine::Time;
use parlance_engine::callback::{self, Callback, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::Moment;
use super::{Call, Failure, Output, Result};

/// Callbacks in one read of a list.
const PAGE: i64 = 500;

/// What is done with callbacks.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// List the calls to customers' URLs, newest first, and what became of them
    List(List),
}

/// Whose callbacks.
#[derive(Args, Serialize, Deserialize)]
pub struct List {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::List(list) => list.run(call),
        }
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let before: Option<(i64, String)> = call.after.map(read_place).transpose()?;
        let found = call.read(&workspace, move |cx| {
            let before = before.as_ref().map(|(at, id)| (Time(*at), id.as_str()));
            callback::page(cx, before, PAGE)
        })?;
        let columns = &["happenedAt", "kind", "number", "state", "attempts", "outcome", "url"];
        Ok(Part { items: &found, limit: PAGE, columns }.page(shown, place))
    }
}

/// The place of a callback in the list.
fn place(callback: &Callback) -> String {
    json!([callback.happened_at.0, callback.id]).to_string()
}

fn read_place(text: &str) -> Result<(i64, String)> {
    serde_json::from_str(text).map_err(|_| Failure::invalid("this is no place in a list of callbacks"))
}

fn shown(callback: &Callback) -> Value {
    let is_waiting = callback.state == State::Waiting;
    json!({
        "id": callback.id,
        "kind": callback.kind.as_str(),
        "url": callback.url,
        "messageId": callback.subject,
        "number": callback.number,
        "delivery": callback.delivery.map(|delivery| delivery.as_str()),
        "happenedAt": Moment(callback.happened_at),
        "state": callback.state.as_str(),
        "attempts": callback.attempts,
        "outcome": callback.outcome,
        "triedAt": callback.tried_at.map(Moment),
        "nextAt": is_waiting.then_some(Moment(callback.due_at)),
    })
}
