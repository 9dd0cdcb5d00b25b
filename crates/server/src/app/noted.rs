//! What requests leave behind, gathered in memory until a runner notes it in the database: one write for many of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use parlance_engine::credential::Session;
use parlance_engine::{PersonId, Time, TokenId, WorkspaceId};

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

/// People who made a request, until a runner notes it in the database.
pub struct SeenPeople {
    /// How old the note of somebody's last request may grow, in seconds.
    noted_every_seconds: i64,
    /// When each was last remembered, and whether that is still to be noted.
    people: Mutex<HashMap<(WorkspaceId, PersonId), (Time, bool)>>,
}

/// The last request of a person is known to the minute.
const SEEN_EVERY_SECONDS: u32 = 60;

impl SeenPeople {
    /// For when it matters whether somebody was there within `inactive_seconds`: a note is a fifth of that old at most.
    pub fn new(inactive_seconds: u32) -> SeenPeople {
        let noted_every_seconds = i64::from(SEEN_EVERY_SECONDS.min(inactive_seconds / 5));
        SeenPeople { noted_every_seconds, people: Mutex::default() }
    }

    /// Remembers that this session's person made a request, unless that was remembered a short while ago.
    pub fn saw(&self, session: &Session, now: Time) {
        let caller = session.caller;
        let mut people = self.lock();
        let seen = people.entry((caller.workspace, caller.person)).or_insert((Time(i64::MIN), false));
        if seen.0.plus_seconds(self.noted_every_seconds) <= now {
            *seen = (now, true);
        }
    }

    /// Those who are still to be noted, workspace by workspace; forgets who was not there for so long that the next
    /// request is to be noted anyway.
    pub fn take(&self, now: Time) -> HashMap<WorkspaceId, Vec<(PersonId, Time)>> {
        let mut seen: HashMap<WorkspaceId, Vec<(PersonId, Time)>> = HashMap::new();
        self.lock().retain(|(workspace, person), (at, is_new)| {
            if std::mem::take(is_new) {
                seen.entry(*workspace).or_default().push((*person, *at));
            }
            at.plus_seconds(self.noted_every_seconds) > now
        });
        seen
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(WorkspaceId, PersonId), (Time, bool)>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
