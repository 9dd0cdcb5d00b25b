//! What every handler has at hand.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlance_engine::credential::Session;
use parlance_engine::credential::link::Link;
use parlance_engine::{Engine, TokenId, WorkspaceId};

use crate::auth::{Jwts, Logins};
use crate::blob::Blobs;
use crate::config::Config;
use crate::file::Uploads;
use crate::follow::Progress;
use crate::http::Rates;
use crate::page_cache::PageCache;
use crate::picture::Cleaner;

/// The parts of a running server, shared by all its handlers and runners.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// What is true.
    pub engine: Arc<Engine>,
    /// The bytes of files.
    pub blobs: Blobs,
    /// Makes uploaded pictures safe.
    pub cleaner: Cleaner,
    /// Uploads under way.
    pub uploads: Uploads,
    /// The folder in which an upload lies, without a name, until it was examined.
    pub scratch: PathBuf,
    /// How many requests a token may make.
    pub rates: Arc<Rates>,
    /// Pages as they were last sent.
    pub pages: PageCache,
    /// Tokens that the workspaces' own backends sign.
    pub jwts: Jwts,
    /// Logins under way.
    pub logins: Logins,
    /// Tokens used since their use was last noted.
    pub used: UsedTokens,
    /// How the followers of the event log come along.
    pub progress: Progress,
    /// Bytes of a body, at most.
    pub body_bytes_max: usize,
    links: Links,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Wires the parts together. `public_url` is where clients reach the server, without a slash at its end.
    pub fn new(
        config: &Config,
        engine: Arc<Engine>,
        blobs: Blobs,
        rates: Arc<Rates>,
        public_url: String,
    ) -> App {
        App(Arc::new(Parts {
            blobs,
            cleaner: Cleaner::for_this_machine(),
            uploads: Uploads::default(),
            scratch: config.data.clone(),
            rates,
            pages: PageCache::new(),
            jwts: Jwts::default(),
            logins: Logins::default(),
            used: UsedTokens::default(),
            progress: Progress::default(),
            body_bytes_max: config.limits.body_bytes_max.get(),
            links: Links(Arc::new((engine.links().clone(), public_url))),
            engine,
        }))
    }

    /// Makes URLs of capability links.
    #[must_use]
    pub fn links(&self) -> Links {
        self.links.clone()
    }
}

/// Turns a capability link into the absolute URL a client is given.
#[derive(Clone)]
pub struct Links(Arc<(parlance_engine::credential::link::Key, String)>);

impl Links {
    /// Where bytes are sent to.
    #[must_use]
    pub fn upload(&self, link: &Link) -> String {
        format!("{}/uploads/{}", self.0.1, self.0.0.sign(link))
    }

    /// Where a file is looked at.
    #[must_use]
    pub fn view(&self, link: &Link) -> String {
        format!("{}/files/{}", self.0.1, self.0.0.sign(link))
    }
}

/// Tokens that were used, until a runner notes it in the database.
#[derive(Default)]
pub struct UsedTokens(Mutex<HashSet<(WorkspaceId, TokenId)>>);

/// How old the note of a token's last use may grow, in seconds. Noting costs a write, and a write costs every reader
/// of SQLite its cache.
const USE_NOTED_EVERY_SECONDS: i64 = 10 * 60;

impl UsedTokens {
    /// Remembers that this session's token was used, unless that was noted a short while ago.
    pub fn saw(&self, session: &Session, now: parlance_engine::Time) {
        let Some(token) = session.caller.token else { return };
        if session.used_at.is_none_or(|at| at.plus_seconds(USE_NOTED_EVERY_SECONDS) <= now) {
            self.lock().insert((session.caller.workspace, token));
        }
    }

    /// Those remembered since the last call, workspace by workspace.
    pub fn take(&self) -> HashMap<WorkspaceId, Vec<TokenId>> {
        let mut used: HashMap<WorkspaceId, Vec<TokenId>> = HashMap::new();
        for (workspace, token) in std::mem::take(&mut *self.lock()) {
            used.entry(workspace).or_default().push(token);
        }
        used
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(WorkspaceId, TokenId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
