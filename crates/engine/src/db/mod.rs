//! The database: who may write when, who reads where, and the one SQL text for both engines.
//!
//! Writes go to a thread that owns its connection and commits many of them together; reads run on connections
//! of their own. Everything above this room sees a [`Conn`] in a transaction and nothing else.

mod backup;
mod conn;
mod copy;
mod growing;
mod lookup;
pub mod metric;
mod migrate;
pub(crate) mod reader;
mod table;
mod value;
mod writer;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, TrySendError};
use tokio::sync::watch;

pub use self::backup::{Restore, back_up, contents, restore};
pub use self::conn::{Address, Conn, Row, Tuning, Use};
pub use self::copy::{Contents, Copy, Progress, Sum, Watch, copy, expect_idle, expect_vacant};
use self::reader::Readers;
pub use self::value::{Arg, Column, FromColumn, ToArg};
pub(crate) use self::value::{args, stored_enum};
use crate::error::Cause;
use crate::event::Event;
use crate::{Error, Result, Time, WorkspaceId};

/// How the database is used; every number is a limit.
#[derive(Clone)]
pub struct Options {
    /// Which database.
    pub address: Address,
    /// Writes that may wait on one writer before callers are told [`Error::Busy`].
    pub queue_max: usize,
    /// Writes that may share one commit.
    pub group_max: usize,
    /// Connections that write. SQLite has one writer whatever this says.
    pub writers: usize,
    /// Connections that read from PostgreSQL. SQLite has one for each thread that reads.
    pub readers: usize,
    /// SQLite's page caches.
    pub tuning: Tuning,
}

/// One thing to do in a transaction, and somebody who waits for its outcome.
pub(crate) trait Job: Send {
    /// Whose counters it may move; decides which writer runs it and what is locked first.
    fn workspace(&self) -> Option<WorkspaceId>;
    /// When it was asked for.
    fn now(&self) -> Time;
    /// Does it. May be called again when the whole transaction had to be repeated.
    fn run(&mut self, conn: &mut Conn) -> Result<Vec<Event>>;
    /// Tells the one who waits: `Ok` when what `run` did is durable, with the number of the last event that was
    /// logged for its workspace in the same commit, if there was one.
    fn answer(self: Box<Self>, outcome: Result<Option<i64>>);
}

/// The open database.
pub(crate) struct Db {
    options: Options,
    queues: Vec<Sender<Box<dyn Job>>>,
    readers: Readers,
    shared: writer::Shared,
    threads: Vec<JoinHandle<()>>,
}

impl Db {
    /// Opens the database, brings its schema up to date under a lock, and starts the threads.
    pub(crate) fn open(options: Options, now: Time, chance: &crate::Chance) -> Result<Db> {
        let mut conn = Conn::open(&options.address, Use::Write, options.tuning)?;
        migrate::run(&mut conn, now)?;
        drop(conn);
        let shared = writer::Shared {
            stopping: Arc::new(AtomicBool::new(false)),
            news: watch::Sender::new(()),
            chance: Arc::clone(chance),
        };
        let (queues, mut threads) = writer::start(&options, &shared)?;
        let (readers, more) = reader::start(&options)?;
        threads.extend(more);
        Ok(Db { options, queues, readers, shared, threads })
    }

    /// Gives `job` to the writer of its workspace, or tells it at once that the queue is full.
    pub(crate) fn write(&self, job: Box<dyn Job>) {
        let queue = &self.queues[self.queue_of(job.workspace())];
        let (job, message) = match queue.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(job)) => {
                (job, "More writes are waiting than the server takes; try again in a moment.")
            }
            Err(TrySendError::Disconnected(job)) => (job, "The server is stopping."),
        };
        metric::refusal();
        job.answer(Err(Error::busy(Cause::Queue, message)));
    }

    /// How many writes wait.
    pub(crate) fn waiting_writes(&self) -> usize {
        self.queues.iter().map(Sender::len).sum()
    }

    /// Changes after each commit of this process that left events in the log.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.shared.news.subscribe()
    }

    /// Where reads run.
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// A connection of one's own, for work as long as a backup.
    pub(crate) fn connect(&self, usage: Use) -> Result<Conn> {
        Conn::open(&self.options.address, usage, self.options.tuning)
    }

    /// Which database this is.
    pub(crate) fn address(&self) -> &Address {
        &self.options.address
    }

    fn queue_of(&self, workspace: Option<WorkspaceId>) -> usize {
        let mut hasher = DefaultHasher::new();
        workspace.hash(&mut hasher);
        (hasher.finish() % self.queues.len() as u64) as usize
    }
}

/// Stopping answers every write that was accepted: the queues are closed, emptied, and only then left.
impl Drop for Db {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.queues.clear();
        self.readers = Readers::closed();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a database thread ended in a panic");
            }
        }
    }
}
