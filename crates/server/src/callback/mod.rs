//! Calls to customers' URLs: what the engine says is due, made, and noted.
//!
//! Each host has a few places and no more, so that one that is slow delays nobody but itself. Nothing is kept here: a
//! server that dies leaves claims that end by themselves, and what they were about is told again.

mod flight;
mod shape;

use std::time::Duration;

use parlance_engine::callback::{self, Asking, Due};
use parlance_engine::{Cx, Principal, Result};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::flight::Flights;
pub use self::shape::word;
use crate::app::App;
use crate::follow;

/// Counts the callbacks that were tried, by outcome.
pub const CALLBACKS: &str = "parlance_callbacks_total";

/// Events that one write looks through for what is to be told, at most.
const FOLLOWED_AT_ONCE: i64 = 500;

/// Between two looks for what is due: for what is to be tried again, and for what other nodes have written down.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Between two looks while there is much to do.
const REST: Duration = Duration::from_millis(10);

/// Hosts that are looked at in one look.
const HOSTS_AT_ONCE: i64 = 64;

/// Runs until `shutdown`.
pub async fn run(app: &App, shutdown: &CancellationToken) {
    let written_down = Notify::new();
    tokio::join!(follow(app, &written_down, shutdown), serve(app, &written_down, shutdown));
}

/// Writes down what customers are to be told.
async fn follow(app: &App, written_down: &Notify, shutdown: &CancellationToken) {
    let step = |workspace| {
        let follow = |cx: &mut Cx<'_>| callback::follow(cx, FOLLOWED_AT_ONCE);
        let followed = app.engine.write(Principal::Operator(Some(workspace)), follow);
        async move {
            let more = followed.await;
            written_down.notify_one();
            more
        }
    };
    follow::run(app, callback::FOLLOWER, step, shutdown).await;
}

/// Makes the calls that are due.
async fn serve(app: &App, written_down: &Notify, shutdown: &CancellationToken) {
    let mut flights = Flights::new(app.clone());
    let mut after_host = String::new();
    while !shutdown.is_cancelled() {
        let begun = match due(app, &mut after_host).await {
            Ok(due) => flights.begin(due).await,
            Err(error) => {
                tracing::warn!(%error, "the callbacks that are due could not be looked up; it is tried again");
                0
            }
        };
        let goes_on = begun > 0 || !after_host.is_empty();
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(REST), if goes_on => {}
            () = flights.landing() => {}
            () = written_down.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    flights.end().await;
}

/// What is due to the next hosts behind `after_host`, which is then the last of these; or nothing, behind the last of all.
async fn due(app: &App, after_host: &mut String) -> Result<Vec<Due>> {
    let each = i64::try_from(flight::PLACES_OF_A_HOST).unwrap_or(i64::MAX);
    let asking = Asking { after_host: after_host.clone(), hosts: HOSTS_AT_ONCE, each };
    let due = app.engine.read(Principal::OPERATOR, move |cx| callback::due(cx, &asking)).await?;
    *after_host = due.last().map(|due| due.host.clone()).unwrap_or_default();
    Ok(due)
}
