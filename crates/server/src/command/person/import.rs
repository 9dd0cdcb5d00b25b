//! `parlance person import`: many people from a file, one JSON object on each line.
//!
//! The command reads and parses; each batch of lines is a request of its own, so that neither it nor the server ever
//! holds more than one. The first bad line ends the import. Everything before it is kept, so that the file can be
//! mended and imported again: who is known already is then changed, not doubled.

use std::path::PathBuf;

use clap::Args;
use parlance_engine::person;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::Facts;
use super::source::{Batch, End, Source};
use crate::command::reach::Reach;
use crate::command::{Call, Failure, Output, Request, Result};

/// Where the people are. When it is sent to the server, some of them.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// File with one JSON object on each line, its keys as in `person list --json`; - for standard input
    #[serde(skip)]
    file: PathBuf,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    #[arg(skip)]
    people: Vec<Facts>,
}

/// What became of a batch.
#[derive(Serialize, Deserialize)]
struct Outcome {
    /// How many were added or changed: all before the bad one.
    imported: usize,
    /// How many of them were new.
    added: usize,
    /// What is wrong with the one after them.
    problem: Option<String>,
}

impl Import {
    /// Imports one batch.
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let mut changes = Vec::with_capacity(self.people.len());
        let mut problem = None;
        for facts in &self.people {
            match facts.importable(&workspace) {
                Ok(change) => changes.push(change),
                Err(failure) => {
                    problem = Some(failure.message);
                    break;
                }
            }
        }
        let imported = changes.len();
        let added = call.write(&workspace, move |cx| person::import(cx, &changes))?;
        Ok(Output::One(json!(Outcome { imported, added, problem })))
    }

    /// Imports the whole file, batch by batch.
    pub(in crate::command) fn drive(self, reach: &mut Reach) -> Result<Output> {
        let mut source = Source::open(&self.file)?;
        let mut total = Total::default();
        loop {
            let Batch { people, lines, end } = source.batch();
            let part = Import { file: PathBuf::new(), workspace: self.workspace.clone(), people };
            let outcome = part.ask(reach).map_err(|failure| total.told_with(failure))?;
            total.add(&outcome);
            source.show(total.imported);
            match (outcome.problem, end) {
                (Some(problem), _) => return Err(total.bad_line(lines[outcome.imported], &problem)),
                (None, End::Bad { line, problem }) => return Err(total.bad_line(line, &problem)),
                (None, End::OfFile) => return Ok(Output::One(total.shown())),
                (None, End::OfBatch) => {}
            }
        }
    }

    fn ask(self, reach: &mut Reach) -> Result<Outcome> {
        match reach.ask(&Request::Person(super::Request::Import(self)), None)? {
            Output::One(outcome) => {
                serde_json::from_value(outcome).map_err(|problem| Failure::internal(problem.to_string()))
            }
            _ => Err(Failure::internal("an import was answered with something else")),
        }
    }
}

/// What became of all batches so far.
#[derive(Default)]
struct Total {
    imported: usize,
    added: usize,
}

impl Total {
    fn add(&mut self, outcome: &Outcome) {
        self.imported += outcome.imported;
        self.added += outcome.added;
    }

    fn shown(&self) -> Value {
        json!({ "imported": self.imported, "added": self.added, "updated": self.imported - self.added })
    }

    fn bad_line(&self, line: u64, problem: &str) -> Failure {
        self.told_with(Failure::invalid(format!("line {line}: {problem}")))
    }

    /// The same failure, with what was done before it.
    fn told_with(&self, failure: Failure) -> Failure {
        let message = format!(
            "{}\n{} people were imported before this, none after it.",
            failure.message, self.imported
        );
        Failure { message, ..failure }
    }
}
