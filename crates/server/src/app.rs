//! What every handler has at hand.

mod noted;

use std::path::PathBuf;
use std::sync::Arc;

use parlance_engine::Engine;
use parlance_engine::credential::link::{Link, Recipient};

pub use self::noted::{SeenPeople, UsedTokens};
use crate::auth::{Jwts, Logins};
use crate::blob::Blobs;
use crate::config::Config;
use crate::file::Uploads;
use crate::follow::Progress;
use crate::http::Rates;
use crate::outgoing::Outgoing;
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
    /// Who made a request since that was last noted; nobody while it does not matter.
    pub seen: Option<SeenPeople>,
    /// The way out by HTTP.
    pub outgoing: Outgoing,
    /// How the followers of the event log come along.
    pub progress: Progress,
    /// Bytes of a body, at most.
    pub body_bytes_max: usize,
    /// Whether conversations can be searched.
    pub searches: bool,
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
        outgoing: Outgoing,
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
            seen: config.mail.is_on().then(|| SeenPeople::new(config.mail.inactive_seconds.get())),
            outgoing,
            progress: Progress::default(),
            body_bytes_max: config.limits.body_bytes_max.get(),
            searches: config.search.enabled,
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

    /// Where somebody ends the e-mails to them.
    #[must_use]
    pub fn unsubscribe(&self, of: &Recipient) -> String {
        format!("{}/unsubscribe/{}", self.0.1, self.0.0.sign_unsubscribe(of))
    }

    /// Where clients reach the server, without a slash at its end.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.0.1
    }
}
