//! The index on PostgreSQL: a table with a `tsvector` for each document, which holds the terms as we cut them.
//!
//! Every term bears a mark of its workspace and side, so that the index of a word leads to the rows of one workspace
//! and not to those of all.

use std::fmt::Write;

use super::FORMAT;
use super::document::Document;
use super::set::Hit;
use super::store::{self, Place, Wanted};
use super::term::{GAP, Phrase};
use crate::Result;
use crate::db::{Arg, Conn, ToArg, args};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS document (
    workspace BIGINT NOT NULL, side BIGINT NOT NULL, short_id BIGINT NOT NULL, idx BIGINT NOT NULL,
    internal BIGINT NOT NULL, terms TSVECTOR NOT NULL, PRIMARY KEY (workspace, side, short_id, idx))";

const INDEX: &str = "CREATE INDEX IF NOT EXISTS document_by_term ON document USING GIN (terms)";

const DROP: &str = "DROP TABLE IF EXISTS document; DROP TABLE IF EXISTS document_cursor;
     DROP TABLE IF EXISTS document_label";

/// The greatest short id that is found.
const SHORT_ID_MAX: i64 = u32::MAX as i64;

/// Rows of one INSERT: one round trip for many, few enough that its texts stay prepared.
const ROWS_MAX: usize = 64;

/// Documents that are taken out at once.
const CLEARED_MAX: i64 = 2_000;

/// Makes the tables where they are missing, of another format or of another installation; one node at a time.
pub(super) fn prepare(index: &mut Conn, installation: &str) -> Result<()> {
    index.begin_migration()?;
    index.script(store::LABEL)?;
    if !store::is_labelled(index, FORMAT, installation)? {
        index.script(DROP)?;
        index.script(&format!("{TABLE}; {INDEX}; {}; {}", store::TABLE, store::LABEL))?;
        store::label(index, FORMAT, installation)?;
    }
    index.commit()
}

/// Until the connection ends or [`release`], nobody else gets true. Two nodes shall not fill the same side.
pub(super) fn claim(index: &mut Conn, place: Place) -> Result<bool> {
    let sql = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END";
    Ok(index.scalar::<i64>(sql, args![lock_of(place)])? == 1)
}

/// Ends a [`claim`].
pub(super) fn release(index: &mut Conn, place: Place) -> Result<()> {
    let sql = "SELECT CASE WHEN pg_advisory_unlock($1) THEN 1 ELSE 0 END";
    index.scalar::<i64>(sql, args![lock_of(place)]).map(drop)
}

/// Any number that nothing else locks.
fn lock_of(place: Place) -> i64 {
    (0x7061_7273 << 32) | (place.workspace.0 & 0xffff_ffff)
}

/// Puts documents in place of what was there.
pub(super) fn put(index: &mut Conn, place: Place, documents: &[Document]) -> Result<()> {
    for chunk in documents.chunks(ROWS_MAX) {
        let texts: Vec<String> = chunk.iter().map(|document| vector(place, document)).collect();
        let mut args = Vec::with_capacity(chunk.len() * 6);
        for (document, text) in chunk.iter().zip(&texts) {
            args.extend([place.workspace.to_arg(), place.side.to_arg(), document.short_id.to_arg()]);
            args.extend([document.index.to_arg(), document.internal.to_arg(), Arg::Text(text)]);
        }
        index.exec(&insert(chunk.len()), &args)?;
    }
    Ok(())
}

/// Hands over what has the phrase, conversation by conversation in any order.
pub(super) fn find(
    index: &mut Conn,
    wanted: Wanted<'_>,
    each: &mut dyn FnMut(Hit) -> Result<()>,
) -> Result<()> {
    let Wanted { place, phrase, short_ids: (lowest, highest) } = wanted;
    index.each(
        "SELECT short_id, internal, COUNT(*) FROM document
         WHERE workspace = $1 AND side = $2 AND short_id >= $4 AND short_id <= $5 AND terms @@ CAST(CAST($3 AS TEXT) AS TSQUERY)
         GROUP BY short_id, internal",
        args![place.workspace, place.side, query(place, phrase), lowest, highest.min(SHORT_ID_MAX)],
        |row| {
            let short_id = u32::try_from(row.get::<i64>()?).unwrap_or(u32::MAX);
            each(Hit { short_id, internal: row.get()?, documents: row.get::<i64>()?.unsigned_abs() })
        },
    )
}

/// Takes some documents out of a place; false when there is none any more.
pub(super) fn clear(index: &mut Conn, place: Place) -> Result<bool> {
    let cleared = index.exec(
        "DELETE FROM document d USING (SELECT workspace, side, short_id, idx FROM document
             WHERE workspace = $1 AND side = $2 ORDER BY short_id, idx LIMIT $3) o
         WHERE d.workspace = o.workspace AND d.side = o.side AND d.short_id = o.short_id AND d.idx = o.idx",
        args![place.workspace, place.side, CLEARED_MAX],
    )?;
    Ok(cleared > 0)
}

/// `'7a:word':1 '7a:other':2`. A term has no quotation mark and no backslash in it: it is letters and digits.
fn vector(place: Place, document: &Document) -> String {
    let mark = mark(place);
    let mut text = String::new();
    // A gap is a place without a term.
    for (at, term) in document.terms.split_whitespace().enumerate().filter(|(_, term)| *term != GAP) {
        let _ = write!(text, "'{mark}{term}':{} ", at + 1);
    }
    text
}

/// `'7a:word' <-> '7a:other'`.
fn query(place: Place, phrase: &Phrase) -> String {
    let mark = mark(place);
    let terms: Vec<String> = phrase.terms.iter().map(|term| format!("'{mark}{term}'")).collect();
    terms.join(" <-> ") + if phrase.is_prefix { ":*" } else { "" }
}

fn mark(place: Place) -> String {
    format!("{}{}:", place.workspace, if place.side == 0 { 'a' } else { 'b' })
}

fn insert(rows: usize) -> String {
    let mut sql =
        String::from("INSERT INTO document (workspace, side, short_id, idx, internal, terms) VALUES ");
    for row in 0..rows {
        let n = row * 6;
        let comma = if row == 0 { "" } else { ", " };
        let _ = write!(
            sql,
            "{comma}(${}, ${}, ${}, ${}, ${}, CAST(CAST(${} AS TEXT) AS TSVECTOR))",
            n + 1,
            n + 2,
            n + 3,
            n + 4,
            n + 5,
            n + 6
        );
    }
    sql.push_str(
        " ON CONFLICT (workspace, side, short_id, idx)
          DO UPDATE SET internal = excluded.internal, terms = excluded.terms",
    );
    sql
}
