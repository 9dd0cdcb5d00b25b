//! Keeps the search index up with what is said.

use std::time::Duration;

use parlance_engine::search::Step;
use parlance_engine::{Error, Result};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::follow;

/// Between two batches: large ones cost less for each message, and what is said is found soon enough.
const REST: Duration = Duration::from_millis(400);

/// After a batch in which something went wrong.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until `shutdown`, where there shall be an index. After a quiet time news is indexed at once.
pub(super) async fn run(app: &App, shutdown: &CancellationToken) {
    if !app.searches {
        return;
    }
    let mut news = app.engine.news();
    while !shutdown.is_cancelled() {
        news.borrow_and_update();
        let rest = match step(app).await {
            Ok(Step { more: true, .. }) => continue,
            Ok(_) => REST,
            Err(error) => {
                tracing::warn!(%error, "indexing went wrong; it is tried again");
                PAUSE
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => follow::woken(&mut news, shutdown).await,
        }
    }
}

/// One step, on a thread that may wait.
async fn step(app: &App) -> Result<Step> {
    let engine = app.engine.clone();
    let done = tokio::task::spawn_blocking(move || engine.index()).await;
    let step = done.unwrap_or_else(|problem| Err(Error::Internal(format!("indexing panicked: {problem}"))));
    app.progress.came_further();
    step
}
