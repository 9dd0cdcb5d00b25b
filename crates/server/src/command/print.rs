//! The one place that writes to standard output.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::cell::cell;
use super::list::List;
use super::{Failure, Output, Result};

/// Everything that a command has to say when it was done.
pub(super) enum Answer {
    /// One thing.
    Output(Output),
    /// A whole list.
    List(List),
}

/// Prints what came of a command: for programs exactly one JSON value on standard output, whatever happened; for
/// people text on standard output or a sentence on standard error. Gives the exit code.
pub(super) fn print(outcome: Result<Answer>, json: bool) -> ExitCode {
    let code = outcome.as_ref().map_or_else(Failure::exit_code, Answer::exit_code);
    let mut stdout = BufWriter::new(io::stdout().lock());
    let printed = match outcome {
        Ok(answer) if json => answer.write_json(&mut stdout),
        Ok(answer) => answer.write_text(&mut stdout),
        Err(failure) if json => writeln!(stdout, "{}", json!({ "error": failure })),
        Err(failure) => writeln!(io::stderr(), "error: {}", failure.message),
    };
    match printed.and_then(|()| stdout.flush()) {
        // Whoever reads has read enough, as `head` does.
        Err(problem) if problem.kind() != ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write the answer: {problem}");
            ExitCode::FAILURE
        }
        _ => ExitCode::from(code),
    }
}

impl Answer {
    fn exit_code(&self) -> u8 {
        u8::from(matches!(self, Answer::Output(Output::Checked { is_well: false, .. })))
    }

    fn write_json(self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Answer::Output(Output::One(json) | Output::Told { json, .. } | Output::Checked { json, .. }) => {
                writeln!(to, "{json}")
            }
            Answer::Output(Output::Page { items, .. }) => writeln!(to, "{}", Value::Array(items)),
            Answer::List(list) => list.write_json(to),
        }
    }

    fn write_text(self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Answer::Output(Output::One(thing)) => fields(to, &thing),
            Answer::Output(Output::Told { text, .. } | Output::Checked { text, .. }) => {
                to.write_all(text.as_bytes())
            }
            Answer::Output(Output::Page { items, .. }) => items.iter().try_for_each(|item| fields(to, item)),
            Answer::List(list) => list.write_table(to),
        }
    }
}

/// The fields that are known, under each other.
fn fields(to: &mut impl Write, thing: &Value) -> io::Result<()> {
    let Value::Object(fields) = thing else { return writeln!(to, "{}", cell(thing)) };
    let known = || fields.iter().filter(|(_, value)| !value.is_null());
    let width = known().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    known().try_for_each(|(name, value)| writeln!(to, "{name:width$}  {}", cell(value)))
}
