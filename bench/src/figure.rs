//! What is measured of a load: the rate, the latencies, and the CPU time of the process that answers.

use std::io;

use crate::child::Listening;
use crate::cpu;
use crate::load::{self, Load, Request};

/// The figures of one kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    /// CPU microseconds of the answering process for each request.
    pub(crate) cpu_us: f64,
    /// Requests per second.
    pub(crate) rate: f64,
    /// The latency that half of the requests did not exceed, in microseconds.
    pub(crate) p50_us: u64,
    /// The latency that 99 of 100 did not exceed, in microseconds.
    pub(crate) p99_us: u64,
    /// The longest latency, in microseconds.
    pub(crate) max_us: u64,
    /// The mean size of a body, in bytes.
    pub(crate) body_bytes: usize,
}

impl Figure {
    /// Loads `listening` and measures.
    pub(crate) fn measure(
        listening: &Listening,
        load: Load,
        requests: impl Iterator<Item = Request> + 'static,
    ) -> io::Result<Self> {
        let (outcome, cpu_us) = cpu::per_request(listening.process, || {
            let outcome = load::run(load, requests)?;
            let count = outcome.count();
            Ok((outcome, count))
        })?;
        Ok(Self {
            cpu_us,
            rate: outcome.rate(),
            p50_us: outcome.latency_us(0.5),
            p99_us: outcome.latency_us(0.99),
            max_us: outcome.latency_max_us(),
            body_bytes: outcome.body_bytes_mean(),
        })
    }
}

/// Figures that can be taken twice. Whatever else the machine does meanwhile only ever adds to them, so of two runs
/// of the same work the quieter one says more about the work.
pub(crate) trait Quieter {
    /// The better of each figure.
    fn quieter(self, other: Self) -> Self;
}

impl Quieter for Figure {
    /// CPU time and rate are each the better one; latencies are those of the faster run.
    fn quieter(self, other: Self) -> Self {
        let cpu_us = self.cpu_us.min(other.cpu_us);
        let faster = if self.rate >= other.rate { self } else { other };
        Self { cpu_us, ..faster }
    }
}

impl<A: Quieter, B: Quieter> Quieter for (A, B) {
    fn quieter(self, other: Self) -> Self {
        (self.0.quieter(other.0), self.1.quieter(other.1))
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |us: u64| us as f64 / 1000.0;
        write!(f, "{:.1} µs CPU, {:.0}/s, ", self.cpu_us, self.rate)?;
        write!(
            f,
            "p50 {:.2} ms, p99 {:.2} ms, max {:.1} ms",
            ms(self.p50_us),
            ms(self.p99_us),
            ms(self.max_us)
        )
    }
}
