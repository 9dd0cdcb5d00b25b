//! Whether an installation is well: its database, files, disk, clock and configuration. Nothing is changed.

mod database;
mod file;
mod machine;
mod mail;
mod setting;

use parlance_engine::Time;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, but not as well or as safely as it could.
    Warning,
    /// Does not work, or is not right.
    Problem,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub check: String,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub seen: String,
    /// What to do, unless all is well.
    pub advice: Option<String>,
}

/// Who is examined, and when.
pub struct Patient<'a> {
    /// The configuration: the server's own when a server runs.
    pub config: &'a Config,
    /// The present moment.
    pub now: Time,
}

/// Looks at everything. Reads the whole database, which takes seconds for each million messages.
#[must_use]
pub fn examine(patient: &Patient<'_>) -> Vec<Finding> {
    let mut findings = setting::findings(patient.config);
    findings.push(mail::finding(patient.config));
    findings.extend(machine::findings(patient.config));
    findings.extend(database::findings(patient));
    findings
}

impl Finding {
    pub(crate) fn ok(check: &str, seen: impl Into<String>) -> Finding {
        Finding { check: check.to_owned(), state: State::Ok, seen: seen.into(), advice: None }
    }

    fn warning(check: &str, seen: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { state: State::Warning, advice: Some(advice.into()), ..Finding::ok(check, seen) }
    }

    pub(crate) fn problem(check: &str, seen: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { state: State::Problem, advice: Some(advice.into()), ..Finding::ok(check, seen) }
    }
}
