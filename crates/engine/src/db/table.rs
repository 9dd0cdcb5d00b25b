//! The tables, asked of the schema itself, so that what goes through all of them can forget none.

use std::fmt::Write;

use super::value::Value;
use super::{Conn, Row, ToArg, migrate};
use crate::{Result, Time};

/// Rows read at once: the memory that reading a table of any length takes.
const PAGE_ROWS: usize = 256;

/// Values bound to one INSERT: many rows in one round trip, few enough that binding them stays cheap.
const INSERT_ARGS_MAX: usize = 512;

/// Tables about the database that holds them rather than about conversations: each database has its own.
const OWN: [&str; 2] = ["commit_mark", "migration"];

/// A row, its values in the order of the table's columns.
pub(super) type Record = Vec<Value>;

/// A table, its columns and its primary key.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// Where in `columns` the parts of the key are, in the key's order.
    key: Vec<usize>,
}

/// The tables whose rows say what is true, as the newest schema has them: the migrations are run on an empty
/// database in memory, and its catalog is asked.
pub(super) fn of_newest_schema() -> Result<Vec<Table>> {
    let mut conn = Conn::in_memory()?;
    migrate::run(&mut conn, Time(0))?;
    of(&mut conn)
}

/// The tables whose rows say what is true, of a SQLite database with whatever schema it has.
pub(super) fn of(conn: &mut Conn) -> Result<Vec<Table>> {
    let listed = conn.catalog()?;
    let tables = listed.chunk_by(|a, b| a.table == b.table).map(|columns| {
        let mut key: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].key_place > 0).collect();
        key.sort_by_key(|at| columns[*at].key_place);
        let names = columns.iter().map(|listed| listed.column.clone()).collect();
        Table { name: columns[0].table.clone(), columns: names, key }
    });
    Ok(tables.filter(|table| !OWN.contains(&table.name.as_str())).collect())
}

impl Table {
    /// How many rows it has.
    pub(super) fn count(&self, conn: &mut Conn) -> Result<u64> {
        let rows: i64 = conn.scalar(&format!("SELECT COUNT(*) FROM {}", self.name), &[])?;
        Ok(rows.unsigned_abs())
    }

    /// Whether it has no row.
    pub(super) fn is_empty(&self, conn: &mut Conn) -> Result<bool> {
        let first = conn.maybe(&format!("SELECT 1 FROM {} LIMIT 1", self.name), &[], |_| Ok(()))?;
        Ok(first.is_none())
    }

    /// Adds `rows`, several with each statement.
    pub(super) fn insert(&self, conn: &mut Conn, rows: &[Record]) -> Result<()> {
        for chunk in rows.chunks((INSERT_ARGS_MAX / self.columns.len()).max(1)) {
            let args: Vec<_> = chunk.iter().flatten().map(ToArg::to_arg).collect();
            conn.exec(&self.insert_text(chunk.len()), &args)?;
        }
        Ok(())
    }

    fn insert_text(&self, rows: usize) -> String {
        let width = self.columns.len();
        let values: Vec<String> = (0..rows).map(|row| parameters(row * width + 1, width)).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns.join(", "), values.join(", "))
    }

    /// A page in the order of the key, from the beginning or after a key.
    fn page_text(&self, from_the_beginning: bool) -> String {
        let key = self.key.iter().map(|at| self.columns[*at].as_str()).collect::<Vec<_>>().join(", ");
        let after = match from_the_beginning {
            true => String::new(),
            false => format!(" WHERE ({key}) > {}", parameters(1, self.key.len())),
        };
        let columns = self.columns.join(", ");
        format!("SELECT {columns} FROM {}{after} ORDER BY {key} LIMIT {PAGE_ROWS}", self.name)
    }

    fn read(&self, row: &Row<'_>) -> Result<Record> {
        self.columns.iter().map(|_| row.get()).collect()
    }
}

/// `($3, $4)` for two parameters from the third on.
fn parameters(first: usize, count: usize) -> String {
    let mut text = String::from("(");
    for at in first..first + count {
        let _ = write!(text, "{}${at}", if at == first { "" } else { ", " });
    }
    text + ")"
}

/// Goes through a table in the order of its key. Each page is a range of the key's index, so neither memory nor
/// the time for a page grows with the table.
pub(super) struct Pages<'t> {
    table: &'t Table,
    /// The key of the last row that was read.
    after: Option<Record>,
}

impl<'t> Pages<'t> {
    pub(super) fn of(table: &'t Table) -> Pages<'t> {
        Pages { table, after: None }
    }

    /// The next rows; none when the table is at its end.
    pub(super) fn next(&mut self, conn: &mut Conn) -> Result<Vec<Record>> {
        let after: Vec<_> = self.after.iter().flatten().map(ToArg::to_arg).collect();
        let text = self.table.page_text(after.is_empty());
        let rows = conn.all(&text, &after, |row| self.table.read(row))?;
        if let Some(last) = rows.last() {
            self.after = Some(self.table.key.iter().map(|at| last[*at].clone()).collect());
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_has_a_key_to_go_by() {
        let tables = of_newest_schema().unwrap();
        assert!(tables.iter().any(|table| table.name == "message"));
        for table in tables {
            assert!(!table.key.is_empty(), "{} has no primary key", table.name);
        }
    }

    #[test]
    fn the_columns_of_a_key_come_in_its_order() {
        let mut conn = Conn::in_memory().unwrap();
        conn.script("CREATE TABLE t (a TEXT, b TEXT NOT NULL, c BIGINT NOT NULL, PRIMARY KEY (c, b))")
            .unwrap();
        let tables = of(&mut conn).unwrap();
        let expected = "SELECT a, b, c FROM t WHERE (c, b) > ($1, $2) ORDER BY c, b LIMIT 256";
        assert_eq!(tables[0].page_text(false), expected);
    }
}
