//! A look at the tables past the engine, and a hand on them.

use parlance_engine::WorkspaceId;
use parlance_engine::db::Address;
use postgres::SimpleQueryMessage;
use rusqlite::types::Value;

use super::Database;

/// Tables that are laid down for verbs that are not there.
const UNWRITTEN: [&str; 3] = ["account_parameter", "callback", "sub_account"];

impl Database {
    /// Runs a statement.
    pub fn execute(&self, sql: &str) {
        match &self.address {
            Address::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                db.execute_batch(sql).expect("SQLite obeys");
            }
            Address::Postgres(_) => self.client().batch_execute(sql).expect("PostgreSQL obeys"),
        }
    }

    /// Every row of every table that belongs to a workspace, as text; there is at least one of each, but for tables
    /// into which no verb writes.
    pub fn dump(&self, workspace: WorkspaceId) -> Vec<String> {
        for table in self.tables().into_iter().filter(|table| !UNWRITTEN.contains(&table.as_str())) {
            let of = self.rows(&format!("SELECT 1 FROM {table} WHERE workspace = {workspace} LIMIT 1"));
            assert!(!of.is_empty(), "there is something in {table} to look at");
        }
        self.dump_what_there_is(workspace)
    }

    /// [`Database::dump`] of a workspace that does not have everything.
    pub fn dump_what_there_is(&self, workspace: WorkspaceId) -> Vec<String> {
        let mut rows = self.rows(&format!("SELECT * FROM workspace WHERE id = {workspace}"));
        for table in self.tables() {
            let of = self.rows(&format!("SELECT * FROM {table} WHERE workspace = {workspace}"));
            rows.extend(of.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows.sort();
        rows
    }

    /// The tables whose rows belong to a workspace.
    fn tables(&self) -> Vec<String> {
        let tables = match self.address {
            Address::Sqlite(_) => {
                "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND c.name = 'workspace' ORDER BY 1"
            }
            Address::Postgres(_) => {
                "SELECT table_name FROM information_schema.columns
                 WHERE table_schema = 'public' AND column_name = 'workspace' ORDER BY 1"
            }
        };
        let tables = self.rows(tables);
        assert!(tables.len() > 10, "the tables of a workspace: {tables:?}");
        tables
    }

    /// The rows of an answer, each as one text.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        match &self.address {
            Address::Sqlite(path) => sqlite_rows(path, sql),
            Address::Postgres(_) => {
                let answer = self.client().simple_query(sql).expect("PostgreSQL obeys");
                let text = |message| match message {
                    SimpleQueryMessage::Row(row) => {
                        let columns = (0..row.len()).map(|at| row.get(at).unwrap_or("NULL"));
                        Some(columns.collect::<Vec<_>>().join(" | "))
                    }
                    _ => None,
                };
                answer.into_iter().filter_map(text).collect()
            }
        }
    }
}

fn sqlite_rows(path: &std::path::Path, sql: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(path).expect("the file opens");
    let mut statement = db.prepare(sql).expect("SQLite understands");
    let width = statement.column_count();
    let text = |row: &rusqlite::Row<'_>| {
        let column = |at| match row.get::<_, Value>(at)? {
            Value::Text(text) => Ok(text),
            Value::Integer(number) => Ok(number.to_string()),
            other => Ok(format!("{other:?}")),
        };
        (0..width).map(column).collect::<rusqlite::Result<Vec<String>>>().map(|row| row.join(" | "))
    };
    let rows = statement.query_map([], text).expect("SQLite answers");
    rows.collect::<rusqlite::Result<_>>().expect("SQLite answers")
}
