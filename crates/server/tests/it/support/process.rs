//! The real binary as a process of its own, to be killed, starved and spoken to.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use parlance_engine::db::Address;
use serde_json::Value;
use tempfile::TempDir;

use super::Database;

/// A data folder and a database, with or without a server running on them.
pub struct Installation {
    pub data: TempDir,
    pub database: Database,
    /// Variables of the binary's environment.
    pub environment: Vec<(String, String)>,
}

/// A running server. It is killed when it is dropped.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Installation {
    pub fn new(database: Database) -> Installation {
        let data = tempfile::tempdir().expect("a temporary folder");
        Installation { data, database, environment: Vec::new() }
    }

    /// Runs a command with `--json` and gives what it printed.
    pub fn command(&self, arguments: &[&str]) -> Value {
        self.command_reading(arguments, "")
    }

    /// [`Installation::command`] with something on standard input.
    pub fn command_reading(&self, arguments: &[&str], stdin: &str) -> Value {
        let mut command = self.binary();
        command.args(arguments).arg("--json").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e} in {text:?}"))
    }

    /// Runs a command that must be refused and gives what it says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.binary().args(arguments).output().expect("the binary runs");
        assert!(!output.status.success(), "{arguments:?} was not refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// A workspace `shop` in which these customers have tokens.
    pub fn shop(&self, people: &[&str]) -> Vec<String> {
        self.command(&["workspace", "add", "shop"]);
        people.iter().map(|name| self.customer(name)).collect()
    }

    fn customer(&self, name: &str) -> String {
        self.command(&["person", "add", "--workspace", "shop", "--kind", "customer", "--external-id", name]);
        let token = self.command(&["token", "add", "--workspace", "shop", "--person", name]);
        token["token"].as_str().expect("a token").to_owned()
    }

    /// Starts the server and waits until it listens.
    pub fn start(&self) -> Process {
        self.start_with(&[])
    }

    /// [`Installation::start`] with more options.
    pub fn start_with(&self, options: &[&str]) -> Process {
        let mut command = self.binary();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options);
        command.env("PARLANCE_LOG_FORMAT", "json").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (found, url) = mpsc::channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("stdout")), Box::new(child.stderr.take().expect("stderr"))];
        for output in outputs {
            let found = found.clone();
            std::thread::spawn(move || listen_for_url(output, &found));
        }
        let url = url.recv_timeout(Duration::from_secs(60)).expect("the server says where it listens");
        Process { child, url }
    }

    fn binary(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
        command.env("PARLANCE_DATA", self.data.path()).env("PARLANCE_METRICS_LISTEN", "off");
        command.env("PARLANCE_DATABASE_URL", url(&self.database.address)).stdin(Stdio::null());
        command.envs(self.environment.iter().cloned());
        command
    }
}

impl Process {
    /// Its number among the processes of the machine.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What `kill -9` does: no last word, no flush.
    pub fn kill(mut self) {
        self.child.kill().expect("the server is killed");
        self.child.wait().expect("the server is dead");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn url(address: &Address) -> String {
    match address {
        Address::Sqlite(path) => format!("sqlite:{}", Path::display(path)),
        Address::Postgres(url) => url.clone(),
    }
}

/// Reads the log to its end, so that the server never waits for a reader.
fn listen_for_url(output: impl std::io::Read, found: &mpsc::Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if let ("listening", Some(url)) = (line["message"].as_str().unwrap_or_default(), line["url"].as_str())
        {
            let _ = found.send(url.to_owned());
        }
    }
}
