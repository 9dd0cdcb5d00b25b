//! `parlance person …`

mod facts;
mod import;
mod source;

use clap::{Args, Subcommand};
use parlance_engine::credential::password::{self, Hash};
use parlance_engine::person::{self, Person};
use parlance_engine::{Cx, Error, PersonId};
use serde::{Deserialize, Serialize};

use self::facts::Facts;
pub use self::import::Import;
use super::output::Part;
use super::{Call, Failure, Output, Result, stdin};

/// People in one read of a list.
const PAGE: i64 = 500;

/// What is done with people.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Add a person
    Add(Add),
    /// List all people of a workspace
    List(List),
    /// Change what is known of a person
    Set(Set),
    /// Add and change many people from a file
    Import(Import),
}

/// Somebody new.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// Slug of their workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    login: Login,
}

/// What is new about somebody.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Their external id or ours
    person: String,
    /// Slug of their workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    login: Login,
}

/// Whose people.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

/// A password, if there is to be one.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    /// Read a password from standard input; the e-mail address is the login
    #[arg(long)]
    #[serde(skip)]
    password_stdin: bool,
    #[arg(skip)]
    password: Option<String>,
}

impl Request {
    pub(in crate::command) fn prepare(&mut self) -> Result<()> {
        match self {
            Request::Add(Add { login, .. }) | Request::Set(Set { login, .. }) => login.prepare(),
            Request::List(_) | Request::Import(_) => Ok(()),
        }
    }

    pub(in crate::command) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::List(list) => list.run(call),
            Request::Set(set) => set.run(call),
            Request::Import(import) => import.run(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let change = self.facts.change(&workspace)?;
        let password = self.login.hash()?;
        let added = call.write(&workspace, move |cx| {
            let person = person::add(cx, &change)?;
            set_password(cx, &person, password.as_ref())?;
            Ok(person)
        });
        Ok(Output::One(facts::shown(&added?)))
    }
}

impl Set {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let id = call.person(&workspace, &self.person)?.id;
        let change = self.facts.change(&workspace)?;
        let password = self.login.hash()?;
        let set = call.write(&workspace, move |cx| {
            let person = person::set(cx, id, &change)?;
            set_password(cx, &person, password.as_ref())?;
            Ok(person)
        });
        Ok(Output::One(facts::shown(&set?)))
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let after: Option<PersonId> = call.after.map(str::parse).transpose()?;
        let people = call.read(&workspace, move |cx| person::page(cx, after, PAGE))?;
        let columns = &["id", "externalId", "kind", "username", "name", "email", "phone", "active"];
        let part = Part { items: &people, limit: PAGE, columns };
        Ok(part.page(facts::shown, |person| person.id.to_string()))
    }
}

impl Login {
    fn prepare(&mut self) -> Result<()> {
        if self.password_stdin {
            self.password = Some(stdin::secret()?);
        }
        Ok(())
    }

    /// Takes some 20 ms: before the verb, never in it.
    fn hash(&self) -> Result<Option<Hash>> {
        self.password.as_deref().map(password::hash).transpose().map_err(Failure::from)
    }
}

fn set_password(cx: &mut Cx<'_>, person: &Person, password: Option<&Hash>) -> parlance_engine::Result<()> {
    let Some(password) = password else { return Ok(()) };
    let email = person.facts.email.as_deref();
    let email = email.ok_or_else(|| {
        Error::invalid("email", "A password needs an e-mail address to log in with: add --email.")
    })?;
    password::set(cx, person.id, email, password)
}
