//! The command line as a whole.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use serde_json::json;

use super::move_to::MoveTo;
use super::print::Answer;
use super::reach::Reach;
use super::restore::Restore;
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
    /// Go back to a backup: fill an empty database and data folder from it
    Restore(Restore),
    /// Copy everything into another database, SQLite or PostgreSQL, and compare it row by row
    Move(MoveTo),
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
            Command::Restore(restore) => restore.run(&Config::load(&sources)?).map(Answer::Output),
            Command::Move(to) => to.run(&Config::load(&sources)?).map(Answer::Output),
            Command::Request(request) => carry_out(request, Config::load(&sources)?),
        }
    }
}

fn carry_out(mut request: Request, config: Config) -> Result<Answer> {
    request.prepare()?;
    if let Request::Doctor(doctor) = request {
        return doctor.drive(&config).map(Answer::Output);
    }
    let mut reach = Reach::open(config)?;
    match request {
        Request::Person(person::Request::Import(import)) => import.drive(&mut reach).map(Answer::Output),
        Request::Handset(handset) if handset.is_held() => handset.hold(&mut reach).map(Answer::Output),
        request => reach.ask_all(&request),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Line::command().debug_assert();
    }

    #[test]
    fn json_after_two_dashes_is_a_word_like_others() {
        let arguments = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(asks_for_json(&arguments("parlance workspace --json list")));
        assert!(!asks_for_json(&arguments("parlance workspace add -- --json")));
        assert!(!asks_for_json(&arguments("--json workspace list")), "the program's own name");
    }

    fn request(arguments: &[String]) -> Result<Request> {
        match Line::try_parse_from(arguments) {
            Ok(Line { command: Command::Request(request), .. }) => Ok(request),
            Ok(_) => Err(Failure::usage("another command")),
            Err(error) => Err(Failure::usage(error.to_string())),
        }
    }

    /// Command lines for an open installation, with anything for a text.
    fn line() -> impl Strategy<Value = Vec<String>> {
        let options = [
            "person add --workspace W --kind agent --external-id V --phone V --rating 4.9 --joined 2026-01-31T12:00:00Z",
            "person set V --workspace W --name V --profile V --score 0.5 --reviews 7 --active off",
            "person list --workspace V",
            "person import V --workspace V",
            "workspace add V --name V --country V --remove-links on --jwt-secret V",
            "workspace set V --no-jwt --mask-profanity off",
            "workspace list",
            "membership add --workspace V --person V --domain V --aggregate V --id V --role V",
            "membership list --workspace V --person V",
            "membership remove --workspace V --person V --domain V --aggregate V --id V",
            "category add V --workspace V --about project --about server",
            "category list --workspace V",
            "category set V --workspace V --name V --active off",
            "preference set --workspace V --customer V --category V --person V",
            "preference list --workspace V",
            "preference remove --workspace V --customer V",
            "credit add --workspace V --amount 12.5 --reason V",
            "credit show --workspace V",
            "price set --workspace V --product V --country V --amount 0.05",
            "price list --workspace V",
            "price remove --workspace V --product V --country V",
            "callback list --workspace V",
            "carrier add --workspace V --kind V --address V --url V",
            "carrier list --workspace V",
            "carrier remove V --workspace V",
            "handset say V --workspace V --from V --to V",
            "handset read --workspace V --phone V",
            "token add --workspace V --person V --label V --read-only --expires 30d",
            "token add --workspace V --person V --expires 2026-01-31T12:00:00Z",
            "token list --workspace V --person V",
            "token revoke V --workspace V",
        ];
        (prop::sample::select(options.to_vec()), prop::collection::vec("[^-].{0,20}", 8)).prop_map(
            |(line, texts)| {
                let mut texts = texts.into_iter();
                let word = |word: &str| match word {
                    "V" => texts.next().unwrap_or_default(),
                    word => word.to_owned(),
                };
                std::iter::once("parlance").chain(line.split(' ')).map(word).collect()
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_said_is_what_the_server_is_sent(line in line()) {
            let said = request(&line).expect("the line is understood");
            let sent = serde_json::to_value(&said).unwrap();
            let heard: Request = serde_json::from_value(sent.clone()).expect("the server understands it");
            prop_assert_eq!(serde_json::to_value(&heard).unwrap(), sent);
        }

        #[test]
        fn no_line_makes_the_program_panic(words in prop::collection::vec(
            prop_oneof![".{0,12}", prop::sample::select(vec![
                "person", "workspace", "token", "membership", "add", "set", "list", "import", "serve", "help",
                "--json", "--", "-", "--workspace", "--rating", "--expires", "--joined", "--config", "--no-jwt",
            ]).prop_map(str::to_owned)],
            0..8,
        )) {
            let arguments: Vec<OsString> =
                std::iter::once("parlance").chain(words.iter().map(String::as_str)).map(OsString::from).collect();
            if let Err(error) = Line::try_parse_from(&arguments) {
                let shown = match told(&error) {
                    Ok(Output::Told { json, .. }) => json,
                    Ok(_) => Value::Null,
                    Err(failure) => Value::String(failure.message),
                };
                prop_assert!(shown != Value::Null && shown != "");
            }
        }
    }
}
