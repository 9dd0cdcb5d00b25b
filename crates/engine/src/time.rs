//! A moment, as the engine knows it.

/// Microseconds since 1970-01-01T00:00:00Z.
///
/// The engine has no clock: a time is an argument, taken once for each verb, so that everything a verb
/// writes bears the same time and a test or a retry can repeat it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Time(pub i64);

impl Time {
    /// The moment `seconds` later (earlier, when negative); the ends of time are not passed.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Time {
        Time(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole milliseconds since the epoch, as ids and the wires of most dialects count them.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

/// What time it is. The server gives the system's clock, a test its own.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}
