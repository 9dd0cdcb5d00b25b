//! Pages as they were last sent. A page is kept under the versions of everything it shows, which every write that
//! changes it moves in its own transaction; so a page is never stale, on any node, and nothing is ever evicted by time.

use bytes::Bytes;
use parlance_engine::access::Caller;
use parlance_engine::conversation::{Listing, ticket};
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

/// Whose page, and of which list.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    workspace: WorkspaceId,
    person: PersonId,
    list: List,
}

/// The lists whose pages are kept; each is one dialect's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum List {
    /// A marketplace's conversations between two people.
    Inbox(Listing),
    /// Tickets.
    Tickets(ticket::Listing),
    /// Conversations with contacts.
    Lines {
        /// How many come before the page.
        skip: i64,
        /// How many it has, at most.
        limit: i64,
    },
}

/// A page as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its body.
    pub body: Bytes,
    /// How many items the whole list has, where that is told.
    pub total: Option<i64>,
}

#[derive(Clone)]
struct Kept {
    versions: (i64, i64),
    page: Page,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Kept> for Weight {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        (kept.page.body.len() + size_of::<Key>() + size_of::<Kept>()) as u64
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

    /// The page as it was sent to this session's person, if nothing in it has changed since.
    #[must_use]
    pub fn get(&self, session: &Session, list: &List) -> Option<Page> {
        let kept = self.0.get(&key(session, list))?;
        (kept.versions == versions(session, list)).then_some(kept.page)
    }

    /// Keeps a page. The session must have been read before the page was: then what is kept is at least as new as
    /// its versions say.
    pub fn put(&self, session: &Session, list: &List, page: Page) {
        self.0.insert(key(session, list), Kept { versions: versions(session, list), page });
    }
}

impl Default for PageCache {
    fn default() -> Self {
        Self::new()
    }
}

fn key(session: &Session, list: &List) -> Key {
    let Caller { workspace, person, .. } = session.caller;
    Key { workspace, person, list: list.clone() }
}

/// What moves when anything in the list does. An inbox knows of its own changes; what somebody sees of the tickets of
/// their projects, or of the whole workspace, changes with any event in it.
fn versions(session: &Session, list: &List) -> (i64, i64) {
    let own = match list {
        List::Inbox(_) => session.inbox_version,
        List::Tickets(_) | List::Lines { .. } => session.event_number,
    };
    (own, session.people_version)
}
