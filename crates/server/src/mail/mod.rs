//! Notices and memos by e-mail: what the engine says is owed, composed and handed to a mail server.
//!
//! Nothing is kept here: what is owed is in the database, and a sender that dies leaves a claim that ends by itself. A
//! mail may so be sent once more than needed, never not at all; it bears the same Message-ID then.

mod compose;
mod memo;
mod notice;
mod send;
mod slip;
mod text;
mod unsubscribe;

use std::time::Duration;

use futures_util::future::join_all;
use lettre::message::Mailbox;
use metrics::counter;
use parlance_engine::notice::Timing;
use parlance_engine::{Cx, Principal, Result, memo as memos, notice as notices};
use tokio_util::sync::CancellationToken;

use self::send::Post;
pub use self::unsubscribe::routes;
use crate::app::App;
use crate::config::{Mail, Refused};
use crate::follow;

/// Counts the e-mails that were tried, by outcome.
pub const MAILS: &str = "parlance_mails_total";

/// Events that one write looks through for what is owed, at most.
const FOLLOWED_AT_ONCE: i64 = 200;

/// Between two looks for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// After the mail server could not be reached.
const PAUSE: Duration = Duration::from_secs(5);

/// Notices, and memos, looked up at a time.
const DUE_AT_ONCE: i64 = 40;

/// E-mails on their way at a time, each over a connection of its own.
const SENT_AT_ONCE: usize = 4;

/// How much longer than one e-mail may take its sender has a claim to it, in seconds.
const LEASE_SPARE_SECONDS: i64 = 5;

/// How long e-mails that are on their way are waited for when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Sends notices and memos.
pub struct Mailer {
    post: Post,
    from: Mailbox,
    timing: Timing,
}

impl Mailer {
    /// The mailer of this configuration; `None` when no e-mail is to be sent.
    ///
    /// # Errors
    /// A sentence for the operator when the settings contradict each other.
    pub fn open(config: &Mail) -> Result<Option<Mailer>, Refused> {
        if !config.is_on() {
            return Ok(None);
        }
        let timing = Timing {
            inactive_seconds: config.inactive_seconds.get().into(),
            digest_seconds: config.digest_seconds.get().into(),
            lease_seconds: i64::from(config.timeout_seconds.get()) + LEASE_SPARE_SECONDS,
            retry_seconds: config.retry_seconds.get().into(),
        };
        Ok(Some(Mailer { post: Post::open(config)?, from: config.sender()?.clone(), timing }))
    }

    /// Writes down what is owed and sends what is due, until `shutdown`.
    pub async fn run(&self, app: &App, shutdown: &CancellationToken) {
        tokio::join!(self.follow(app, shutdown), self.serve(app, shutdown));
    }

    async fn follow(&self, app: &App, shutdown: &CancellationToken) {
        let timing = self.timing;
        let step = |workspace| {
            let follow = move |cx: &mut Cx<'_>| notices::follow(cx, &timing, FOLLOWED_AT_ONCE);
            app.engine.write(Principal::Operator(Some(workspace)), follow)
        };
        follow::run(app, notices::FOLLOWER, step, shutdown).await;
    }

    async fn serve(&self, app: &App, shutdown: &CancellationToken) {
        while !shutdown.is_cancelled() {
            let rest = self.round(app, shutdown).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "what is owed by e-mail could not be looked up; it is tried again");
                PAUSE
            });
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Sends what is due, and says how long to rest.
    async fn round(&self, app: &App, shutdown: &CancellationToken) -> Result<Duration> {
        let look = |cx: &mut Cx<'_>| Ok((notices::due(cx, DUE_AT_ONCE)?, memos::due(cx, DUE_AT_ONCE)?));
        let (notices, memos) = app.engine.read(Principal::OPERATOR, look).await?;
        let more = notices.len().max(memos.len()) as i64 == DUE_AT_ONCE;
        let errands = notices.into_iter().map(Errand::Notice).chain(memos.into_iter().map(Errand::Memo));
        for some in errands.collect::<Vec<_>>().chunks(SENT_AT_ONCE) {
            let sending = join_all(some.iter().map(|errand| self.handle(app, errand)));
            let reached = tokio::select! {
                reached = sending => reached,
                () = late(shutdown) => return Ok(Duration::ZERO),
            };
            if reached.contains(&false) {
                return Ok(PAUSE);
            }
            if shutdown.is_cancelled() {
                break;
            }
        }
        Ok(if more { Duration::ZERO } else { LOOK_EVERY })
    }

    /// Deals with one that is due; false when the mail server could not be reached.
    async fn handle(&self, app: &App, errand: &Errand) -> bool {
        match *errand {
            Errand::Notice(due) => self.notice(app, due).await,
            Errand::Memo(due) => self.memo(app, due).await,
        }
    }
}

/// An e-mail that is due.
enum Errand {
    /// To a person, about what was said to them.
    Notice(notices::Due),
    /// To an address that an account has named.
    Memo(memos::Due),
}

/// Counts an e-mail that was tried.
fn count(outcome: &'static str) {
    counter!(MAILS, "outcome" => outcome).increment(1);
}

/// Some time after the server was told to stop.
async fn late(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(GRACE).await;
}
