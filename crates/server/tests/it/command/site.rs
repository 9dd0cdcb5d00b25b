//! A data folder, a database, and the real program that works on them.

use std::fmt::Write as _;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use parlance_engine::db::Address;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::Database;

/// Writes a test once and runs it four times: on both databases, alone and beside a running server.
macro_rules! on_every_site {
    ($($(#[$meta:meta])* fn $name:ident($site:ident: &Site) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($site: &Site) $body

            $(#[$meta])*
            #[test]
            fn sqlite_alone() {
                body(&Site::on_sqlite());
            }

            $(#[$meta])*
            #[test]
            fn sqlite_served() {
                let site = Site::on_sqlite();
                let _server = site.serve();
                body(&site);
            }

            $(#[$meta])*
            #[test]
            fn postgres_alone() {
                if let Some(site) = Site::on_postgres() {
                    body(&site);
                }
            }

            $(#[$meta])*
            #[test]
            fn postgres_served() {
                if let Some(site) = Site::on_postgres() {
                    let _server = site.serve();
                    body(&site);
                }
            }
        }
    )*};
}
pub(super) use on_every_site;

/// An installation of a test's own.
pub struct Site {
    folder: TempDir,
    database: Option<Database>,
}

impl Site {
    pub fn on_sqlite() -> Site {
        Site { folder: tempfile::tempdir().expect("a temporary folder"), database: None }
    }

    /// `None` when there is no PostgreSQL to test on and that is allowed.
    pub fn on_postgres() -> Option<Site> {
        let database = Some(Database::postgres()?);
        Some(Site { folder: tempfile::tempdir().expect("a temporary folder"), database })
    }

    /// The data folder, which the program makes.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs statements past the program.
    pub fn execute(&self, sql: &str) {
        match &self.database {
            Some(Database { address: Address::Postgres(url), .. }) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).expect("PostgreSQL answers");
                client.batch_execute(sql).expect("PostgreSQL obeys");
            }
            _ => {
                let db = rusqlite::Connection::open(self.data().join("parlance.db")).expect("the file opens");
                db.execute_batch(sql).expect("SQLite obeys");
            }
        }
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    }

    /// The program with this site's configuration and nothing else in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
        command.env_clear().current_dir(self.folder.path()).args(arguments);
        command.env("PARLANCE_DATA", self.data());
        command.env("PARLANCE_LISTEN", "127.0.0.1:0").env("PARLANCE_METRICS_LISTEN", "off");
        if let Some(Database { address: Address::Postgres(url), .. }) = &self.database {
            command.env("PARLANCE_DATABASE_URL", url);
        }
        command
    }

    /// Runs a command line, split at spaces.
    pub fn run(&self, line: &str) -> Done {
        self.run_with(line, "")
    }

    /// [`Site::run`] with something on standard input.
    pub fn run_with(&self, line: &str, stdin: impl AsRef<[u8]>) -> Done {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        done(self.command(&arguments), stdin.as_ref())
    }

    /// The JSON object that a command gives when it does what it is told.
    pub fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} --json")).json(0)
    }

    /// Starts the server and waits until it takes commands.
    pub fn serve(&self) -> Server {
        self.serve_as(self.command(&["serve"]))
    }

    /// [`Site::serve`] with a command of one's own.
    pub fn serve_as(&self, mut command: Command) -> Server {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut server = Server(child.expect("the server starts"));
        let socket = self.socket();
        while UnixStream::connect(&socket).is_err() {
            assert_eq!(server.0.try_wait().expect("its state is known"), None, "the server has ended");
            sleep(Duration::from_millis(10));
        }
        server
    }

    pub fn socket(&self) -> PathBuf {
        self.data().join("parlance.sock")
    }
}

/// What came of a run that `stdin` was given.
pub fn done(mut command: Command, stdin: &[u8]) -> Done {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin);
    Done(child.wait_with_output().expect("the program ends"))
}

/// What came of a run.
pub struct Done(pub Output);

impl Done {
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("the program ends by itself")
    }

    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("UTF-8")
    }

    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("UTF-8")
    }

    /// Everything that was printed anywhere.
    pub fn printed(&self) -> String {
        let mut all = self.stdout().to_owned();
        let _ = write!(all, "{}", self.stderr());
        all
    }

    /// The one JSON value, if the program ended with this code.
    #[track_caller]
    pub fn json(&self, code: i32) -> Value {
        assert_eq!(self.code(), code, "{}", self.printed());
        let value = serde_json::from_str(self.stdout());
        value.unwrap_or_else(|problem| panic!("{problem}: {}", self.stdout()))
    }

    /// The code of the error that `--json` tells.
    #[track_caller]
    pub fn error(&self) -> (String, String) {
        let told = self.json(1)["error"].clone();
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        (text("code"), text("message"))
    }
}

/// A running server, which ends with this.
pub struct Server(Child);

impl Server {
    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.is_ok_and(|status| status.success()), "the server can be told to stop");
        self.0.wait().expect("the server ends")
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.0.kill().expect("the server can be killed");
        self.0.wait().expect("the server ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when the test has ended it already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
