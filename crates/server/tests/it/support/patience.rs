//! Waiting for what is done beside the requests.

use std::time::{Duration, Instant};

/// Asks until `looked_for` is seen: what reading does is done beside it.
pub fn until(what: &str, looked_for: impl Fn() -> bool) {
    let begun = Instant::now();
    while !looked_for() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}
