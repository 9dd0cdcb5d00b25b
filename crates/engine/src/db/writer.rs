//! Group commit: a thread that owns a connection takes every write that waits, runs each in a savepoint of one
//! transaction, commits once, and only then answers them all.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::watch;

use super::{Address, Conn, Job, Options, Use, metric};
use crate::error::Cause;
use crate::event::{self, Event};
use crate::id::uuid_v7;
use crate::{Chance, Error, Result, Time, WorkspaceId};

/// How often a batch is tried before its callers hear [`Error::Busy`].
const ATTEMPTS_MAX: u32 = 5;

/// The first pause before a lost server is tried again; each further one is twice as long.
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between two tries to reach a lost server.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(2);

type Queue = Sender<Box<dyn Job>>;

/// What all writers of a database share.
#[derive(Clone)]
pub(super) struct Shared {
    /// Set when the database is being closed.
    pub(super) stopping: Arc<AtomicBool>,
    /// Rung after each commit that left events in the log.
    pub(super) news: watch::Sender<()>,
    /// Where the ids of commits come from.
    pub(super) chance: Chance,
}

pub(super) fn start(options: &Options, shared: &Shared) -> Result<(Vec<Queue>, Vec<JoinHandle<()>>)> {
    let several = matches!(options.address, Address::Postgres(_));
    let count = if several { options.writers.max(1) } else { 1 };
    (0..count).map(|_| spawn(options, shared)).collect::<Result<Vec<_>>>().map(|all| all.into_iter().unzip())
}

fn spawn(options: &Options, shared: &Shared) -> Result<(Queue, JoinHandle<()>)> {
    let (queue, jobs) = bounded(options.queue_max);
    let conn = Some(Conn::open(&options.address, Use::Write, options.tuning)?);
    let (options, shared) = (options.clone(), shared.clone());
    let mut writer = Writer { options, jobs, waiting: VecDeque::new(), conn, shared };
    let thread = std::thread::Builder::new()
        .name("db-write".into())
        .spawn(move || writer.serve())
        .map_err(|e| Error::Internal(format!("no thread for a writer: {e}")))?;
    Ok((queue, thread))
}

struct Writer {
    options: Options,
    jobs: Receiver<Box<dyn Job>>,
    /// Taken from the queue, but for another workspace than the batch at hand.
    waiting: VecDeque<Box<dyn Job>>,
    conn: Option<Conn>,
    shared: Shared,
}

/// What became of each job of a batch that was committed; for [`Job::answer`].
type Outcomes = Vec<Result<Option<i64>>>;

impl Writer {
    fn serve(&mut self) {
        while let Some(mut batch) = self.next_batch() {
            metric::group(batch.len());
            let outcomes = self.settle(&mut batch).unwrap_or_else(|error| {
                metric::error(&error);
                tracing::error!(%error, writes = batch.len(), "a batch of writes was not committed");
                batch.iter().map(|_| Err(error.clone())).collect()
            });
            batch.into_iter().zip(outcomes).for_each(|(job, outcome)| job.answer(outcome));
        }
    }

    /// Every job that waits, up to the limit; on PostgreSQL only those of one workspace, because a batch locks
    /// one counter row. `None` when the queue is closed and empty.
    fn next_batch(&mut self) -> Option<Vec<Box<dyn Job>>> {
        if self.waiting.is_empty() {
            self.waiting.push_back(self.jobs.recv().ok()?);
        }
        let room = self.options.group_max.saturating_sub(self.waiting.len());
        self.waiting.extend(self.jobs.try_iter().take(room));
        if let Address::Sqlite(_) = self.options.address {
            return Some(self.waiting.drain(..).collect());
        }
        let workspace = self.waiting.front()?.workspace();
        let (batch, rest) = self.waiting.drain(..).partition(|job| job.workspace() == workspace);
        self.waiting = VecDeque::from(Vec::from_iter::<VecDeque<_>>(rest));
        Some(Vec::from_iter::<VecDeque<_>>(batch))
    }

    /// Tries until the batch is committed or it is certain that it is not.
    fn settle(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Outcomes> {
        let mut attempts = 1;
        loop {
            let error = match self.attempt(batch) {
                Ok(outcomes) => return Ok(outcomes),
                Err(error) => error,
            };
            self.recover(&error);
            let again = matches!(error.cause(), Some(Cause::Contention | Cause::Lost));
            if !again || attempts == ATTEMPTS_MAX || self.shared.stopping.load(Ordering::Relaxed) {
                return Err(error);
            }
            metric::retry();
            tracing::warn!(%error, attempts, "a batch of writes is tried again");
            self.pause(attempts);
            attempts += 1;
        }
    }

    fn attempt(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Outcomes> {
        let conn = self.connection()?;
        conn.begin_write(batch[0].workspace())?;
        let alone = batch.len() == 1;
        let mut events = Vec::new();
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch.iter_mut() {
            let outcome = if alone { guarded(conn, &mut **job) } else { in_savepoint(conn, &mut **job) };
            outcomes.push(keep(conn, outcome, job.workspace(), &mut events)?);
        }
        if alone && outcomes[0].is_err() {
            conn.rollback()?;
            return Ok(numbered(batch, outcomes, &[]));
        }
        let numbers = event::append(conn, &events)?;
        let now = batch[0].now();
        self.commit(now)?;
        if !events.is_empty() {
            self.shared.news.send_replace(());
        }
        Ok(numbered(batch, outcomes, &numbers))
    }

    /// Commits. When the connection dies meanwhile nobody knows whether it happened, so the batch has left a
    /// mark in the same transaction, and the mark is asked for before anybody is answered.
    fn commit(&mut self, now: Time) -> Result<()> {
        let mark = uuid_v7(now, first10((self.shared.chance)())).to_string();
        let conn = self.connection()?;
        match conn.commit_with_mark(&mark) {
            Err(error) if error.cause() == Some(Cause::Lost) => self.resolve(&mark, error),
            outcome => outcome,
        }
    }

    /// Finds out whether the commit that left `mark` happened. Leaving the same mark again waits for the
    /// lost transaction if the server is still busy with it, and afterwards forbids it to succeed.
    fn resolve(&mut self, mark: &str, error: Error) -> Result<()> {
        let mut tries = 1;
        loop {
            self.conn = None;
            let left_now = self.connection().and_then(|conn| conn.leave_mark(mark));
            match left_now {
                Ok(true) => return Err(error),
                Ok(false) => return Ok(()),
                Err(e) if self.shared.stopping.load(Ordering::Relaxed) => return Err(e),
                Err(e) => {
                    tracing::error!(error = %e, "waiting for the database to say whether a commit happened");
                }
            }
            self.pause(tries);
            tries += 1;
        }
    }

    /// After a failed attempt: a connection whose transaction cannot be ended is of no further use.
    fn recover(&mut self, error: &Error) {
        let ended = self.conn.as_mut().is_some_and(|conn| conn.rollback().is_ok());
        if !ended || error.cause() == Some(Cause::Lost) {
            self.conn = None;
        }
    }

    fn connection(&mut self) -> Result<&mut Conn> {
        if self.conn.is_none() {
            self.conn = Some(Conn::open(&self.options.address, Use::Write, self.options.tuning)?);
        }
        self.conn.as_mut().ok_or_else(|| Error::Internal("no connection after connecting".into()))
    }

    fn pause(&self, tries: u32) {
        std::thread::park_timeout((RECONNECT_PAUSE * 2_u32.pow(tries.min(10) - 1)).min(RECONNECT_PAUSE_MAX));
    }
}

/// Runs a job so that its failure undoes its own work and nobody else's.
fn in_savepoint(conn: &mut Conn, job: &mut dyn Job) -> Result<Vec<Event>> {
    conn.savepoint()?;
    let outcome = guarded(conn, job);
    match &outcome {
        Ok(_) => conn.release_savepoint()?,
        Err(error) if spoils_the_batch(conn, error) => {}
        Err(_) => conn.rollback_to_savepoint()?,
    }
    outcome
}

fn guarded(conn: &mut Conn, job: &mut dyn Job) -> Result<Vec<Event>> {
    catch_unwind(AssertUnwindSafe(|| job.run(conn)))
        .unwrap_or_else(|_| Err(Error::Internal("a verb panicked; its work was undone".into())))
}

/// Sorts a job's outcome: its own (inner result), or the end of the whole batch (outer error).
fn keep(
    conn: &Conn,
    outcome: Result<Vec<Event>>,
    workspace: Option<WorkspaceId>,
    events: &mut Vec<(WorkspaceId, Event)>,
) -> Result<Result<()>> {
    match outcome {
        Ok(new) => {
            events
                .extend(workspace.into_iter().flat_map(|w| new.iter().cloned().map(move |event| (w, event))));
            Ok(Ok(()))
        }
        Err(error) if spoils_the_batch(conn, &error) => Err(match error.cause() {
            Some(_) => error,
            None => Error::busy(Cause::Disk, format!("The transaction was lost: {error}")),
        }),
        Err(error) => Ok(Err(error)),
    }
}

/// Each outcome with the last event's number of its workspace.
fn numbered(batch: &[Box<dyn Job>], outcomes: Vec<Result<()>>, numbers: &[(WorkspaceId, i64)]) -> Outcomes {
    let number = |job: &dyn Job| numbers.iter().find(|(w, _)| Some(*w) == job.workspace()).map(|(_, n)| *n);
    outcomes.into_iter().zip(batch).map(|(outcome, job)| outcome.map(|()| number(&**job))).collect()
}

/// A full disk, an I/O error or an interrupt can take the whole transaction with it, and then the work of the
/// jobs that had succeeded is gone as well.
fn spoils_the_batch(conn: &Conn, error: &Error) -> bool {
    error.cause().is_some() || !conn.in_transaction()
}

fn first10(bytes: [u8; 32]) -> [u8; 10] {
    std::array::from_fn(|i| bytes[i])
}
