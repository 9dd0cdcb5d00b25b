//! `parlance credit …`

use clap::{Args, Subcommand};
use parlance_engine::credit::{self, Line};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::{Moment, Money};
use super::{Call, Output, Result};

/// Lines in one read of a ledger.
const PAGE: i64 = 500;

/// What is done with credit.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Give a workspace more to spend on messages
    Add(Add),
    /// List every change of what a workspace may spend, newest first, each with what was left after it
    Show(Show),
}

/// More credit.
#[derive(Args, Serialize, Deserialize)]
pub struct Add {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// How much, in the workspace's unit, with at most six places after the point
    #[arg(long)]
    amount: Money,
    /// Why, for whoever reads the ledger
    #[arg(long, default_value = "added")]
    reason: String,
}

/// Whose ledger.
#[derive(Args, Serialize, Deserialize)]
pub struct Show {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::Show(show) => show.run(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let (amount, reason) = (self.amount.0, self.reason.clone());
        let balance = call.write(&workspace, move |cx| credit::add(cx, amount, &reason))?;
        Ok(Output::One(json!({ "workspace": workspace.slug, "balance": figure(balance) })))
    }
}

impl Show {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let before = call.after.and_then(|after| after.parse().ok());
        let lines = call.read(&workspace, move |cx| credit::page(cx, before, PAGE))?;
        let columns = &["line", "at", "amount", "balance", "reason", "about"];
        let part = Part { items: &lines, limit: PAGE, columns };
        Ok(part.page(shown, |line| line.number.to_string()))
    }
}

fn shown(line: &Line) -> Value {
    json!({
        "line": line.number,
        "at": Moment(line.at),
        "amount": figure(line.amount_micro),
        "balance": figure(line.balance_micro),
        "reason": line.reason,
        "about": line.about,
    })
}

/// Money as a JSON number; a double holds what a workspace can have to far below a cent.
pub(super) fn figure(micros: i64) -> f64 {
    micros as f64 / credit::UNIT_MICRO as f64
}
