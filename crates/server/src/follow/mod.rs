//! Runs what follows the event log: woken by this process's own commits, and looking now and then for what other nodes
//! have committed.

use std::future::Future;
use std::time::Duration;

use parlance_engine::{Cx, Principal, Result, WorkspaceId, follower};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How long another node's commit may go unseen.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Between two rounds. A writer that commits a thousand times a second wakes its followers a hundred times.
const REST: Duration = Duration::from_millis(10);

/// After a round in which something went wrong.
const PAUSE: Duration = Duration::from_secs(1);

/// Workspaces looked up at a time.
const WORKSPACES: i64 = 100;

/// How long a reader waits for a follower, at most.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells whoever waits for a follower that one has come further.
#[derive(Clone)]
pub struct Progress(watch::Sender<()>);

impl Default for Progress {
    fn default() -> Progress {
        Progress(watch::Sender::new(()))
    }
}

impl Progress {
    /// Whoever waits looks again.
    pub fn came_further(&self) {
        self.0.send_replace(());
    }
}

/// Follows the log as `name` until `shutdown`. `step` does what is to be done about the next events of a workspace and
/// says whether there are more. What goes wrong is logged and tried again, and holds up no other workspace.
pub async fn run<F>(
    app: &App,
    name: &'static str,
    step: impl Fn(WorkspaceId) -> F,
    shutdown: &CancellationToken,
) where
    F: Future<Output = Result<bool>>,
{
    let mut news = app.engine.news();
    while !shutdown.is_cancelled() {
        news.borrow_and_update();
        let rest = match round(app, name, &step, shutdown).await {
            Ok(()) => REST,
            Err(error) => {
                tracing::warn!(%error, follower = name, "work after a write went wrong; it is tried again");
                PAUSE
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => woken(&mut news, shutdown).await,
        }
    }
}

/// There may be something new.
pub(crate) async fn woken(news: &mut watch::Receiver<()>, shutdown: &CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        _ = news.changed() => {}
        () = sleep(LOOK_EVERY) => {}
    }
}

/// Takes steps in every workspace with news until there is none left; the first thing that went wrong.
async fn round<F>(
    app: &App,
    name: &'static str,
    step: impl Fn(WorkspaceId) -> F,
    shutdown: &CancellationToken,
) -> Result<()>
where
    F: Future<Output = Result<bool>>,
{
    let (mut after, mut outcome) = (WorkspaceId(0), Ok(()));
    loop {
        let page = move |cx: &mut Cx<'_>| follower::behind(cx, name, after, WORKSPACES);
        let behind = app.engine.read(Principal::OPERATOR, page).await?;
        let Some(last) = behind.last() else { return outcome };
        after = *last;
        for workspace in behind {
            outcome = outcome.and(catch_up(workspace, &step, shutdown).await);
            app.progress.came_further();
        }
    }
}

async fn catch_up<F>(
    workspace: WorkspaceId,
    step: impl Fn(WorkspaceId) -> F,
    shutdown: &CancellationToken,
) -> Result<()>
where
    F: Future<Output = Result<bool>>,
{
    while step(workspace).await? && !shutdown.is_cancelled() {}
    Ok(())
}

/// Waits until follower `name` has come to what is in the log of `who`'s workspace now, so that one reads what one has
/// written. After about a second it is read as it is: a follower that is far behind must not hold up readers.
pub async fn caught_up(app: &App, who: Principal, name: &'static str) -> Result<()> {
    let mut progress = app.progress.0.subscribe();
    let position = app.engine.read(who, move |cx| follower::position(cx, name)).await?;
    let (mut reached, patience) = (position.reached, Instant::now() + PATIENCE);
    while reached < position.newest && Instant::now() < patience {
        // Another node's follower may be the one that does the work, and nobody here hears of it.
        let look = patience.min(Instant::now() + REST);
        let _ = timeout_at(look, progress.changed()).await;
        reached = app.engine.read(who, move |cx| follower::position(cx, name)).await?.reached;
    }
    Ok(())
}

/// Waits until the search index has come to event `seq` of a workspace, about a second at most.
pub async fn indexed(app: &App, workspace: WorkspaceId, seq: i64) {
    let mut progress = app.progress.0.subscribe();
    let patience = Instant::now() + PATIENCE;
    while app.engine.reached(workspace) < seq {
        if !matches!(timeout_at(patience, progress.changed()).await, Ok(Ok(()))) {
            return;
        }
    }
}
