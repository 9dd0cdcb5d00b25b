//! Pages as they were last sent. A page is kept under the versions of everything it shows, which every write that
//! changes it moves in its own transaction; so a page is never stale, on any node, and nothing is ever evicted by time.

use bytes::Bytes;
use parlance_engine::conversation::Listing;
use parlance_engine::credential::Session;
use parlance_engine::{PersonId, WorkspaceId};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// What all kept pages may weigh together: the first pages of more than a thousand inboxes that are polled all day.
/// With 48 MiB the bench saw the process at 158 MB, and it is to stay below 150.
const BYTES_MAX: u64 = 36 * 1024 * 1024;

/// About how many pages that is.
const PAGES_ESTIMATED: usize = 2_000;

/// The part of the room that only pages asked for again may take. Small, because an inbox is asked for once a minute or
/// so: with the library's share of nearly everything, the inboxes of a busy morning kept those of the afternoon out.
const PROVEN_SHARE: f64 = 0.2;

/// The pages kept.
pub struct PageCache(Cache<Key, Kept, Weight>);

/// Whose page, and which.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    dialect: &'static str,
    workspace: WorkspaceId,
    person: PersonId,
    listing: Listing,
}

#[derive(Clone)]
struct Kept {
    inbox_version: i64,
    people_version: i64,
    body: Bytes,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Kept> for Weight {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        (kept.body.len() + size_of::<Key>() + size_of::<Kept>()) as u64
    }
}

impl PageCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> PageCache {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(PAGES_ESTIMATED)
            .weight_capacity(BYTES_MAX)
            .hot_allocation(PROVEN_SHARE)
            .build()
            .expect("both capacities are given");
        PageCache(Cache::with_options(
            options,
            Weight,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ))
    }

    /// The page as it was sent to this session's person in `dialect`, if nothing in it has changed since.
    #[must_use]
    pub fn get(&self, dialect: &'static str, session: &Session, listing: Listing) -> Option<Bytes> {
        let kept = self.0.get(&key(dialect, session, listing))?;
        let fresh =
            kept.inbox_version == session.inbox_version && kept.people_version == session.people_version;
        fresh.then_some(kept.body)
    }

    /// Keeps a page. The session must have been read before the page was: then what is kept is at least as new as
    /// its versions say.
    pub fn put(&self, dialect: &'static str, session: &Session, listing: Listing, body: Bytes) {
        let Session { inbox_version, people_version, .. } = *session;
        self.0.insert(key(dialect, session, listing), Kept { inbox_version, people_version, body });
    }
}

impl Default for PageCache {
    fn default() -> Self {
        Self::new()
    }
}

fn key(dialect: &'static str, session: &Session, listing: Listing) -> Key {
    Key { dialect, workspace: session.caller.workspace, person: session.caller.person, listing }
}
