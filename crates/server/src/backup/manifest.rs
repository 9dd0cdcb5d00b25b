//! `backup.json`: what a backup is.

use parlance_engine::Time;
use parlance_engine::db::{Contents, Sum};
use serde::{Deserialize, Serialize};

/// The number of the layout described in [`crate::backup`]; another one is not understood.
const FORMAT: u32 = 1;

/// What a backup is and holds. Keys are camelCase, times RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    /// The version of Parlance that made it.
    pub version: String,
    /// The number of the database's schema.
    pub schema: i64,
    /// When it was begun.
    pub taken_at: String,
    /// The tables by name.
    pub tables: Vec<Table>,
    /// The files beside the database.
    pub files: Files,
    /// The bucket in which the bytes of files lie and were left, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Table {
    name: String,
    rows: u64,
    sha256: String,
}

/// How many files there are, and how large they are together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Files {
    /// How many.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Manifest {
    /// The manifest of a backup that holds this, made now by this program.
    pub(super) fn new(contents: Contents, files: Files, now: Time) -> Manifest {
        let taken_at = jiff::Timestamp::from_microsecond(now.0).unwrap_or_default().to_string();
        let tables = tables(contents.tables);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Manifest { format: FORMAT, version, schema: contents.schema, taken_at, tables, files, bucket: None }
    }

    /// The same of a backup whose files were left in a bucket.
    pub(super) fn without_files(contents: Contents, bucket: &str, now: Time) -> Manifest {
        Manifest { bucket: Some(bucket.to_owned()), ..Manifest::new(contents, Files::default(), now) }
    }

    /// Whether a database holds what this says.
    pub(super) fn describes(&self, contents: Contents) -> bool {
        self.schema == contents.schema && self.tables == tables(contents.tables)
    }

    /// Whether this program knows the layout.
    pub(super) fn is_known(&self) -> bool {
        self.format == FORMAT
    }

    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

fn tables(sums: Vec<Sum>) -> Vec<Table> {
    sums.into_iter().map(|sum| Table { name: sum.table, rows: sum.rows, sha256: sum.sha256 }).collect()
}
