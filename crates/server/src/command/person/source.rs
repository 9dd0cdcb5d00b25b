//! The lines of an import, and how far it has come.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::facts::Facts;
use crate::command::{Failure, Result};

/// People in one batch: enough that committing costs little, few enough that others need not wait long.
const BATCH_MAX: usize = 1_000;

/// Bytes of a batch at which it is full: a request holds them several times over.
const BATCH_BYTES_MAX: usize = 1 << 20;

/// The longest line, in bytes: everything that may be known of a person, several times over.
const LINE_BYTES_MAX: usize = 256 * 1024;

/// A file that is read line by line, with a progress bar when standard error is a terminal.
pub(super) struct Source {
    lines: Box<dyn BufRead>,
    /// The number of the line that was read last, from 1.
    number: u64,
    bar: ProgressBar,
}

/// Some people and the lines they come from.
pub(super) struct Batch {
    pub(super) people: Vec<Facts>,
    /// The number of each one's line.
    pub(super) lines: Vec<u64>,
    /// Why it holds no more.
    pub(super) end: End,
}

/// Why a batch ends.
pub(super) enum End {
    /// It is full.
    OfBatch,
    /// There are no more lines.
    OfFile,
    /// The next line is no person.
    Bad { line: u64, problem: String },
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Source> {
        if path.as_os_str() == "-" {
            let style = style("{spinner} {msg}");
            let bar = ProgressBar::new_spinner().with_style(style);
            return Ok(Source { lines: Box::new(BufReader::new(io::stdin())), number: 0, bar });
        }
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (bytes, file) = opened
            .map_err(|problem| Failure::unavailable(format!("cannot read {}: {problem}", path.display())))?;
        let bar = ProgressBar::new(bytes).with_style(style("{bar:40} {percent}%, {msg}, {eta} left"));
        Ok(Source { lines: Box::new(BufReader::new(file)), number: 0, bar })
    }

    /// The next people. Empty lines are passed over.
    pub(super) fn batch(&mut self) -> Batch {
        let (mut people, mut lines, mut bytes) = (Vec::new(), Vec::new(), 0);
        let end = loop {
            if people.len() >= BATCH_MAX || bytes >= BATCH_BYTES_MAX {
                break End::OfBatch;
            }
            match self.line() {
                Ok(None) => break End::OfFile,
                Ok(Some(line)) if line.trim_ascii().is_empty() => {}
                Ok(Some(line)) => match parse(&line) {
                    Ok(facts) => {
                        people.push(facts);
                        lines.push(self.number);
                        bytes += line.len();
                    }
                    Err(problem) => break End::Bad { line: self.number, problem },
                },
                Err(problem) => break End::Bad { line: self.number, problem },
            }
        };
        Batch { people, lines, end }
    }

    /// Shows how far it has come.
    pub(super) fn show(&self, imported: usize) {
        self.bar.set_message(format!("{imported} people"));
        self.bar.tick();
    }

    /// The next line, `None` after the last.
    fn line(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.number += 1;
        let mut line = Vec::new();
        let read = self.lines.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut line);
        let count = read.map_err(|problem| format!("cannot be read: {problem}"))?;
        self.bar.inc(count as u64);
        match count {
            0 => Ok(None),
            count if count > LINE_BYTES_MAX => Err(format!("longer than {LINE_BYTES_MAX} bytes.")),
            _ => Ok(Some(line)),
        }
    }
}

fn parse(line: &[u8]) -> Result<Facts, String> {
    // Serde would take an array of a person's facts in order as well.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err("expected one JSON object on the line.".to_owned());
    }
    serde_json::from_slice(line).map_err(|problem| {
        // The library counts the lines of what it was given, which is always one.
        let text = problem.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        format!("{what} (character {}).", problem.column())
    })
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is a constant")
}
