//! The lock beside a SQLite database: one process writes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Client;
use crate::command::Failure;
use crate::config::Config;
use crate::start;

/// How long to wait for another process that has the database open; a command is shorter than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often to look again.
const PAUSE: Duration = Duration::from_millis(25);

/// Held for as long as this process has the database open. The kernel lets go of it when the process ends, however it
/// ends. With PostgreSQL there is nothing to hold: several nodes write.
pub struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// The lock of the configured database, for a process that is to be alone with it. Waits a while for a command.
    ///
    /// # Errors
    /// A server runs on this data folder, or another process does not let go.
    pub fn wait(config: &Config) -> Result<Lock, Failure> {
        let attempt = || match Client::reach(config)? {
            Some(_) => Err(Failure::unavailable(format!(
                "a server runs on the data folder {}; stop it first",
                config.data.display()
            ))),
            None => Lock::try_take(config),
        };
        patiently(config, attempt)
    }

    /// The lock, unless another process has it.
    pub(crate) fn try_take(config: &Config) -> Result<Option<Lock>, Failure> {
        let Some(path) = path(config) else { return Ok(Some(Lock { _file: None })) };
        start::make_data_folder(&config.data)?;
        let taken = take(&path).map_err(|problem| {
            let path = path.display();
            Failure::unavailable(format!("cannot lock {path}: {problem}"))
        })?;
        Ok(taken.map(|file| Lock { _file: Some(file) }))
    }
}

/// Tries until something comes; a sentence about who is in the way when nothing does.
pub(crate) fn patiently<T>(
    config: &Config,
    mut attempt: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(got) = attempt()? {
            return Ok(got);
        }
        if Instant::now() >= end {
            return Err(in_the_way(config));
        }
        sleep(PAUSE);
    }
}

/// Beside the database, because that is what it protects: `parlance.db` → `parlance.lock`.
fn path(config: &Config) -> Option<PathBuf> {
    Some(config.database_url().sqlite_path()?.with_extension("lock"))
}

fn take(path: &Path) -> io::Result<Option<File>> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(problem)) => return Err(problem),
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(Some(file))
}

fn in_the_way(config: &Config) -> Failure {
    let path = path(config).unwrap_or_default();
    let holder = fs::read_to_string(&path).unwrap_or_default();
    let holder = match holder.trim() {
        "" => "another process".to_owned(),
        pid => format!("process {pid}"),
    };
    Failure::unavailable(format!(
        "{holder} holds {} and answers no commands: wait until it has started or stopped, and try again",
        path.display()
    ))
}
