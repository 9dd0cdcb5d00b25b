//! How far the logs are, and how far the index is: for each workspace, up to which event of its log, and on which of two sides.
//!
//! A workspace that is indexed anew is filled into the other side while this one answers.

use sha2::{Digest, Sha256};

use super::term::Phrase;
use crate::db::{Conn, Row, args};
use crate::{Result, Time, WorkspaceId};

/// What every side of every workspace is in, besides the documents themselves.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS document_cursor (
    workspace BIGINT NOT NULL PRIMARY KEY, side BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL)";

/// What an index is of: another format or another installation is another index.
pub(super) const LABEL: &str = "CREATE TABLE IF NOT EXISTS document_label (format BIGINT NOT NULL PRIMARY KEY, installation TEXT NOT NULL)";

/// Up to where a workspace is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// 0 or 1: which side answers.
    pub(super) side: i64,
    /// The last event that was heeded.
    pub(super) seq: i64,
    /// When that happened. Another log may have an event of the same number, but not of the same time.
    pub(super) at: Time,
}

/// A side of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) workspace: WorkspaceId,
    pub(super) side: i64,
}

/// What tells this installation from every other.
pub(super) fn installation(main: &mut Conn) -> Result<String> {
    let secret: String = main.scalar("SELECT secret FROM installation WHERE id = 1", &[])?;
    let hash = Sha256::digest(format!("search {secret}"));
    Ok(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// What is looked for: a phrase, in the documents of some conversations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) place: Place,
    pub(super) phrase: &'a Phrase,
    /// The lowest and the highest short id.
    pub(super) short_ids: (i64, i64),
}

/// The number of the last event of every workspace.
pub(super) fn ends(main: &mut Conn) -> Result<Vec<(WorkspaceId, i64)>> {
    main.all("SELECT workspace, event_seq FROM counter ORDER BY workspace", &[], |row| {
        Ok((row.get()?, row.get()?))
    })
}

/// The cursors of all workspaces.
pub(super) fn all(index: &mut Conn) -> Result<Vec<(WorkspaceId, Cursor)>> {
    index.all("SELECT workspace, side, seq, at FROM document_cursor", &[], |row| {
        Ok((row.get()?, cursor(row)?))
    })
}

/// The cursor of a workspace; `None` while it was never indexed to the end.
pub(super) fn get(index: &mut Conn, workspace: WorkspaceId) -> Result<Option<Cursor>> {
    let sql = "SELECT side, seq, at FROM document_cursor WHERE workspace = $1";
    index.maybe(sql, args![workspace], cursor)
}

/// Moves the cursor, unless somebody else has moved it. On PostgreSQL this also makes them wait.
pub(super) fn advance(index: &mut Conn, workspace: WorkspaceId, from: Cursor, to: Cursor) -> Result<bool> {
    let moved = index.exec(
        "UPDATE document_cursor SET seq = $4, at = $5 WHERE workspace = $1 AND side = $2 AND seq = $3",
        args![workspace, from.side, from.seq, to.seq, to.at],
    )?;
    Ok(moved == 1)
}

/// From now on `cursor` answers.
pub(super) fn turn(index: &mut Conn, workspace: WorkspaceId, cursor: Cursor) -> Result<()> {
    index.exec(
        "INSERT INTO document_cursor (workspace, side, seq, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace) DO UPDATE SET side = excluded.side, seq = excluded.seq, at = excluded.at",
        args![workspace, cursor.side, cursor.seq, cursor.at],
    )?;
    Ok(())
}

/// Nothing that is indexed of a workspace is right.
pub(super) fn forget(index: &mut Conn, workspace: WorkspaceId) -> Result<()> {
    index.exec("DELETE FROM document_cursor WHERE workspace = $1", args![workspace])?;
    Ok(())
}

/// Whether the index bears this label.
pub(super) fn is_labelled(index: &mut Conn, format: i64, installation: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM document_label WHERE format = $1 AND installation = $2";
    Ok(index.scalar::<i64>(sql, args![format, installation])? == 1)
}

/// Labels an empty index.
pub(super) fn label(index: &mut Conn, format: i64, installation: &str) -> Result<()> {
    let sql = "INSERT INTO document_label (format, installation) VALUES ($1, $2)";
    index.exec(sql, args![format, installation]).map(drop)
}

fn cursor(row: &Row<'_>) -> Result<Cursor> {
    Ok(Cursor { side: row.get()?, seq: row.get()?, at: row.get()? })
}
