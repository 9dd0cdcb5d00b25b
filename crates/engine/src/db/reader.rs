//! Where reads run: on SQLite at once, on the calling thread; on PostgreSQL on threads that own a connection.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::{Address, Conn, Job, Options, Use, metric};
use crate::error::Cause;
use crate::{Error, Result};

/// Reads that may wait for a connection to PostgreSQL before callers are told [`Error::Busy`].
const QUEUE_MAX: usize = 1024;

/// The place where reads run.
pub(crate) enum Readers {
    /// SQLite. A bounded, indexed read costs a few microseconds; handing it to another thread would cost three
    /// times as much. Every thread keeps a connection of its own under this number.
    Inline {
        /// Tells the databases of one process apart.
        number: u64,
        /// How to open one more connection.
        options: Box<Options>,
    },
    /// PostgreSQL, which is always a round trip away.
    Threads(Sender<Box<dyn ReadJob>>),
}

/// A read on its way to another thread.
pub(crate) trait ReadJob: Send {
    /// Reads; may be called again on a new connection when the first was lost.
    fn run(&mut self, conn: &mut Conn) -> Result<()>;
    /// Tells the one who waits.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

thread_local! {
    static CONNECTIONS: RefCell<Vec<(u64, Conn)>> = const { RefCell::new(Vec::new()) };
}

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

pub(super) fn start(options: &Options) -> Result<(Readers, Vec<JoinHandle<()>>)> {
    if let Address::Sqlite(_) = options.address {
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        return Ok((Readers::Inline { number, options: Box::new(options.clone()) }, Vec::new()));
    }
    let (sender, jobs) = bounded(QUEUE_MAX);
    let threads =
        (0..options.readers.max(1)).map(|_| spawn(options.clone(), jobs.clone())).collect::<Result<_>>()?;
    Ok((Readers::Threads(sender), threads))
}

impl Readers {
    /// Readers that take nothing any more.
    pub(super) fn closed() -> Readers {
        Readers::Threads(bounded(0).0)
    }

    /// Hands `job` to the threads, or tells it at once that too many wait.
    pub(crate) fn send(sender: &Sender<Box<dyn ReadJob>>, job: Box<dyn ReadJob>) {
        let (job, message) = match sender.try_send(job) {
            Ok(()) => return,
            Err(TrySendError::Full(job)) => {
                (job, "More reads are waiting than the server takes; try again in a moment.")
            }
            Err(TrySendError::Disconnected(job)) => (job, "The server is stopping."),
        };
        job.answer(Err(Error::busy(Cause::Queue, message)));
    }
}

/// Reads on this thread's own connection. The connection is out of the cache while it is used, so a panic
/// in the middle of a transaction drops it rather than leaving it for the next reader.
pub(crate) fn inline<T>(
    number: u64,
    options: &Options,
    read: impl FnOnce(&mut Conn) -> Result<T>,
) -> Result<T> {
    let kept = CONNECTIONS.with_borrow_mut(|all| {
        let at = all.iter().position(|(n, _)| *n == number)?;
        Some(all.swap_remove(at).1)
    });
    let mut conn = match kept {
        Some(conn) => conn,
        None => Conn::open(&options.address, Use::Read, options.tuning)?,
    };
    let outcome = in_snapshot(&mut conn, read).inspect_err(metric::error);
    if conn.rollback().is_ok() {
        CONNECTIONS.with_borrow_mut(|all| all.push((number, conn)));
    }
    outcome
}

fn in_snapshot<T>(conn: &mut Conn, read: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.begin_read()?;
    let value = read(conn)?;
    conn.commit()?;
    Ok(value)
}

fn spawn(options: Options, jobs: Receiver<Box<dyn ReadJob>>) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("db-read".into())
        .spawn(move || serve(&options, &jobs))
        .map_err(|e| Error::Internal(format!("no thread for a reader: {e}")))
}

fn serve(options: &Options, jobs: &Receiver<Box<dyn ReadJob>>) {
    let mut conn = None;
    while let Ok(mut job) = jobs.recv() {
        let mut outcome = attempt(options, &mut conn, &mut *job);
        if outcome.as_ref().is_err_and(|e| e.cause() == Some(Cause::Lost)) {
            outcome = attempt(options, &mut conn, &mut *job);
        }
        job.answer(outcome.inspect_err(metric::error));
    }
}

/// One try. The connection is kept only when its transaction ended as it should.
fn attempt(options: &Options, kept: &mut Option<Conn>, job: &mut dyn ReadJob) -> Result<()> {
    let mut conn = match kept.take() {
        Some(conn) => conn,
        None => Conn::open(&options.address, Use::Read, options.tuning)?,
    };
    let guarded = std::panic::AssertUnwindSafe(|| in_snapshot(&mut conn, |conn| job.run(conn)));
    let outcome = std::panic::catch_unwind(guarded)
        .unwrap_or_else(|_| Err(Error::Internal("a verb panicked while reading".into())));
    if conn.rollback_if_failed(&outcome).is_ok() {
        *kept = Some(conn);
    }
    outcome
}

/// A write job and a read job differ only in what they may change.
impl<J: Job> ReadJob for J {
    fn run(&mut self, conn: &mut Conn) -> Result<()> {
        Job::run(self, conn).map(drop)
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        Job::answer(self, outcome.map(|()| None));
    }
}
