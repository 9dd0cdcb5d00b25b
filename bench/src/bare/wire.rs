//! The JSON of the marketplace's contract, written straight from the rows.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};

use super::database::Row;
use crate::seed::database::Result;

/// A person.
#[derive(Serialize)]
pub(super) struct User {
    id: String,
    username: Option<String>,
    reviews: i64,
    rating: Milli,
    score: Milli,
    sales: i64,
    purchases: i64,
    joined: Stamp,
    avatar: Option<String>,
    cover: Option<String>,
    profile: String,
}

impl User {
    /// Reads a person's columns, the first of which stands at `at`.
    pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Self> {
        let text =
            |column: usize| -> Result<Option<String>> { Ok(row.maybe_text(at + column)?.map(str::to_owned)) };
        Ok(Self {
            id: text(2)?.map_or_else(|| row.text(at).map(str::to_owned), Ok)?,
            username: text(3)?,
            avatar: text(7)?,
            cover: text(8)?,
            profile: text(9)?.unwrap_or_default(),
            reviews: row.int(at + 10)?,
            rating: Milli(row.int(at + 11)?),
            score: Milli(row.int(at + 12)?),
            sales: row.int(at + 13)?,
            purchases: row.int(at + 14)?,
            joined: Stamp(row.int(at + 16)?),
        })
    }
}

/// What a conversation is about.
#[derive(Serialize)]
pub(super) struct Source<'r> {
    #[serde(rename = "type")]
    pub(super) kind: &'r str,
    pub(super) id: &'r str,
}

/// A message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'r> {
    id: &'r str,
    conversation_id: &'r str,
    sender: &'r User,
    body: &'r str,
    created_at: Stamp,
    viewed_at: Option<Stamp>,
    attachments: [(); 0],
}

impl<'r> Message<'r> {
    /// Reads a message's columns, the first of which stands at `at`.
    pub(super) fn read(row: &'r Row<'_>, at: usize, sender: &'r User) -> Result<Self> {
        Ok(Self {
            id: row.text(at)?,
            conversation_id: row.text(at + 1)?,
            sender,
            body: row.text(at + 4)?,
            created_at: Stamp(row.int(at + 6)?),
            viewed_at: row.maybe_int(at + 7)?.map(Stamp),
            attachments: [],
        })
    }
}

/// A conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation<'r> {
    pub(super) id: &'r str,
    pub(super) source: Source<'r>,
    pub(super) user_a: &'r User,
    pub(super) user_b: &'r User,
    pub(super) locked: bool,
    pub(super) created_at: Stamp,
    pub(super) updated_at: Stamp,
    pub(super) last_message: Message<'r>,
}

/// Thousandths, written as the number that they mean.
struct Milli(i64);

impl Serialize for Milli {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 % 1000 {
            0 => to.serialize_i64(self.0 / 1000),
            _ => to.serialize_f64(self.0 as f64 / 1000.0),
        }
    }
}

/// Microseconds since the epoch, written as ISO 8601 in UTC with milliseconds.
pub(super) struct Stamp(pub(super) i64);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        let time = Timestamp::from_microsecond(self.0).map_err(serde::ser::Error::custom)?;
        to.serialize_str(&PRINTER.timestamp_to_string(&time))
    }
}

/// A JSON array that grows item by item.
pub(super) struct Page(Vec<u8>);

impl Page {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(16 * 1024))
    }

    pub(super) fn push(&mut self, item: &impl Serialize) -> Result<()> {
        self.0.push(if self.0.is_empty() { b'[' } else { b',' });
        Ok(serde_json::to_writer(&mut self.0, item)?)
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.0.is_empty() {
            self.0.push(b'[');
        }
        self.0.push(b']');
        self.0
    }
}
