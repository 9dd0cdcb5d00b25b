//! What a command gives back, over the socket or within the process.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a command did or found. Keys are camelCase, times RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// One thing: with `--json` this object, for people its fields under each other.
    One(Value),
    /// A part of a list; the command line asks again until `next` is `None` and shows all parts as one list.
    Page {
        /// The fields that people see, in order. With `--json` all fields are there.
        columns: Vec<String>,
        /// One object for each item.
        items: Vec<Value>,
        /// Where the list goes on: comes back as [`Call::after`](super::Call::after).
        next: Option<String>,
    },
    /// Something that people read in other words than programs.
    Told {
        /// For people, with its line ends.
        text: String,
        /// With `--json`.
        json: Value,
    },
    /// What an examination found, told as [`Output::Told`]; the exit code says whether all is well.
    Checked {
        /// For people, with its line ends.
        text: String,
        /// With `--json`.
        json: Value,
        /// Whether there is no problem.
        is_well: bool,
    },
}

/// The items that a verb gave when asked for at most `limit`.
pub(super) struct Part<'a, T> {
    /// What the verb gave.
    pub(super) items: &'a [T],
    /// What it was asked for.
    pub(super) limit: i64,
    /// The fields that people see.
    pub(super) columns: &'a [&'a str],
}

impl<T> Part<'_, T> {
    /// The page of these items; `cursor` names the place of one of them in the list.
    pub(super) fn page(self, show: impl Fn(&T) -> Value, cursor: impl Fn(&T) -> String) -> Output {
        let is_full = i64::try_from(self.items.len()).is_ok_and(|count| count >= self.limit);
        Output::Page {
            columns: self.columns.iter().map(|&name| name.to_owned()).collect(),
            items: self.items.iter().map(show).collect(),
            next: self.items.last().filter(|_| is_full).map(cursor),
        }
    }
}
