//! `parlance price …`

use clap::{Args, Subcommand};
use parlance_engine::credit::price::{self, Price};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::credit::figure;
use super::output::Part;
use super::value::Money;
use super::{Call, Output, Result};

/// What is done with prices.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Say what a segment costs; without a price of its own it costs 0.05
    Set(Set),
    /// List the prices that were set
    List(List),
    /// Let the more general price hold again
    Remove(Which),
}

/// What is sold, and where.
#[derive(Args, Serialize, Deserialize)]
pub struct Which {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// What is sold: sms_premium, sms_low_cost, vocal_sms, rcs or whatsapp
    #[arg(long)]
    product: String,
    /// Two letters of ISO 3166, such as FR; otherwise every country that has no price of its own
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    country: String,
}

/// A price.
#[derive(Args, Serialize, Deserialize)]
pub struct Set {
    #[command(flatten)]
    which: Which,
    /// What one segment costs, in the workspace's unit, with at most six places after the point
    #[arg(long)]
    amount: Money,
}

/// Whose prices.
#[derive(Args, Serialize, Deserialize)]
pub struct List {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Set(set) => set.run(call),
            Request::List(list) => list.run(call),
            Request::Remove(which) => which.remove(call),
        }
    }
}

impl Set {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let Which { workspace, product, country } = &self.which;
        let workspace = call.workspace(workspace)?;
        let price = Price { product: product.clone(), country: country.clone(), amount_micro: self.amount.0 };
        let set = price.clone();
        call.write(&workspace, move |cx| price::set(cx, &price))?;
        Ok(Output::One(shown(&set)))
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let all = call.read(&workspace, price::list)?;
        // There are never so many that a list has a second page.
        let part = Part { items: &all, limit: i64::MAX, columns: &["product", "country", "amount"] };
        Ok(part.page(shown, |price| price.product.clone()))
    }
}

impl Which {
    fn remove(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let (product, country) = (self.product.clone(), self.country.clone());
        let removed = call.write(&workspace, move |cx| price::remove(cx, &product, &country));
        removed.map_err(|failure| failure.naming(|| "There is no such price.".to_owned()))?;
        Ok(Output::One(json!({ "removed": true })))
    }
}

fn shown(price: &Price) -> Value {
    let country = Some(&price.country).filter(|country| !country.is_empty());
    json!({ "product": price.product, "country": country, "amount": figure(price.amount_micro) })
}
