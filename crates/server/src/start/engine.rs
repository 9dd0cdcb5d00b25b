//! The engine of this installation: its data folder, its database, the machine's clock and chance.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parlance_engine::db::{self, Address, Tuning};
use parlance_engine::{Chance, Clock, Engine, Options, Time};
use rand::TryRng;
use rand::rngs::SysRng;

use crate::command::Failure;
use crate::config::Config;

/// Opens the engine on the configured database, with the system's clock and chance. The data folder and a SQLite file
/// are made when they are missing, for their owner alone.
pub fn open_engine(config: &Config) -> Result<Engine, Failure> {
    make_data_folder(&config.data)?;
    let url = config.database_url();
    if let Some(path) = url.sqlite_path() {
        make_database_file(path)?;
    }
    let db = db::Options {
        address: Address::parse(url.reveal())?,
        queue_max: config.database.write_queue_max.get(),
        group_max: config.database.group_max.get(),
        writers: config.database.writers.get(),
        readers: config.database.readers.get(),
        tuning: Tuning { cache_kib: cache_kib(config) },
    };
    Ok(Engine::open(Options { db, clock: Arc::new(SystemClock), chance: system_chance() })?)
}

/// Makes the data folder, for its owner alone, unless it is there.
pub(crate) fn make_data_folder(folder: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|problem| {
        let folder = folder.display();
        Failure::unavailable(format!(
            "cannot make the data folder {folder}: {problem}; choose another with PARLANCE_DATA"
        ))
    })
}

/// SQLite would make the file as readable as the umask lets it, and there are secrets in it. Its other files take their
/// mode from this one.
fn make_database_file(path: &Path) -> Result<(), Failure> {
    let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    opened.map(drop).map_err(|problem| {
        let path = path.display();
        Failure::unavailable(format!(
            "cannot open the database {path}: {problem}; choose another with PARLANCE_DATABASE_URL"
        ))
    })
}

fn cache_kib(config: &Config) -> u32 {
    u32::try_from(config.database.sqlite_cache_bytes.get() / 1024).unwrap_or(u32::MAX).max(1)
}

/// The machine's clock: the one place where the server reads it for the engine.
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        now()
    }
}

/// The present moment by the machine's clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Random bits of the operating system.
fn system_chance() -> Chance {
    Arc::new(|| {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes once it is up");
        bytes
    })
}
