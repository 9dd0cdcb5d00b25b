//! The threads that search. What they do may take long, so it is never done on the thread of a request, it has an
//! end in time, and only so much of it waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use super::index::Index;
use super::indexer::snapshot;
use super::looking::Looking;
use super::{Found, Query, Shared, lock, stopping};
use crate::access::Caller;
use crate::db::{Conn, Use, metric};
use crate::error::Cause;
use crate::person::Kind;
use crate::{Cx, Error, Principal, Result, Time};

/// Searches that may wait before callers are told [`Error::Busy`].
const QUEUE_MAX: usize = 256;

/// Threads, at most: they are to use the processors, not to be many.
const THREADS_MAX: usize = 4;

type Queue = Sender<Box<dyn Job>>;

/// The threads, from the first search on.
#[derive(Default)]
pub(super) struct Readers(Mutex<Option<(Queue, Vec<JoinHandle<()>>)>>);

/// A search and somebody who waits for it.
pub(super) trait Job: Send {
    /// Searches.
    fn run(&mut self, desk: &mut Desk, shared: &Shared) -> Result<()>;
    /// Tells the one who waits.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

/// What a thread searches with.
pub(super) struct Desk {
    main: Conn,
    index: Index,
    /// Which opening of the index this is of.
    opened: u64,
}

/// A verb and what it wants to know first.
pub(super) struct Task<T, F> {
    pub(super) who: Principal,
    pub(super) query: Query,
    pub(super) now: Time,
    pub(super) verb: F,
    pub(super) value: Option<T>,
    pub(super) reply: oneshot::Sender<Result<T>>,
}

impl Readers {
    /// Hands a search to the threads, or tells it at once that too many wait.
    pub(super) fn send(&self, shared: &Arc<Shared>, job: Box<dyn Job>) {
        let queue = match self.queue(shared) {
            Ok(queue) => queue,
            Err(error) => return job.answer(Err(error)),
        };
        let (job, error) = match queue.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(job)) => {
                let message = "More searches are waiting than the server takes; try again in a moment.";
                (job, Error::busy(Cause::Queue, message))
            }
            Err(TrySendError::Disconnected(job)) => (job, stopping()),
        };
        job.answer(Err(error));
    }

    fn queue(&self, shared: &Arc<Shared>) -> Result<Queue> {
        let mut started = lock(&self.0);
        if let Some((queue, _)) = &*started {
            return Ok(queue.clone());
        }
        let (queue, jobs) = bounded(QUEUE_MAX);
        let count = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, THREADS_MAX);
        let threads = (0..count).map(|_| spawn(shared.clone(), jobs.clone())).collect::<Result<_>>()?;
        *started = Some((queue.clone(), threads));
        Ok(queue)
    }
}

/// Stopping answers every search that was accepted.
impl Drop for Readers {
    fn drop(&mut self) {
        let Some((queue, threads)) = lock(&self.0).take() else { return };
        drop(queue);
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a search thread ended in a panic");
            }
        }
    }
}

fn spawn(shared: Arc<Shared>, jobs: Receiver<Box<dyn Job>>) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("search".into())
        .spawn(move || serve(&shared, &jobs))
        .map_err(|e| Error::Internal(format!("no thread to search on: {e}")))
}

fn serve(shared: &Shared, jobs: &Receiver<Box<dyn Job>>) {
    let mut desk = None;
    while let Ok(mut job) = jobs.recv() {
        let mut outcome = attempt(shared, &mut desk, &mut *job);
        if outcome.as_ref().is_err_and(|e| e.cause() == Some(Cause::Lost)) {
            outcome = attempt(shared, &mut desk, &mut *job);
        }
        job.answer(outcome.inspect_err(metric::error));
    }
}

/// One try. The desk is kept only when all that was begun on it has ended as it should.
fn attempt(shared: &Shared, kept: &mut Option<Desk>, job: &mut dyn Job) -> Result<()> {
    let opened = lock(&shared.writing).opened;
    let mut desk = match kept.take().filter(|desk| desk.opened == opened) {
        Some(desk) => desk,
        None => Desk::open(shared)?,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut desk, shared)))
        .unwrap_or_else(|_| Err(Error::Internal("a search panicked".into())));
    if outcome.is_ok() || desk.put_down().is_ok() {
        *kept = Some(desk);
    }
    outcome
}

impl Desk {
    fn open(shared: &Shared) -> Result<Desk> {
        // Whoever writes the index opens it first: that makes it, where it is missing.
        shared.write(|_| Ok(()))?;
        let opened = lock(&shared.writing).opened;
        let main = Conn::open(&shared.options.address, Use::Read, shared.options.tuning)?;
        Ok(Desk { main, index: Index::open_to_read(&shared.options)?, opened })
    }

    fn put_down(&mut self) -> Result<()> {
        self.main.rollback()?;
        self.index.conn.rollback()
    }

    fn find(&mut self, shared: &Shared, search: &Looking<'_>) -> Result<Found> {
        self.index.conn.begin_read()?;
        let outcome = search.find(&mut self.index, shared);
        self.index.conn.rollback()?;
        if let Err(Error::Internal(_)) = &outcome {
            lock(&shared.writing).damaged = true;
        }
        outcome
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: Fn(&mut Cx<'_>, &Found) -> Result<T> + Send,
{
    fn run(&mut self, desk: &mut Desk, shared: &Shared) -> Result<()> {
        let workspace =
            self.who.workspace().ok_or(Error::Forbidden("This can only be done inside a workspace."))?;
        let by_agent = !matches!(self.who, Principal::Person(Caller { kind, .. }) if kind != Kind::Agent);
        let search = Looking { workspace, query: &self.query, now: self.now, by_agent };
        let found = desk.find(shared, &search)?;
        let (who, now, verb) = (self.who, self.now, &self.verb);
        self.value =
            Some(snapshot(&mut desk.main, |conn| verb(&mut Cx::new(conn, who, now, [0; 32]), &found))?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let Task { value, reply, .. } = *self;
        let answer = outcome.and_then(|()| value.ok_or_else(stopping));
        // Whoever asked may have hung up.
        let _ = reply.send(answer);
    }
}
