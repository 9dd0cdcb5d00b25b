//! How long we wait between two sessions.

use std::time::Duration;

/// The first pause; each is twice as long as the one before.
const FIRST: Duration = Duration::from_millis(500);

/// The longest.
const LONGEST: Duration = Duration::from_secs(60);

/// A session that was bound for so long was a good one, and the pauses begin anew. Who takes every bind and ends every
/// session at once is not asked again and again.
const GOOD: Duration = Duration::from_secs(5);

/// The pauses of one carrier.
pub(super) struct Pauses {
    next: Duration,
}

impl Pauses {
    pub(super) fn new() -> Pauses {
        Pauses { next: FIRST }
    }

    /// The pause after a session that was bound for so long.
    pub(super) fn after(&mut self, bound_for: Duration) -> Duration {
        let pause = if bound_for >= GOOD { FIRST } else { self.next };
        self.next = (pause * 2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pauses: &mut Pauses, bound_for: &[u64]) -> Vec<f64> {
        bound_for.iter().map(|seconds| pauses.after(Duration::from_secs(*seconds)).as_secs_f64()).collect()
    }

    #[test]
    fn pauses_grow_to_a_minute_while_no_session_lasts() {
        let mut pauses = Pauses::new();
        let grown = seconds(&mut pauses, &[0, 0, 4, 0, 1, 0, 0, 0, 0]);
        assert_eq!(grown, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
    }

    #[test]
    fn after_a_session_that_lasted_they_begin_anew() {
        let mut pauses = Pauses::new();
        assert_eq!(seconds(&mut pauses, &[0, 0, 0, 6, 0, 3_600, 5]), [0.5, 1.0, 2.0, 0.5, 1.0, 0.5, 0.5]);
    }
}
