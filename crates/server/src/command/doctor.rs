//! `parlance doctor`

use clap::Args;
use parlance_engine::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cell::cell;
use super::{Call, Output, Result};
use crate::config::Config;
use crate::control::Client;
use crate::doctor::{self, Finding, Patient, State};
use crate::start;

/// Looks at everything.
#[derive(Args, Serialize, Deserialize)]
pub struct Request {}

impl Request {
    /// Within the running server: what it is allowed and configured to do is what counts.
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        let server =
            Finding::ok("server", format!("runs and takes commands (process {})", std::process::id()));
        Ok(examined(call.config, call.engine.now(), server))
    }

    /// Lets the server look if one runs. A server that does not answer is something to find, not a reason to stop;
    /// and nothing is opened that looking could change.
    pub(super) fn drive(self, config: &Config) -> Result<Output> {
        let asked = Client::reach(config).and_then(|client| {
            client.map(|mut client| client.ask(&super::Request::Doctor(self), None)).transpose()
        });
        let server = match asked {
            Ok(Some(output)) => return Ok(output),
            Ok(None) => Finding::ok("server", "none runs on this data folder"),
            Err(failure) => Finding::problem("server", failure.message, "restart it"),
        };
        Ok(examined(config, start::now(), server))
    }
}

fn examined(config: &Config, now: Time, server: Finding) -> Output {
    let mut findings = vec![server];
    findings.extend(doctor::examine(&Patient { config, now }));
    let is_well = findings.iter().all(|finding| finding.state != State::Problem);
    let text = findings.iter().map(line).collect();
    Output::Checked { text, json: json!({ "ok": is_well, "findings": findings }), is_well }
}

fn line(finding: &Finding) -> String {
    let state = match finding.state {
        State::Ok => "ok",
        State::Warning => "warning",
        State::Problem => "problem",
    };
    let advice = finding.advice.as_ref().map(|advice| format!(" → {advice}")).unwrap_or_default();
    let seen = cell(&Value::String(format!("{}{advice}", finding.seen)));
    format!("{state:8} {:13} {seen}\n", finding.check)
}
