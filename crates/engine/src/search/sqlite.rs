//! The index on SQLite: an FTS5 table in a file of its own, which can be made again at any time.
//!
//! A document's row number says whose it is: the side (1 bit), the workspace (15 bits), the conversation's short id
//! (28 bits), the message (18 bits), and whether it is internal (1 bit). So a workspace and a conversation are a range
//! each, and a conversation is known without reading the row. The table keeps no text and no more than the terms.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::FORMAT;
use super::document::Document;
use super::set::Hit;
use super::store::{self, Place, Wanted};
use super::term::Phrase;
use crate::db::{Address, Conn, Tuning, Use, args};
use crate::error::Cause;
use crate::{Error, Result};

const TABLE: &str = "CREATE VIRTUAL TABLE IF NOT EXISTS document
     USING fts5(terms, content = '', contentless_delete = 1, tokenize = 'ascii')";

/// Losing the last batches to a power cut is no loss: the cursor is lost with them. A checkpoint every 16 MiB spares
/// the disk, on which the writer of the database waits.
const PRAGMAS: &str = "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000";

/// The page cache of each connection, in KiB.
const TUNING: Tuning = Tuning { cache_kib: 8 << 10 };

const WORKSPACE_MAX: i64 = (1 << 15) - 1;
const SHORT_ID_MAX: i64 = (1 << 28) - 1;
const INDEX_MAX: i64 = (1 << 18) - 1;

/// Documents that are taken out at once.
const CLEARED_MAX: i64 = 2_000;

/// Where the index of a database lies: `parlance.db` → `parlance.search.db`.
pub(super) fn path(database: &Path) -> PathBuf {
    database.with_extension("search.db")
}

/// Opens the index to write to it. One that is damaged, of another format or of another installation is thrown away.
pub(super) fn open(path: &Path, installation: &str) -> Result<Conn> {
    match labelled(path, installation) {
        Ok(Some(index)) => return Ok(index),
        Err(error @ Error::Busy { .. }) => return Err(error),
        Ok(None) | Err(_) => tracing::info!(path = %path.display(), "the search index is made anew"),
    }
    remove(path)?;
    let mut index = connect(path)?;
    index.begin_write(None)?;
    store::label(&mut index, FORMAT, installation)?;
    index.commit()?;
    Ok(index)
}

/// Opens the index to search in it.
pub(super) fn open_to_read(path: &Path) -> Result<Conn> {
    Conn::open(&Address::Sqlite(path.to_owned()), Use::Read, TUNING)
}

/// Throws the index away.
pub(super) fn remove(path: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(&name) {
            Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable(path, &problem));
            }
            _ => {}
        }
    }
    Ok(())
}

fn labelled(path: &Path, installation: &str) -> Result<Option<Conn>> {
    let mut index = connect(path)?;
    Ok(store::is_labelled(&mut index, FORMAT, installation)?.then_some(index))
}

fn connect(path: &Path) -> Result<Conn> {
    // For its owner alone, as the database is; SQLite's other files take their mode from this one.
    let made = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    made.map_err(|problem| unusable(path, &problem))?;
    let mut index = Conn::open(&Address::Sqlite(path.to_owned()), Use::Write, TUNING)?;
    index.script(&format!("{PRAGMAS}; {TABLE}; {}; {};", store::TABLE, store::LABEL))?;
    Ok(index)
}

fn unusable(path: &Path, problem: &std::io::Error) -> Error {
    Error::busy(Cause::Disk, format!("The search index {} cannot be made: {problem}", path.display()))
}

/// Puts documents in place of what was there. What is beyond the limits is left out.
pub(super) fn put(index: &mut Conn, place: Place, documents: &[Document]) -> Result<()> {
    for document in documents.iter().filter(|document| fits(place, document)) {
        index.exec(
            "INSERT OR REPLACE INTO document (rowid, terms) VALUES ($1, $2)",
            args![row_of(place, document), document.terms],
        )?;
    }
    Ok(())
}

/// Hands over every document that has the phrase, in the order of the short ids.
pub(super) fn find(
    index: &mut Conn,
    wanted: Wanted<'_>,
    each: &mut dyn FnMut(Hit) -> Result<()>,
) -> Result<()> {
    let Wanted { place, phrase, short_ids: (lowest, highest) } = wanted;
    let side = range(place).0;
    let (first, last) = (side | lowest << 19, side | (highest.min(SHORT_ID_MAX) << 19) | ((1 << 19) - 1));
    index.each(
        "SELECT rowid FROM document WHERE document MATCH $1 AND rowid >= $2 AND rowid <= $3",
        args![spell(phrase), first, last],
        |row| {
            let row: i64 = row.get()?;
            each(Hit { short_id: ((row >> 19) & SHORT_ID_MAX) as u32, internal: row & 1 == 1, documents: 1 })
        },
    )
}

/// Takes some documents out of a place; false when there is none any more.
pub(super) fn clear(index: &mut Conn, place: Place) -> Result<bool> {
    let (first, last) = range(place);
    let end: Option<i64> = index.maybe(
        "SELECT rowid FROM document WHERE rowid >= $1 AND rowid <= $2 ORDER BY rowid LIMIT 1 OFFSET $3",
        args![first, last, CLEARED_MAX],
        |row| row.get(),
    )?;
    let cleared = index
        .exec("DELETE FROM document WHERE rowid >= $1 AND rowid <= $2", args![first, end.unwrap_or(last)])?;
    Ok(cleared > 0)
}

/// As a string of FTS5's, in which nothing is an operator.
fn spell(phrase: &Phrase) -> String {
    format!("\"{}\"{}", phrase.terms.join(" "), if phrase.is_prefix { " *" } else { "" })
}

fn fits(place: Place, document: &Document) -> bool {
    place.workspace.0 <= WORKSPACE_MAX && document.short_id <= SHORT_ID_MAX && document.index <= INDEX_MAX
}

fn row_of(place: Place, document: &Document) -> i64 {
    range(place).0 | document.short_id << 19 | document.index << 1 | i64::from(document.internal)
}

fn range(place: Place) -> (i64, i64) {
    let first = place.side << 62 | (place.workspace.0 & WORKSPACE_MAX) << 47;
    (first, first | ((1 << 47) - 1))
}
