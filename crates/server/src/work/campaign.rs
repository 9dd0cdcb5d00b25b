//! Computes whom campaigns go to, sends what they have to send and calls off what shall not be sent any more, a few
//! recipients in each write, so that nobody else's write waits for long.

use std::time::Duration;

use parlance_engine::campaign::{self, Due, State};
use parlance_engine::{Error, Principal, Result};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::follow;

/// Campaigns looked up at a time; each of them takes one step before any takes another.
const CAMPAIGNS: i64 = 100;

/// Recipients written to in one transaction.
const RECIPIENTS: usize = 10;

/// Between two looks while there is news all the time.
const REST: Duration = Duration::from_millis(10);

/// After a round in which something went wrong.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until `shutdown`.
pub(super) async fn run(app: &App, shutdown: &CancellationToken) {
    let mut news = app.engine.news();
    while !shutdown.is_cancelled() {
        news.borrow_and_update();
        let rest = match round(app, shutdown).await {
            Ok(true) => continue,
            Ok(false) => REST,
            Err(error) => {
                tracing::warn!(%error, "a step of a campaign went wrong; it is tried again");
                PAUSE
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => follow::woken(&mut news, shutdown).await,
        }
    }
}

/// One step of every campaign that is due; whether there was one. What goes wrong with one holds up no other.
async fn round(app: &App, shutdown: &CancellationToken) -> Result<bool> {
    let due = app.engine.read(Principal::OPERATOR, |cx| campaign::due(cx, CAMPAIGNS)).await?;
    let mut outcome = Ok(!due.is_empty());
    for one in due {
        if !shutdown.is_cancelled() {
            let step = match one.state {
                State::Computing => compute(app, &one).await,
                State::Cancelled => call_off(app, &one).await,
                _ => send(app, &one).await,
            };
            outcome = step.and(outcome);
        }
    }
    outcome
}

async fn compute(app: &App, due: &Due) -> Result<()> {
    let ticket = due.ticket.clone();
    let operator = Principal::Operator(Some(due.workspace));
    app.engine.write(operator, move |cx| campaign::compute(cx, &ticket)).await
}

async fn call_off(app: &App, due: &Due) -> Result<()> {
    let ticket = due.ticket.clone();
    let operator = Principal::Operator(Some(due.workspace));
    app.engine.write(operator, move |cx| campaign::call_off(cx, &ticket)).await
}

/// Where one of several recipients cannot be written to, all are taken one by one, and that one is passed over.
async fn send(app: &App, due: &Due) -> Result<()> {
    match expand(app, due, RECIPIENTS).await {
        Err(error) if is_refusal(&error) => one_by_one(app, due).await,
        other => other.map(drop),
    }
}

async fn one_by_one(app: &App, due: &Due) -> Result<()> {
    for _ in 0..RECIPIENTS {
        match expand(app, due, 1).await {
            Err(error) if is_refusal(&error) => {
                tracing::info!(%error, ticket = due.ticket, "a recipient of a campaign is passed over");
                let ticket = due.ticket.clone();
                let operator = Principal::Operator(Some(due.workspace));
                app.engine.write(operator, move |cx| campaign::skip(cx, &ticket)).await?;
            }
            Ok(true) => {}
            other => return other.map(drop),
        }
    }
    Ok(())
}

async fn expand(app: &App, due: &Due, recipients: usize) -> Result<bool> {
    let ticket = due.ticket.clone();
    let operator = Principal::Operator(Some(due.workspace));
    app.engine.write(operator, move |cx| campaign::expand(cx, &ticket, recipients)).await
}

/// Whether trying again would be refused again.
fn is_refusal(error: &Error) -> bool {
    !matches!(error, Error::Busy { .. } | Error::Internal(_))
}
