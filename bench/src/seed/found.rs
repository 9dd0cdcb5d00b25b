//! An empty workspace, made by the engine itself, so that the schema is the server's.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parlance_engine::db::{self, Address, Tuning};
use parlance_engine::workspace::{self, Change};
use parlance_engine::{Clock, Engine, Options, Principal, Time};

use super::database::Result;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("this machine's clock is past 1970");
        Time(i64::try_from(since.as_micros()).expect("and before the year 294247"))
    }
}

/// Makes the schema and a workspace in the empty database at `url`; the workspace's number.
pub(crate) fn found(url: &str) -> Result<i64> {
    let address = Address::parse(url)?;
    let tuning = Tuning { cache_kib: 1024 };
    let db = db::Options { address, queue_max: 16, group_max: 16, writers: 1, readers: 1, tuning };
    let engine = Engine::open(Options { db, clock: Arc::new(SystemClock), chance: Arc::new(rand::random) })?;
    let founded =
        engine.write_blocking(Principal::OPERATOR, |cx| workspace::add(cx, "bench", &Change::default()))?;
    Ok(founded.id.0)
}
