//! `parlance restore`

use std::path::PathBuf;

use clap::Args;
use parlance_engine::db::{self, Address};
use serde_json::json;

use super::backup::{left, summary};
use super::bar::Bar;
use super::{Output, Result};
use crate::backup::{self, Restore as Job};
use crate::config::Config;
use crate::control::Lock;
use crate::start;

/// Which backup.
#[derive(Args)]
pub struct Restore {
    /// Folder that `parlance backup` made. It is checked as a whole before anything is written
    folder: PathBuf,
}

impl Restore {
    /// Restores into the configured database and data folder, which must hold nothing.
    pub(super) fn run(&self, config: &Config) -> Result<Output> {
        let _lock = Lock::wait(config)?;
        start::make_data_folder(&config.data)?;
        let url = config.database_url();
        let database = Address::parse(url.reveal())?;
        db::expect_idle(&database)?;
        let bar = Bar::new();
        let job = Job {
            folder: &self.folder,
            database: &database,
            data: &config.data,
            bucket: config.s3.name(),
            now: start::now(),
        };
        let manifest = backup::restore(&job, &mut |progress| bar.show(progress))?;
        drop(bar);
        let text = format!("restored into {url}: {}\n{}", summary(&manifest), left(&manifest));
        Ok(Output::Told { text, json: json!({ "database": url.to_string(), "backup": manifest }) })
    }
}
