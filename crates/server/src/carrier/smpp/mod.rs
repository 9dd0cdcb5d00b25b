//! Short message service centres, by SMPP 3.4: bound as a transceiver, with as many requests unanswered as the window
//! allows, and bound again whenever the session ends.

mod alphabet;
mod complaint;
mod connect;
mod deliver;
mod link;
mod listen;
mod part;
mod pause;
mod pdu;
mod receipt;
mod session;
mod submit;
mod url;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use parlance_engine::submission::Submission;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use self::link::{Link, Unanswered};
use self::pause::Pauses;
use self::session::Session;
pub use self::url::Settings;
use super::{Answer, Desk, Wire};

/// The first pause after a service centre asked us to be slower, and the longest.
const SLOWER: Duration = Duration::from_secs(1);
const SLOWER_MAX: Duration = Duration::from_secs(60);

/// Between two looks for texts whose other parts never came.
const PARTS_EVERY: Duration = Duration::from_secs(5);

/// The wire to a service centre.
pub(super) struct Smpp {
    desk: Desk,
    settings: Settings,
    /// The session that is bound, if one is.
    link: Mutex<Option<Arc<Link>>>,
    window: Semaphore,
    pace: Mutex<Pace>,
}

/// How fast the service centre wants it.
struct Pace {
    rests_until: Instant,
    next_rest: Duration,
}

impl Smpp {
    pub(super) fn new(desk: Desk, settings: Settings) -> Smpp {
        Smpp {
            desk,
            link: Mutex::default(),
            window: Semaphore::new(settings.window),
            pace: Mutex::new(Pace { rests_until: Instant::now(), next_rest: SLOWER }),
            settings,
        }
    }

    fn link(&self) -> Option<Arc<Link>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_link(&self, link: Option<Arc<Link>>) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn submit(&self, message: &Submission) -> Answer {
        let parts = match submit::parts(message, &self.settings) {
            Ok(parts) => parts,
            Err(refused) => return refused,
        };
        let Some(link) = self.link() else { return Answer::Postponed("There is no session.".to_owned()) };
        let replies = join_all(parts.into_iter().map(|part| self.ask(&link, part))).await;
        self.keep_pace(replies.iter().any(submit::is_throttled));
        submit::outcome(&replies)
    }

    async fn ask(&self, link: &Link, part: submit::Part) -> submit::Answered {
        let reply = match self.window.acquire().await {
            Ok(_place) => link.ask(part.request).await,
            Err(_) => Err(Unanswered),
        };
        submit::Answered { number: part.number, reply }
    }

    /// Rests when the service centre is asked too much, and longer each time that it still is after a rest.
    fn keep_pace(&self, is_throttled: bool) {
        let (mut pace, now) = (self.pace(), Instant::now());
        if !is_throttled {
            pace.next_rest = SLOWER;
        } else if pace.rests_until <= now {
            pace.rests_until = now + pace.next_rest;
            pace.next_rest = (pace.next_rest * 2).min(SLOWER_MAX);
        }
    }

    /// Session after session.
    async fn keep_bound(&self, shutdown: &CancellationToken) {
        let mut pauses = Pauses::new();
        while !shutdown.is_cancelled() {
            let session = Session::new(self);
            let link = session.link();
            let end = session.run(shutdown).await;
            self.set_link(None);
            self.desk.stands("down", &end).await;
            tracing::info!(carrier = %self.desk.carrier(), end, "an SMPP session ended");
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = sleep(pauses.after(link.bound_for())) => {}
            }
        }
    }

    /// Delivers what there is of texts whose other parts never came.
    async fn join_overdue(&self, shutdown: &CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.desk.join_overdue(listen::join).await {
                tracing::warn!(%error, "texts that lack parts could not be looked through; it is tried again");
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = sleep(PARTS_EVERY) => {}
            }
        }
    }
}

impl Wire for Smpp {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn window(&self) -> usize {
        self.settings.window
    }

    fn is_open(&self) -> bool {
        self.link().is_some() && self.pace().rests_until <= Instant::now()
    }

    fn send<'a>(&'a self, message: &'a Submission) -> BoxFuture<'a, Answer> {
        Box::pin(self.submit(message))
    }

    fn run<'a>(&'a self, shutdown: &'a CancellationToken) -> BoxFuture<'a, ()> {
        Box::pin(async { tokio::join!(self.keep_bound(shutdown), self.join_overdue(shutdown)).0 })
    }
}
