//! `parlance category …`

use clap::{Args, Subcommand};
use parlance_engine::category::{self, Category, Change, Reference};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::switch;
use super::{Call, Failure, Output, Result};

/// What is done with categories.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Add a category of the workspace's own
    Add(Add),
    /// List all categories, with those that are built in
    List(List),
    /// Change a category; one that is built in changes in this workspace alone
    Set(Set),
}

/// A new category.
#[derive(Args, Serialize, Deserialize)]
pub struct Add {
    /// Its name; clients translate those that they know
    name: String,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// What its conversations are about: unspecified, server, project, organisation or extensionInstance; several
    /// times for several
    #[arg(long = "about", value_name = "WHAT", default_value = "unspecified")]
    references: Vec<String>,
}

/// Whose categories.
#[derive(Args, Serialize, Deserialize)]
pub struct List {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

/// What is new about a category.
#[derive(Args, Serialize, Deserialize)]
pub struct Set {
    /// Its id or its name
    category: String,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// What its conversations are about, in place of what they were
    #[arg(long = "about", value_name = "WHAT")]
    references: Vec<String>,
    /// Whether it is offered
    #[arg(long, value_name = "on|off", value_parser = switch)]
    active: Option<bool>,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::List(list) => list.run(call),
            Request::Set(set) => set.run(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let (name, references) = (self.name.clone(), about(&self.references)?);
        let added = call.write(&workspace, move |cx| category::add(cx, &name, references.clone()))?;
        Ok(Output::One(shown(&added)))
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let all = call.read(&workspace, category::list)?;
        // There are never so many that a list has a second page.
        let part = Part { items: &all, limit: i64::MAX, columns: &["id", "name", "about", "active"] };
        Ok(part.page(shown, |category| category.id.to_string()))
    }
}

impl Set {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let references = about(&self.references)?;
        let change = Change {
            name: self.name.clone(),
            references: Some(references).filter(|references| !references.is_empty()),
            active: self.active,
        };
        let which = self.category.clone();
        let set = call.write(&workspace, move |cx| category::set(cx, &which, change.clone()));
        let missing =
            || format!("There is no category {:?} in the workspace {:?}.", self.category, self.workspace);
        Ok(Output::One(shown(&set.map_err(|failure| failure.naming(missing))?)))
    }
}

fn about(words: &[String]) -> Result<Vec<Reference>> {
    words.iter().map(|word| word.parse().map_err(Failure::from)).collect()
}

fn shown(category: &Category) -> Value {
    let about: Vec<&str> = category.references.iter().map(|reference| reference.as_str()).collect();
    json!({
        "id": category.id.to_string(),
        "name": category.name,
        "about": about,
        "active": category.active,
    })
}
