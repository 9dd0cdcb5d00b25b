//! The command `parlance`: one file for each noun.
//!
//! What a command line says is parsed into plain values that are also what is sent to a running server: see
//! [`Request`]. A new command that works on an open installation is a file with a `Subcommand` or `Args` and a
//! `run(&self, &Call) -> Result<Output>`, and a variant of [`Request`]; one that needs no installation, or none that
//! is open, is a variant of `Command` below.

mod backup;
mod bar;
mod callback;
mod carrier;
mod category;
mod cell;
mod config;
mod credit;
mod doctor;
mod failure;
mod handset;
mod line;
mod list;
mod membership;
mod move_to;
mod output;
mod person;
mod preference;
mod price;
mod print;
mod reach;
mod reindex;
mod request;
mod restore;
mod serve;
mod stdin;
mod token;
mod value;
mod version;
mod whose;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use list::List;
use print::Answer;

pub use failure::{Code, Failure, Result};
pub use output::Output;
pub use request::{Call, Request};

/// Runs a whole command line, the program's name first, and gives the exit code: 0 done, 1 refused, 2 not understood.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = line::asks_for_json(&arguments);
    print::print(line::run(&arguments), json)
}
