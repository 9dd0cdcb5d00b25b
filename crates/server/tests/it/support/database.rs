//! A database of a test's own: a file, or a database on the PostgreSQL that `make test` starts.

use std::sync::atomic::{AtomicU32, Ordering};

use parlance_engine::db::Address;
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// Goes away with everything in it when it is dropped.
pub struct Database {
    pub address: Address,
    _folder: Option<TempDir>,
    name: Option<String>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    pub fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = Address::Sqlite(folder.path().join("parlance.db"));
        Database { address, _folder: Some(folder), name: None }
    }

    /// `None`, said loudly, when `PARLANCE_TEST_POSTGRES` is not set; a failure when `CI` is.
    pub fn postgres() -> Option<Database> {
        let Ok(server) = std::env::var("PARLANCE_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "PARLANCE_TEST_POSTGRES is not set: run make test");
            eprintln!(
                "THE POSTGRESQL HALF OF THIS TEST DID NOT RUN: PARLANCE_TEST_POSTGRES is not set; run make test"
            );
            return None;
        };
        let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        execute(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
        );
        let (base, _) = server.rsplit_once('/').expect("a URL with a database");
        Some(Database {
            address: Address::Postgres(format!("{base}/{name}")),
            _folder: None,
            name: Some(name),
        })
    }
}

impl Database {
    /// Runs statements past whoever has it open.
    pub fn execute(&self, sql: &str) {
        match &self.address {
            Address::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                db.execute_batch(sql).expect("SQLite obeys");
            }
            Address::Postgres(url) => execute(url, sql),
        }
    }

    /// The same one for another node; it does not go away with this.
    pub fn beside(&self) -> Database {
        Database { address: self.address.clone(), _folder: None, name: None }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Some(name), Ok(server)) = (&self.name, std::env::var("PARLANCE_TEST_POSTGRES")) {
            execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn execute(server: &str, sql: &str) {
    let mut client = Client::connect(server, NoTls).expect("the test PostgreSQL answers");
    client.batch_execute(sql).expect("the test PostgreSQL obeys");
}
