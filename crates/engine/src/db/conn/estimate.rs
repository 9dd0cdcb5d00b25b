//! What SQLite is to believe about the sizes of tables. Told nothing, it takes ten rows for what stands behind the
//! first column of any index, and that is the workspace: then going through all files of a workspace looks cheaper
//! than an index that leads to the two of a message. What it counts itself (`ANALYZE`) holds for one moment and one
//! installation; these estimates are the same everywhere, so that plans are too.

use rusqlite::Connection;

use super::sqlite::fault;
use crate::Result;

/// Rows of any table.
const ROWS: i64 = 1_000_000;

/// Rows behind a value of the first column that tells things apart.
const FEW: i64 = 100;

/// By how much each further one divides them.
const PART: i64 = 10;

/// By how much a column divides that has a handful of values, as those of [`COARSE`] do.
const COARSE_PART: i64 = 4;

const COARSE: [&str; 5] = ["workspace", "closed", "kind", "state", "severity"];

/// An index and how many rows stand behind each of its beginnings, as SQLite keeps it.
type Estimate = (String, String, String);

/// Writes the estimates, where others or none are there, and has this connection heed them; others do from when they
/// are opened.
pub(super) fn write(db: &Connection) -> Result<()> {
    // Of a table of SQLite's own nothing is counted: this makes the table of estimates where it is missing.
    db.execute_batch("ANALYZE sqlite_schema").map_err(fault)?;
    let estimates = estimates(db).map_err(fault)?;
    if kept(db).map_err(fault)? == estimates {
        return Ok(());
    }
    db.execute_batch("DELETE FROM sqlite_stat1").map_err(fault)?;
    for (table, index, rows) in &estimates {
        let sql = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)";
        db.execute(sql, [table, index, rows]).map_err(fault)?;
    }
    db.execute_batch("ANALYZE sqlite_schema").map_err(fault)
}

fn kept(db: &Connection) -> rusqlite::Result<Vec<Estimate>> {
    all(db, "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx", |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

fn estimates(db: &Connection) -> rusqlite::Result<Vec<Estimate>> {
    let indexes = all(
        db,
        "SELECT t.name, i.name, i.\"unique\", i.origin FROM sqlite_schema t, pragma_index_list(t.name) i
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let estimate = |(table, index, is_unique, origin): (String, String, bool, String)| {
        let columns =
            all(db, &format!("SELECT name FROM pragma_index_info('{index}') ORDER BY seqno"), |row| {
                row.get(0)
            })?;
        // The rows of a clustered table are its primary key's, and SQLite looks for that by the table's name.
        let index = if origin == "pk" { table.clone() } else { index };
        Ok((table, index, rows(&columns, is_unique)))
    };
    let mut estimates = indexes.into_iter().map(estimate).collect::<rusqlite::Result<Vec<_>>>()?;
    estimates.sort();
    Ok(estimates)
}

/// All rows, and those that have the same value in the first column, in the first two, …
fn rows(columns: &[String], is_unique: bool) -> String {
    let mut behind = ROWS;
    let mut text = ROWS.to_string();
    for (at, column) in columns.iter().enumerate() {
        behind = match () {
            () if is_unique && at + 1 == columns.len() => 1,
            () if COARSE.contains(&column.as_str()) => behind / COARSE_PART,
            () if behind > FEW => FEW,
            () => behind / PART,
        };
        behind = behind.max(1);
        text += &format!(" {behind}");
    }
    text
}

fn all<T>(
    db: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    db.prepare(sql)?.query_map([], read)?.collect()
}
