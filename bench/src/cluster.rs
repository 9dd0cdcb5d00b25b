//! A PostgreSQL cluster of our own for one run: filled without waiting for the disk, measured durable.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::seed::database::{Database, Result};

/// Where the house keeps its way to start one.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres");

/// A running cluster; it is stopped and removed with this value.
pub(crate) struct Cluster {
    folder: PathBuf,
    /// URL of its superuser, ending in `/postgres`.
    url: String,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // There is nobody left to tell; the next start says that the folder is not empty.
        let _ = Command::new(SCRIPT).arg("stop").arg(&self.folder).status();
    }
}

impl Cluster {
    /// Starts a cluster in `folder`, after removing the one that an interrupted run left there.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let folder = folder.to_owned();
        Command::new(SCRIPT).arg("stop").arg(&folder).status()?;
        let started = Command::new(SCRIPT).arg("start").arg(&folder).stderr(Stdio::inherit()).output()?;
        let url = String::from_utf8(started.stdout)?.trim().to_owned();
        if url.is_empty() {
            return Err("there is no PostgreSQL to measure".into());
        }
        Ok(Self { folder, url })
    }

    /// Makes an empty database; its URL.
    pub(crate) fn create(&self, name: &str) -> Result<String> {
        Database::open(&self.url)?.run(&format!("CREATE DATABASE {name}"))?;
        let server = self.url.strip_suffix("/postgres").ok_or("an URL that does not end in /postgres")?;
        Ok(format!("{server}/{name}"))
    }

    /// From now on, what is committed is on the disk, as in production.
    pub(crate) fn make_durable(&self) -> Result<()> {
        let mut database = Database::open(&self.url)?;
        database.run("CHECKPOINT")?;
        Command::new("sync").status()?;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            database.run(&format!("ALTER SYSTEM SET {setting} = on"))?;
        }
        database.run("SELECT pg_reload_conf()")
    }

    /// What it calls itself, such as `15.14`.
    pub(crate) fn version(&self) -> Result<String> {
        Database::open(&self.url)?.text("SELECT current_setting('server_version')")
    }
}
