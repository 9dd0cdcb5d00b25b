//! `parlance membership …`

use clap::{Args, Subcommand};
use parlance_engine::membership::{self, Aggregate, Membership};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::Moment;
use super::whose::Whose;
use super::{Call, Failure, Output, Result};

/// Memberships in one read of a list.
const PAGE: i64 = 500;

/// What is done with memberships.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Make a person a member, or give a member another role
    Add(Add),
    /// List the memberships of a person
    List(Whose),
    /// End a membership
    Remove(Which),
}

/// Of whom, and in what.
#[derive(Args, Serialize, Deserialize)]
pub struct Which {
    #[command(flatten)]
    whose: Whose,
    /// Domain of what they belong to, such as project
    #[arg(long)]
    domain: String,
    /// Its type, such as project
    #[arg(long)]
    aggregate: String,
    /// Its id
    #[arg(long)]
    id: String,
}

/// A new membership.
#[derive(Args, Serialize, Deserialize)]
pub struct Add {
    #[command(flatten)]
    which: Which,
    /// What they are there, such as owner
    #[arg(long)]
    role: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::List(whose) => list(whose, call),
            Request::Remove(which) => which.remove(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let (workspace, person) = self.which.whose.find(call)?;
        let (aggregate, role) = (self.which.aggregate(), self.role.clone());
        let added = call.write(&workspace, move |cx| membership::add(cx, person, &aggregate, &role))?;
        Ok(Output::One(shown(&added)))
    }
}

fn list(whose: &Whose, call: &Call<'_>) -> Result<Output> {
    let (workspace, person) = whose.find(call)?;
    let after: Option<Aggregate> = call.after.map(read_place).transpose()?;
    let found = call.read(&workspace, move |cx| membership::page(cx, person, after.as_ref(), PAGE))?;
    let part =
        Part { items: &found, limit: PAGE, columns: &["domain", "aggregate", "id", "role", "createdAt"] };
    Ok(part.page(shown, place))
}

/// The place of a membership in the list of a person's.
fn place(membership: &Membership) -> String {
    let Aggregate { domain, kind, id } = &membership.aggregate;
    json!([domain, kind, id]).to_string()
}

fn read_place(text: &str) -> Result<Aggregate> {
    let (domain, kind, id) = serde_json::from_str(text)
        .map_err(|_| Failure::invalid("this is no place in a list of memberships"))?;
    Ok(Aggregate { domain, kind, id })
}

impl Which {
    fn remove(&self, call: &Call<'_>) -> Result<Output> {
        let (workspace, person) = self.whose.find(call)?;
        let aggregate = self.aggregate();
        let removed = call.write(&workspace, move |cx| membership::remove(cx, person, &aggregate));
        removed.map_err(|failure| failure.naming(|| "There is no such membership.".to_owned()))?;
        Ok(Output::One(json!({ "removed": true })))
    }

    fn aggregate(&self) -> Aggregate {
        Aggregate { domain: self.domain.clone(), kind: self.aggregate.clone(), id: self.id.clone() }
    }
}

fn shown(membership: &Membership) -> Value {
    let aggregate = &membership.aggregate;
    json!({
        "personId": membership.person.to_string(),
        "domain": aggregate.domain,
        "aggregate": aggregate.kind,
        "id": aggregate.id,
        "role": membership.role,
        "createdAt": Moment(membership.created_at),
    })
}
