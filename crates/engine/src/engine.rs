//! The engine: runs verbs, each in one transaction, on whichever database there is.

use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use crate::db::reader::{self, Readers};
use crate::db::{Address, Conn, Db, Job, Use};
use crate::event::{self, Event};
use crate::search::Search;
use crate::{Clock, Cx, Error, Principal, Result, Time, WorkspaceId, credential, db, installation};

/// Where random bits come from: the operating system in the server, a seed in a test.
pub type Chance = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// What the engine is given, because it has none of its own.
pub struct Options {
    /// The database.
    pub db: db::Options,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids, secrets and seeds.
    pub chance: Chance,
}

/// An open installation.
pub struct Engine {
    db: Db,
    clock: Arc<dyn Clock>,
    chance: Chance,
    links: credential::link::Key,
    search: Search,
}

impl Engine {
    /// Opens the database, brings its schema up to date and, the first time, founds the installation.
    pub fn open(options: Options) -> Result<Engine> {
        let Options { db, clock, chance } = options;
        let search = Search::new(db.clone(), clock.clone());
        let db = Db::open(db, clock.now(), &chance)?;
        let mut engine = Engine { db, clock, chance, links: credential::link::Key::default(), search };
        engine.links = engine.write_blocking(Principal::OPERATOR, installation::found)?;
        Ok(engine)
    }

    /// What signs the links to files.
    #[must_use]
    pub fn links(&self) -> &credential::link::Key {
        &self.links
    }

    /// Where is searched.
    pub(crate) fn searching(&self) -> &Search {
        &self.search
    }

    /// The present moment, by the clock the engine was given.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// How many writes wait for a writer.
    #[must_use]
    pub fn waiting_writes(&self) -> usize {
        self.db.waiting_writes()
    }

    /// Changes after each commit of this process that left events in the log: time to look what is new. It says
    /// nothing of what other nodes commit.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<()> {
        self.db.news()
    }

    /// Where the database is.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.db.address()
    }

    /// A connection of one's own for work on the whole database, such as a backup.
    pub fn connect(&self, usage: Use) -> Result<Conn> {
        self.db.connect(usage)
    }

    /// Runs a verb that may write. When this gives `Ok`, what the verb did is durable. The verb runs to its
    /// end once it is queued, even if nobody waits for it any more; it may run twice when the transaction had to
    /// be repeated, which is why it is `Fn`.
    pub async fn write<T, F>(&self, who: Principal, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let answer = self.queue(who, verb);
        answer.await.unwrap_or_else(|_| Err(lost_answer())).map(|done| done.value)
    }

    /// [`Engine::write`], and a number by which the caller can ask later whether the outcome can be seen: that of the
    /// last event of the same commit in the caller's workspace, or of its newest when the verb told the log nothing.
    /// [`Error::Forbidden`] outside of workspaces.
    pub async fn write_numbered<T, F>(&self, who: Principal, verb: F) -> Result<(T, i64)>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let answer = self.queue(who, move |cx| {
            let value = verb(cx)?;
            let seen = if cx.is_silent() { event::newest(cx)? } else { 0 };
            Ok((value, seen))
        });
        let Done { value: (value, seen), number } = answer.await.unwrap_or_else(|_| Err(lost_answer()))?;
        Ok((value, number.unwrap_or(seen)))
    }

    /// [`Engine::write`] for a thread that may wait.
    pub fn write_blocking<T, F>(&self, who: Principal, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let answer = self.queue(who, verb).blocking_recv();
        answer.unwrap_or_else(|_| Err(lost_answer())).map(|done| done.value)
    }

    /// [`Engine::write`] for whoever does not wait for the outcome: a note that is as well made a little later, or
    /// not at all when the queue is full.
    pub fn write_later<F>(&self, who: Principal, verb: F)
    where
        F: Fn(&mut Cx<'_>) -> Result<()> + Send + 'static,
    {
        drop(self.queue(who, verb));
    }

    /// Runs a verb that only reads, in one snapshot. On SQLite it is done when this is first polled.
    pub async fn read<T, F>(&self, who: Principal, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        match self.read_or_wait(who, verb) {
            Ok(outcome) => outcome,
            Err(answer) => answer.await.unwrap_or_else(|_| Err(lost_answer())).map(|done| done.value),
        }
    }

    /// [`Engine::read`] for a thread that may wait.
    pub fn read_blocking<T, F>(&self, who: Principal, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        match self.read_or_wait(who, verb) {
            Ok(outcome) => outcome,
            Err(answer) => {
                answer.blocking_recv().unwrap_or_else(|_| Err(lost_answer())).map(|done| done.value)
            }
        }
    }

    fn read_or_wait<T, F>(&self, who: Principal, verb: F) -> Result<Result<T>, Waiting<T>>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let now = self.clock.now();
        match self.db.readers() {
            Readers::Inline { number, options } => {
                Ok(reader::inline(*number, options, |conn| verb(&mut Cx::new(conn, who, now, [0; 32]))))
            }
            Readers::Threads(sender) => {
                let (reply, answer) = oneshot::channel();
                let job = Verb { who, now, seed: [0; 32], verb, value: None, reply };
                Readers::send(sender, Box::new(job));
                Err(answer)
            }
        }
    }

    fn queue<T, F>(&self, who: Principal, verb: F) -> Waiting<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Verb { who, now: self.clock.now(), seed: (self.chance)(), verb, value: None, reply };
        self.db.write(Box::new(job));
        answer
    }
}

fn lost_answer() -> Error {
    Error::Internal("a database thread ended without an answer".into())
}

/// Where an answer will be.
type Waiting<T> = oneshot::Receiver<Result<Done<T>>>;

/// What a verb gave, and the number of the last event that its workspace has logged in the same commit.
struct Done<T> {
    value: T,
    number: Option<i64>,
}

/// A verb with everything it needs fixed beforehand, so that running it again gives the same.
struct Verb<T, F> {
    who: Principal,
    now: Time,
    seed: [u8; 32],
    verb: F,
    value: Option<T>,
    reply: oneshot::Sender<Result<Done<T>>>,
}

impl<T, F> Job for Verb<T, F>
where
    T: Send,
    F: Fn(&mut Cx<'_>) -> Result<T> + Send,
{
    fn workspace(&self) -> Option<WorkspaceId> {
        self.who.workspace()
    }

    fn now(&self) -> Time {
        self.now
    }

    fn run(&mut self, conn: &mut Conn) -> Result<Vec<Event>> {
        let mut cx = Cx::new(conn, self.who, self.now, self.seed);
        self.value = Some((self.verb)(&mut cx)?);
        Ok(cx.into_events())
    }

    fn answer(self: Box<Self>, outcome: Result<Option<i64>>) {
        let Verb { value, reply, .. } = *self;
        let done = outcome.and_then(|number| Ok(Done { value: value.ok_or_else(lost_answer)?, number }));
        // Whoever asked may have hung up; the work is done all the same.
        let _ = reply.send(done);
    }
}
