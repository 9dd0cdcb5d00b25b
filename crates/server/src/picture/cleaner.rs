use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{Picture, Refusal, clean};

/// Cleans pictures on blocking threads, a few at a time, so that uploads leave cores and memory to everybody else.
#[derive(Debug, Clone)]
pub struct Cleaner {
    places: Arc<Semaphore>,
    wait: Duration,
}

/// Why [`Cleaner::clean`] gave no picture.
#[derive(Debug)]
pub enum Failure {
    /// All places stayed taken for as long as one waits: to be tried again later (503 with `Retry-After`).
    Busy,
    /// The upload is no picture that we take; the reason is for the sender (451).
    Refused(Refusal),
    /// The upload could not be read from where it lies.
    Unreadable(io::Error),
}

impl Cleaner {
    /// `places` pictures are worked on at once, and one more waits at most `wait` for its turn.
    #[must_use]
    pub fn new(places: usize, wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), wait }
    }

    /// Half of the machine's cores, at least one, and a wait of ten seconds: about as long as a client has patience.
    #[must_use]
    pub fn for_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new((cores / 2).max(1), Duration::from_secs(10))
    }

    /// Waits for a place, then reads the upload with `read` and cleans it, both on a blocking thread.
    ///
    /// `read` runs only when it is its turn, so those who wait hold no upload in memory. When the caller hangs up, the
    /// work that has begun keeps its place to its end.
    pub async fn clean<R>(&self, read: R) -> Result<Picture, Failure>
    where
        R: FnOnce() -> io::Result<Vec<u8>> + Send + 'static,
    {
        let work = self.turn(move || {
            let upload = read().map_err(Failure::Unreadable)?;
            clean(&upload).map_err(Failure::Refused)
        });
        match work.await {
            Some(Ok(cleaned)) => cleaned,
            Some(Err(died)) => Err(Failure::Unreadable(died)),
            None => Err(Failure::Busy),
        }
    }

    /// Waits for a place and does any other work that keeps a core busy, on a blocking thread: `None` when all places
    /// stayed taken, an error when the work died.
    pub async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<io::Result<T>> {
        let turn = tokio::time::timeout(self.wait, Arc::clone(&self.places).acquire_owned());
        let Ok(Ok(place)) = turn.await else { return None };
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        Some(work.await.map_err(io::Error::other))
    }
}
