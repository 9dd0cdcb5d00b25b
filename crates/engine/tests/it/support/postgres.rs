//! A database of a test's own: a file, or a database on the PostgreSQL that `make test` starts.

use std::sync::atomic::{AtomicU32, Ordering};

use parlance_engine::db::Address;
use postgres::config::Host;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::proxy::Proxy;

/// Goes away with everything in it when it is dropped.
pub struct Database {
    pub address: Address,
    folder: Option<TempDir>,
    name: Option<String>,
    /// The URL of a PostgreSQL database, past any proxy.
    pub direct: Option<String>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    pub fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = Address::Sqlite(folder.path().join("parlance.db"));
        Database { address, folder: Some(folder), name: None, direct: None }
    }

    /// In a folder that is somebody else's.
    pub fn in_folder(folder: &std::path::Path) -> Database {
        let address = Address::Sqlite(folder.join("parlance.db"));
        Database { address, folder: None, name: None, direct: None }
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
        let url = format!("{base}/{name}");
        let address = Address::Postgres(url.clone());
        Some(Database { address, folder: None, name: Some(name), direct: Some(url) })
    }

    /// Another database on the same PostgreSQL; it does not go away by itself.
    pub fn sibling(&self, name: &str) -> Database {
        let (base, _) =
            self.direct.as_ref().and_then(|url| url.rsplit_once('/')).expect("a URL with a database");
        let url = format!("{base}/{name}");
        Database { address: Address::Postgres(url.clone()), folder: None, name: None, direct: Some(url) }
    }

    /// The same PostgreSQL database as it is reached through a proxy.
    pub fn behind_a_proxy(mut self) -> (Database, Proxy) {
        let url = self.direct.clone().expect("a database on PostgreSQL");
        let config: postgres::Config = url.parse().expect("a URL");
        let [Host::Tcp(host)] = config.get_hosts() else { panic!("a PostgreSQL on TCP") };
        let server = format!("{host}:{}", config.get_ports()[0]);
        let proxy = Proxy::start(server.clone());
        let proxied = url.replace(&server, &format!("127.0.0.1:{}", proxy.port));
        self.address = Address::Postgres(format!("{proxied}?sslmode=disable"));
        (self, proxy)
    }

    /// The folder in which a SQLite database lies.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// A connection past the engine, to a PostgreSQL database.
    pub fn client(&self) -> Client {
        let url = self.direct.as_ref().expect("a database on PostgreSQL");
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
