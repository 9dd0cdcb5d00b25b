//! The processes that are measured: the server from its release binary, and the bare stack.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::cpu::Process;
use crate::load::{self, Request};
use crate::seed::database::Result;

/// How long a server may take until it is ready, or gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child process that listens; it ends with this value.
pub(crate) struct Listening {
    child: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// Its own CPU time and memory.
    pub(crate) process: Process,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It may be gone already; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the server keeps what.
pub(crate) struct Home {
    /// The release binary.
    pub(crate) binary: PathBuf,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// `sqlite:…` or `postgres://…`.
    pub(crate) database_url: String,
}

impl Home {
    /// The server's command, configured for this place alone.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PARLANCE_")) {
            command.env_remove(name);
        }
        command.env("PARLANCE_DATA", &self.data).env("PARLANCE_DATABASE_URL", &self.database_url);
        command
    }
}

/// The server under test and its metrics.
pub(crate) struct Server {
    /// The process.
    pub(crate) listening: Listening,
    metrics: SocketAddr,
}

impl Server {
    /// Starts the server as an operator would, but without rate limits: one address asks for everybody here.
    pub(crate) fn start(home: &Home) -> Result<Self> {
        Self::start_with(home, &[])
    }

    /// The same, with these settings besides.
    pub(crate) fn start_with(home: &Home, settings: &[(&str, &str)]) -> Result<Self> {
        let (address, metrics) = (free_address()?, free_address()?);
        let log = File::create(home.data.join("bench-server.log"))?;
        let child = home
            .command()
            .arg("serve")
            .env("PARLANCE_LISTEN", address.to_string())
            .env("PARLANCE_METRICS_LISTEN", metrics.to_string())
            .env("PARLANCE_RATES_TOKEN_PER_SECOND", "0")
            .env("PARLANCE_RATES_ADDRESS_PER_SECOND", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| format!("{} does not start: {e}", home.binary.display()))?;
        let process = Process::of(child.id());
        let mut server = Self { listening: Listening { child, address, process }, metrics };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let asked = Instant::now();
        let ready =
            Request { method: "GET", path: "/readyz".to_owned(), token: None, login: None, body: None };
        while asked.elapsed() < PATIENCE && self.listening.child.try_wait()?.is_none() {
            if load::fetch(self.listening.address, &ready).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("the server did not become ready; see bench-server.log in its data folder".into())
    }

    /// The text of its metrics.
    pub(crate) fn metrics(&self) -> Result<String> {
        let metrics =
            Request { method: "GET", path: "/metrics".to_owned(), token: None, login: None, body: None };
        Ok(String::from_utf8(load::fetch(self.metrics, &metrics)?.body)?)
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.listening.child.id().cast_signed()), Signal::SIGTERM)?;
        let asked = Instant::now();
        while self.listening.child.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                return Err("the server did not stop".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// An address that nobody listened on a moment ago.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Starts the bare stack, answering what the server answered to `like`.
pub(crate) fn constant(like: &load::Answered, folder: &Path) -> Result<Listening> {
    let body = folder.join("constant.body");
    std::fs::write(&body, &like.body)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("constant").arg(body);
    for (name, value) in &like.headers {
        // These two are the stack's own.
        if !matches!(name.as_str(), "date" | "content-length") {
            command.arg(format!("{name}: {value}"));
        }
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("it was piped")).read_line(&mut address)?;
    let process = Process::of(child.id());
    Ok(Listening { child, address: address.trim().parse()?, process })
}
