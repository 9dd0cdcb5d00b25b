//! The comparison: the server's statements and the server's JSON with nothing around them: no HTTP, no threads, no
//! rooms, one connection in a loop. Each room's statements stand here a second time on purpose; before anything is
//! timed, the bare page is compared with the served one byte by byte.

mod database;
pub(crate) mod page;
pub(crate) mod post;
mod wire;

use std::time::{Duration, Instant};

use crate::cpu::Process;
use crate::figure::Quieter;
use crate::seed::database::Result;

pub(crate) use database::Bare;

/// What a bare loop cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// CPU microseconds for each turn.
    pub(crate) cpu_us: f64,
    /// Turns per second.
    pub(crate) rate: f64,
}

impl Quieter for Cost {
    fn quieter(self, other: Self) -> Self {
        Self { cpu_us: self.cpu_us.min(other.cpu_us), rate: self.rate.max(other.rate) }
    }
}

/// Runs `turn` once for each item and says what it cost. Nothing else may run in this process meanwhile.
pub(crate) fn timed<T>(items: &[T], mut turn: impl FnMut(&T) -> Result<()>) -> Result<Cost> {
    let (start, before) = (Instant::now(), Process::own().cpu()?);
    for item in items {
        turn(item)?;
    }
    let (spent, elapsed): (Duration, Duration) = (Process::own().cpu()? - before, start.elapsed());
    let turns = items.len().max(1) as f64;
    Ok(Cost { cpu_us: spent.as_secs_f64() * 1e6 / turns, rate: turns / elapsed.as_secs_f64() })
}
