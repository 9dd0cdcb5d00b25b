//! `parlance move`

use clap::Args;
use parlance_engine::db::{self, Address, Contents, Copy};
use serde_json::{Value, json};

use super::bar::Bar;
use super::{Failure, Output, Result};
use crate::config::{Config, DatabaseUrl};
use crate::control::Lock;
use crate::start;

/// Where to.
#[derive(Args)]
pub struct MoveTo {
    /// The new database: sqlite:PATH of a file that is not there, or postgres://… of a database that holds nothing
    #[arg(long, value_name = "URL")]
    to: String,
}

impl MoveTo {
    /// Copies the configured database and compares every row. The old one is left as it is.
    pub(super) fn run(self, config: &Config) -> Result<Output> {
        let to =
            DatabaseUrl::try_from(self.to).map_err(|problem| Failure::usage(format!("--to: {problem}")))?;
        let from = config.database_url();
        let (source, target) = (Address::parse(from.reveal())?, Address::parse(to.reveal())?);
        let _lock = Lock::wait(config)?;
        db::expect_idle(&source)?;
        db::expect_idle(&target)?;
        let bar = Bar::new();
        let job = Copy { from: &source, to: &target, now: start::now() };
        let contents = db::copy(&job, &mut |progress| bar.show(progress))?;
        drop(bar);
        let rows: u64 = contents.tables.iter().map(|table| table.rows).sum();
        let files = match config.s3.name() {
            Some(bucket) => format!("the bucket {bucket}"),
            None => config.files().display().to_string(),
        };
        let text = format!(
            "copied {rows} rows in {} tables from {from} to {to}, and compared them one by one\n\
             The files stay where they are, in {}.\n\
             To start on the new database, set PARLANCE_DATABASE_URL (or database.url) to it. The old one was not\n\
             changed: keep it until you are content, and never start a server on it again after that.\n",
            contents.tables.len(),
            files,
        );
        let json = json!({ "from": from.to_string(), "to": to.to_string(), "schema": contents.schema, "rows": rows,
            "tables": tables(&contents), "files": files });
        Ok(Output::Told { text, json })
    }
}

fn tables(contents: &Contents) -> Vec<Value> {
    let shown = |sum: &db::Sum| json!({ "name": sum.table, "rows": sum.rows, "sha256": sum.sha256 });
    contents.tables.iter().map(shown).collect()
}
