//! The command line as a whole.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use serde_json::json;

use super::print::Answer;
use super::reach::Reach;
use super::serve::Serve;
use super::{Failure, Output, Request, Result, config, person, version};
use crate::config::{Config, Sources};

/// One conversation server that speaks several APIs
#[derive(Parser)]
#[command(name = "parlance", version, max_term_width = 110)]
struct Line {
    /// Print exactly one JSON value, also for an error
    #[arg(long, global = true)]
    json: bool,
    /// Configuration file, over the defaults and under the environment
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "a process makes one")]
enum Command {
    /// Run the server
    Serve(Serve),
    #[command(flatten)]
    Request(Request),
    /// Print the default configuration with a comment on every key
    Config,
    /// Print the version
    Version,
}

/// Whether the answer is to be JSON, told before anything is understood, because errors are JSON too.
pub(super) fn asks_for_json(arguments: &[OsString]) -> bool {
    let options = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    options.into_iter().any(|argument| argument == "--json")
}

/// Understands the command line and does what it says.
pub(super) fn run(arguments: &[OsString]) -> Result<Answer> {
    match Line::try_parse_from(arguments) {
        Ok(line) => line.run(),
        Err(error) => told(&error).map(Answer::Output),
    }
}

/// Help and version are answers; anything else is a failure to understand.
fn told(error: &clap::Error) -> Result<Output> {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp => Ok(Output::Told { json: json!({ "help": text }), text }),
        ErrorKind::DisplayVersion => Ok(version::run()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Err(Failure::usage(format!("there is a word missing\n\n{}", text.trim_end())))
        }
        _ => Err(Failure::usage(text.trim_start_matches("error: ").trim_end())),
    }
}

impl Line {
    fn run(self) -> Result<Answer> {
        let mut sources = Sources::of_process(self.config);
        match self.command {
            Command::Config => config::run().map(Answer::Output),
            Command::Version => Ok(Answer::Output(version::run())),
            Command::Serve(serve) => {
                sources.flags.extend(serve.listen.clone().map(|address| ("listen", address)));
                serve.run(Config::load(&sources)?).map(Answer::Output)
            }
            Command::Request(request) => carry_out(request, Config::load(&sources)?),
        }
    }
}

fn carry_out(mut request: Request, config: Config) -> Result<Answer> {
    request.prepare()?;
    let mut reach = Reach::open(config)?;
    match request {
        Request::Person(person::Request::Import(import)) => import.drive(&mut reach).map(Answer::Output),
        request => reach.ask_all(&request),
    }
}
