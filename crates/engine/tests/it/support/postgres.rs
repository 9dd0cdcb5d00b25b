//! A database of a test's own: a file, or a database on the PostgreSQL that `make test` starts.

use std::sync::atomic::{AtomicU32, Ordering};

use parlance_engine::db::Address;
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// Goes away with everything in it when it is dropped.
pub struct Database {
    pub address: Address,
    folder: Option<TempDir>,
    name: Option<String>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    pub fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = Address::Sqlite(folder.path().join("parlance.db"));
        Database { address, folder: Some(folder), name: None }
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
            folder: None,
            name: Some(name),
        })
    }

    /// The folder in which a SQLite database lies.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// A connection past the engine, to a PostgreSQL database.
    pub fn client(&self) -> Client {
        let Address::Postgres(url) = &self.address else { panic!("this database is a file") };
        Client::connect(url, NoTls).expect("the test PostgreSQL answers")
    }

    /// How many connections to a PostgreSQL database wait for somebody else's lock.
    pub fn waiting_for_locks(&self) -> i64 {
        let sql = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.client().query_one(sql, &[]).expect("the test PostgreSQL obeys").get(0)
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
