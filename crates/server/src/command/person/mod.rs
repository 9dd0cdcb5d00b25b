//! `parlance person …`

mod facts;
mod import;
mod source;

use clap::{Args, Subcommand};
use parlance_engine::credential::password::{self, Hash};
use parlance_engine::person::{self, Change, Person};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Cx, Error, PersonId, notice};
use serde::{Deserialize, Serialize};

use self::facts::Facts;
pub use self::import::Import;
use super::output::Part;
use super::value::switch;
use super::{Call, Failure, Output, Result, stdin};

/// People in one read of a list.
const PAGE: i64 = 500;

/// What is done with people.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Add a person
    Add(Known),
    /// List all people of a workspace
    List(List),
    /// Change what is known of a person
    Set(Set),
    /// Add and change many people from a file
    Import(Import),
}

/// What is to be known of somebody.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
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
    /// Whether they are told by e-mail what others say while they are away
    #[arg(long, value_name = "on|off", value_parser = switch)]
    #[serde(skip_serializing_if = "Option::is_none", default)]
    mail: Option<bool>,
    #[command(flatten)]
    known: Known,
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
            Request::Add(known) | Request::Set(Set { known, .. }) => known.login.prepare(),
            Request::List(_) | Request::Import(_) => Ok(()),
        }
    }

    pub(in crate::command) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(known) => known.add(call),
            Request::List(list) => list.run(call),
            Request::Set(set) => set.run(call),
            Request::Import(import) => import.run(call),
        }
    }
}

impl Known {
    fn add(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        Ok(Output::One(facts::shown(&self.write(call, &workspace, person::add)?)))
    }

    /// Runs `verb` and sets the password, both or neither.
    fn write(
        &self,
        call: &Call<'_>,
        workspace: &Workspace,
        verb: impl Fn(&mut Cx<'_>, &Change) -> parlance_engine::Result<Person> + Send + 'static,
    ) -> Result<Person> {
        let change = self.facts.change(workspace)?;
        let password = self.login.hash()?;
        call.write(workspace, move |cx| {
            let person = verb(cx, &change)?;
            set_password(cx, &person, password.as_ref())?;
            Ok(person)
        })
    }
}

impl Set {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.known.workspace)?;
        let id = call.person(&workspace, &self.person)?.id;
        let mail = self.mail;
        let person = self.known.write(call, &workspace, move |cx, change| {
            mail.map_or(Ok(()), |wanted| notice::set_wanted(cx, id, wanted))?;
            person::set(cx, id, change)
        })?;
        let mut shown = facts::shown(&person);
        shown["mail"] = call.read(&workspace, move |cx| notice::is_wanted(cx, id))?.into();
        Ok(Output::One(shown))
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
