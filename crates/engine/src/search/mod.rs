//! Full-text search: which conversations have these words in their title, messages, file names or short id.
//!
//! [`term`] cuts text, [`query`] understands what somebody typed, [`indexer`] follows the log of events, and [`set`]
//! keeps what was found for a moment. This room has two texts, [`sqlite`] and [`postgres`], because the databases
//! share nothing here but their rows. What is found is which conversations have the words; whether the caller may see
//! them is decided, as everywhere, by the verb that lists them, from the database itself and before it counts.

mod document;
mod filling;
mod index;
mod indexer;
mod looking;
mod postgres;
mod query;
mod reader;
mod recent;
mod set;
mod source;
mod sqlite;
mod store;
mod term;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roaring::RoaringBitmap;
use tokio::sync::oneshot;

pub use self::filling::Progress;
pub use self::indexer::Step;
use self::indexer::{Fill, Indexer};
pub use self::query::Query;
use self::reader::{Readers, Task};
use self::recent::Recent;
use self::set::Sets;
use crate::error::Cause;
use crate::{Clock, Cx, Engine, Error, Principal, Result, WorkspaceId, db};

/// The format of the index. Another one is another index, which is made anew.
const FORMAT: i64 = 1;

/// Steps that a search makes itself in a workspace that was never indexed, before it says that it is too early.
const STEPS_IN_SEARCH: usize = 16;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The short ids of the conversations in which everything that was looked for occurs, as far as somebody of the
    /// caller's kind may read: an agent also finds by internal messages. Among them are conversations that the caller
    /// may not see.
    pub conversations: RoaringBitmap,
    /// Up to which event of the workspace this is known.
    pub reached: i64,
}

/// The index of an engine: who writes it and who looks into it.
pub(crate) struct Search {
    shared: Arc<Shared>,
    readers: Readers,
}

/// What the threads that search share.
struct Shared {
    options: db::Options,
    clock: Arc<dyn Clock>,
    sets: Sets,
    recent: Arc<Recent>,
    writing: Mutex<Writing>,
    reached: Mutex<HashMap<WorkspaceId, i64>>,
}

/// The one who writes the index, once somebody has asked for it.
#[derive(Default)]
struct Writing {
    indexer: Option<Indexer>,
    /// How often the index was opened: whoever reads from an older one reads from a file that may be gone.
    opened: u64,
    /// Somebody found damage in it.
    damaged: bool,
}

impl Search {
    pub(crate) fn new(options: db::Options, clock: Arc<dyn Clock>) -> Search {
        let shared = Shared {
            options,
            clock,
            sets: Sets::default(),
            recent: Arc::default(),
            writing: Mutex::default(),
            reached: Mutex::default(),
        };
        Search { shared: Arc::new(shared), readers: Readers::default() }
    }
}

/// The driver of PostgreSQL waits for a connection to close, which it must not do on a thread of somebody's async
/// runtime: and there the last one may let go of the engine.
impl Drop for Search {
    fn drop(&mut self) {
        let indexer = lock(&self.shared.writing).indexer.take();
        if std::thread::spawn(move || drop(indexer)).join().is_err() {
            tracing::error!("closing the search index ended in a panic");
        }
    }
}

impl Engine {
    /// Looks for `query` and runs `verb` with what was found, both on a thread for work that may take long. What is
    /// found was true at most about a second ago; what the verb reads is true now.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many search, when it took too long, or while the workspace is indexed the first time.
    pub async fn search<T, F>(&self, who: Principal, query: Query, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>, &Found) -> Result<T> + Send + 'static,
    {
        self.queue_search(who, query, verb).await.unwrap_or_else(|_| Err(stopping()))
    }

    /// [`Engine::search`] for a thread that may wait.
    pub fn search_blocking<T, F>(&self, who: Principal, query: Query, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>, &Found) -> Result<T> + Send + 'static,
    {
        self.queue_search(who, query, verb).blocking_recv().unwrap_or_else(|_| Err(stopping()))
    }

    /// Up to which event of a workspace the index has come, as far as this node knows: 0 before it looked.
    #[must_use]
    pub fn reached(&self, workspace: WorkspaceId) -> i64 {
        lock(&self.searching().shared.reached).get(&workspace).copied().unwrap_or(0)
    }

    /// Brings the index up to date by one step, which takes a fraction of a second. Blocks. Whoever runs the engine
    /// calls this again and again; on several nodes it may be called on each.
    pub fn index(&self) -> Result<Step> {
        self.searching().shared.write(|indexer| indexer.step())
    }

    /// Indexes a workspace anew, while the index that is there goes on answering. Blocks until the new one answers.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another node is at it.
    pub fn reindex(&self, workspace: WorkspaceId, watch: &mut dyn FnMut(Progress)) -> Result<Progress> {
        let shared = &self.searching().shared;
        let busy = || Error::Conflict("Another node is indexing this workspace.".into());
        // What was begun before may have passed by what this is asked for.
        while shared.write(|indexer| indexer.fill(workspace).map(|()| indexer.is_filling(workspace)))? {}
        if !shared.write(|indexer| indexer.begin(workspace))? {
            return Err(busy());
        }
        loop {
            let fill =
                shared.write(|indexer| indexer.fill(workspace).map(|()| indexer.filling(workspace)))?;
            match fill {
                Fill::Going(progress) => watch(progress),
                Fill::Answers(progress) => {
                    shared.sets.clear();
                    watch(progress);
                    return Ok(progress);
                }
                Fill::Unknown => {
                    let message = "The search index was opened anew meanwhile; begin again.";
                    return Err(Error::busy(Cause::Lost, message));
                }
            }
        }
    }

    fn queue_search<T, F>(&self, who: Principal, query: Query, verb: F) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>, &Found) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let Search { shared, readers } = self.searching();
        let task = Task { who, query, now: shared.clock.now(), verb, value: None, reply };
        readers.send(shared, Box::new(task));
        answer
    }
}

impl Shared {
    /// Runs `work` on the indexer, which is opened where it is not open, or not any more fit for use.
    fn write<T>(&self, work: impl FnOnce(&mut Indexer) -> Result<T>) -> Result<T> {
        let mut writing = lock(&self.writing);
        let mut indexer = self.indexer(&mut writing)?;
        let outcome = work(&mut indexer);
        self.note_reached(&indexer);
        match &outcome {
            Ok(_) | Err(Error::Conflict(_) | Error::Busy { cause: Cause::Contention | Cause::Lock, .. }) => {
                writing.indexer = Some(indexer);
            }
            // What is not the fault of the connection is damage.
            Err(Error::Internal(problem)) => {
                tracing::error!(problem, "the search index is damaged; it is made anew");
                indexer.index.remove()?;
            }
            Err(_) => {}
        }
        outcome
    }

    /// The open indexer, taken out so that a panic does not leave it in the middle of something.
    fn indexer(&self, writing: &mut Writing) -> Result<Indexer> {
        match writing.indexer.take() {
            Some(indexer) if writing.damaged => indexer.index.remove()?,
            Some(indexer) if !indexer.index.is_gone() => return Ok(indexer),
            _ => {}
        }
        writing.damaged = false;
        let indexer = Indexer::open(&self.options, self.recent.clone())?;
        self.recent.clear();
        self.sets.clear();
        writing.opened += 1;
        Ok(indexer)
    }

    fn note_reached(&self, indexer: &Indexer) {
        let mut reached = lock(&self.reached);
        reached.clear();
        reached.extend(indexer.cursors.iter().map(|(workspace, cursor)| (*workspace, cursor.seq)));
    }

    /// Indexes a workspace that never was, unless it is a large one.
    fn hurry(&self, workspace: WorkspaceId) -> Result<()> {
        for _ in 0..STEPS_IN_SEARCH {
            let done = self.write(|indexer| {
                indexer.adopt(workspace)?;
                indexer.fill(workspace)?;
                Ok(indexer.cursors.contains_key(&workspace))
            })?;
            if done {
                return Ok(());
            }
        }
        let message = "The search index of this workspace is being made; try again in a moment.";
        Err(Error::busy(Cause::Lock, message))
    }
}

fn stopping() -> Error {
    Error::busy(Cause::Queue, "The server is stopping.")
}

/// Whatever a panic left behind is whole: these locks are held for plain assignments, and the indexer is taken out.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
