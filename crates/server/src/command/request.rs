//! What can be asked of an open installation: by the command line within its own process, or over the socket of the
//! running server. What a command line says is exactly what is sent.

use clap::Subcommand;
use parlance_engine::person::{self, Person};
use parlance_engine::workspace::{self, Workspace};
use parlance_engine::{Cx, Engine, Principal};
use serde::{Deserialize, Serialize};

use super::{
    Failure, Output, Result, backup, callback, carrier, category, credit, doctor, handset, membership,
    preference, price, reindex, token,
};
use crate::config::Config;

/// A command for an open installation. A new one is a variant here, and an arm in [`Request::run`].
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Add, list and change workspaces
    #[command(subcommand)]
    Workspace(super::workspace::Request),
    /// Add, list, change and import people
    #[command(subcommand)]
    Person(super::person::Request),
    /// Say who belongs to what
    #[command(subcommand)]
    Membership(membership::Request),
    /// Add, list and change the categories of conversations
    #[command(subcommand)]
    Category(category::Request),
    /// Say who looks after a customer's conversations
    #[command(subcommand)]
    Preference(preference::Request),
    /// Add to what a workspace may spend on messages, and show what became of it
    #[command(subcommand)]
    Credit(credit::Request),
    /// Say what messages cost
    #[command(subcommand)]
    Price(price::Request),
    /// List the calls to customers' URLs
    #[command(subcommand)]
    Callback(callback::Request),
    /// Add, list and take away carriers, the other ends of phone numbers
    #[command(subcommand)]
    Carrier(carrier::Request),
    /// Hold a simulated telephone: what it receives is shown, what is typed is sent
    Handset(handset::Request),
    /// Mint, list and revoke tokens
    #[command(subcommand)]
    Token(token::Request),
    /// Back up the database and all files into a new folder, while the server runs
    Backup(backup::Request),
    /// Make the search index anew, while the old one goes on answering
    Reindex(reindex::Request),
    /// Look whether everything is well: the database, files, disk, clock, configuration
    Doctor(doctor::Request),
}

/// What a request acts on.
pub struct Call<'a> {
    /// The open engine.
    pub engine: &'a Engine,
    /// The configuration under which it runs: the server's own, when a server runs.
    pub config: &'a Config,
    /// Where a list goes on: the `next` of the page before.
    pub after: Option<&'a str>,
}

impl Request {
    /// Takes in what only the command's own process has, such as its standard input. Before [`Request::run`].
    pub(super) fn prepare(&mut self) -> Result<()> {
        match self {
            Request::Workspace(request) => request.prepare(),
            Request::Person(request) => request.prepare(),
            Request::Backup(request) => request.prepare(),
            Request::Membership(_)
            | Request::Category(_)
            | Request::Preference(_)
            | Request::Credit(_)
            | Request::Price(_)
            | Request::Callback(_)
            | Request::Carrier(_)
            | Request::Handset(_)
            | Request::Token(_)
            | Request::Reindex(_)
            | Request::Doctor(_) => Ok(()),
        }
    }

    /// Does it. Blocks: in the server, on a thread that may wait.
    pub fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Workspace(request) => request.run(call),
            Request::Person(request) => request.run(call),
            Request::Membership(request) => request.run(call),
            Request::Category(request) => request.run(call),
            Request::Preference(request) => request.run(call),
            Request::Credit(request) => request.run(call),
            Request::Price(request) => request.run(call),
            Request::Callback(request) => request.run(call),
            Request::Carrier(request) => request.run(call),
            Request::Handset(request) => request.run(call),
            Request::Token(request) => request.run(call),
            Request::Backup(request) => request.run(call),
            Request::Reindex(request) => request.run(call),
            Request::Doctor(request) => request.run(call),
        }
    }
}

impl Call<'_> {
    /// The workspace of this slug.
    pub(super) fn workspace(&self, slug: &str) -> Result<Workspace> {
        let wanted = slug.to_owned();
        let found = self.engine.read_blocking(Principal::OPERATOR, move |cx| workspace::by_slug(cx, &wanted));
        found.map_err(|e| Failure::from(e).naming(|| format!("There is no workspace {slug:?}.")))
    }

    /// Somebody of the workspace, by their external id or ours.
    pub(super) fn person(&self, workspace: &Workspace, reference: &str) -> Result<Person> {
        let wanted = reference.to_owned();
        let found = self.read(workspace, move |cx| person::by_reference(cx, &wanted));
        found.map_err(|failure| {
            failure
                .naming(|| format!("There is no person {reference:?} in the workspace {:?}.", workspace.slug))
        })
    }

    /// Runs a verb that may write, as the operator in `workspace`.
    pub(super) fn write<T: Send + 'static>(
        &self,
        workspace: &Workspace,
        verb: impl Fn(&mut Cx<'_>) -> parlance_engine::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.engine.write_blocking(Principal::Operator(Some(workspace.id)), verb)?)
    }

    /// Runs a verb that only reads, as the operator in `workspace`.
    pub(super) fn read<T: Send + 'static>(
        &self,
        workspace: &Workspace,
        verb: impl Fn(&mut Cx<'_>) -> parlance_engine::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.engine.read_blocking(Principal::Operator(Some(workspace.id)), verb)?)
    }
}
