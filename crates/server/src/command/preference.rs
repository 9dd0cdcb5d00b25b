//! `parlance preference …`

use clap::{Args, Subcommand};
use parlance_engine::preference::{self, Preference};
use parlance_engine::workspace::Workspace;
use parlance_engine::{CategoryId, category};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::{Call, Failure, Output, Result};

/// Preferences in one read of a list.
const PAGE: i64 = 500;

/// What is done with preferences.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Say which agent looks after a customer's conversations
    Set(Set),
    /// List the preferences of all customers
    List(List),
    /// Let nobody in particular look after them
    Remove(Which),
}

/// Which conversations.
#[derive(Args, Serialize, Deserialize)]
pub struct Which {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// The customer's id, as in a membership of customer/customer
    #[arg(long, value_name = "ID")]
    customer: String,
    /// Id or name of the category; otherwise all that have no preference of their own
    #[arg(long)]
    category: Option<String>,
}

/// Who looks after them.
#[derive(Args, Serialize, Deserialize)]
pub struct Set {
    #[command(flatten)]
    which: Which,
    /// The agent's external id or ours
    #[arg(long)]
    person: String,
}

/// Whose preferences.
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
        let (workspace, category) = self.which.find(call)?;
        let person = call.person(&workspace, &self.person)?.id;
        let new = Preference { customer: self.which.customer.clone(), category, person };
        let set = new.clone();
        call.write(&workspace, move |cx| preference::set(cx, &new))?;
        Ok(Output::One(shown(&set)))
    }
}

impl Which {
    /// The workspace and the category, or which of the two there is not.
    fn find(&self, call: &Call<'_>) -> Result<(Workspace, Option<CategoryId>)> {
        let workspace = call.workspace(&self.workspace)?;
        let Some(wanted) = self.category.clone() else { return Ok((workspace, None)) };
        let missing = format!("There is no category {wanted:?} in the workspace {:?}.", self.workspace);
        let found = call.read(&workspace, move |cx| category::get(cx, &wanted));
        let category = found.map_err(|failure| failure.naming(|| missing))?;
        Ok((workspace, Some(category.id)))
    }

    fn remove(&self, call: &Call<'_>) -> Result<Output> {
        let (workspace, category) = self.find(call)?;
        let customer = self.customer.clone();
        let removed = call.write(&workspace, move |cx| preference::remove(cx, &customer, category));
        removed.map_err(|failure| failure.naming(|| "There is no such preference.".to_owned()))?;
        Ok(Output::One(json!({ "removed": true })))
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let after: Option<(String, Option<CategoryId>)> = call.after.map(read_place).transpose()?;
        let found = call.read(&workspace, move |cx| {
            let after = after.as_ref().map(|(customer, category)| (&**customer, *category));
            preference::page(cx, after, PAGE)
        })?;
        let part = Part { items: &found, limit: PAGE, columns: &["customer", "categoryId", "personId"] };
        Ok(part.page(shown, place))
    }
}

/// The place of a preference in the list.
fn place(preference: &Preference) -> String {
    json!([preference.customer, preference.category.map(|id| id.to_string())]).to_string()
}

fn read_place(text: &str) -> Result<(String, Option<CategoryId>)> {
    let unreadable = || Failure::invalid("this is no place in a list of preferences");
    let (customer, category): (String, Option<String>) =
        serde_json::from_str(text).map_err(|_| unreadable())?;
    let category = category.map(|id| id.parse()).transpose().map_err(|_| unreadable())?;
    Ok((customer, category))
}

fn shown(preference: &Preference) -> Value {
    json!({
        "customer": preference.customer,
        "categoryId": preference.category.map(|id| id.to_string()),
        "personId": preference.person.to_string(),
    })
}
