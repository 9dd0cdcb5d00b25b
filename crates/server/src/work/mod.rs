//! What is done beside the requests: telling people what was said, indexing it for search, sending campaigns, forgetting
//! what has grown old, and noting which tokens were used and who was there.

mod campaign;
mod index;
mod sweep;

use std::time::Duration;

use parlance_engine::credential::token;
use parlance_engine::{Cx, Principal, notification, presence};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::mail::Mailer;
use crate::{callback, carrier, follow};

/// Between two notes of which tokens were used.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// Between two notes of who was there: less than the time after which somebody who was not is written to.
const NOTE_SEEN_EVERY: Duration = Duration::from_secs(1);

/// Tokens or people noted in one write.
const NOTED_AT_ONCE: usize = 1_000;

/// Between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);

/// Events that one write makes notifications of, at most.
const NOTIFIED_AT_ONCE: i64 = 64;

/// Runs until `shutdown`.
pub async fn run(app: App, mailer: Option<Mailer>, shutdown: CancellationToken) {
    let mail = async {
        if let Some(mailer) = &mailer {
            tokio::join!(mailer.run(&app, &shutdown), note_seen(&app, &shutdown));
        }
    };
    tokio::join!(
        keep_house(&app, &shutdown),
        notify(&app, &shutdown),
        index::run(&app, &shutdown),
        campaign::run(&app, &shutdown),
        callback::run(&app, &shutdown),
        carrier::run(&app, &shutdown),
        mail
    );
}

/// Makes the notifications of what happens.
async fn notify(app: &App, shutdown: &CancellationToken) {
    let step = |workspace| {
        let follow = |cx: &mut Cx<'_>| notification::follow(cx, NOTIFIED_AT_ONCE);
        app.engine.write(Principal::Operator(Some(workspace)), follow)
    };
    follow::run(app, notification::FOLLOWER, step, shutdown).await;
}

/// Notes the last used tokens before it ends.
async fn keep_house(app: &App, shutdown: &CancellationToken) {
    let mut note = tokio::time::interval(NOTE_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            _ = note.tick() => note_used(app),
            _ = sweep.tick() => sweep::all(app).await,
        }
    }
    note_used(app);
}

/// One write for many tokens, because each write is a commit at best and a reader's cold cache at worst.
fn note_used(app: &App) {
    for (workspace, tokens) in app.used.take() {
        for some in tokens.chunks(NOTED_AT_ONCE) {
            let some = some.to_vec();
            app.engine.write_later(Principal::Operator(Some(workspace)), move |cx| token::used(cx, &some));
        }
    }
}

/// Notes who made a request, while that matters; the last ones before it ends.
async fn note_seen(app: &App, shutdown: &CancellationToken) {
    let Some(people) = &app.seen else { return };
    loop {
        let is_last = shutdown.is_cancelled();
        for (workspace, seen) in people.take(app.engine.now()) {
            for some in seen.chunks(NOTED_AT_ONCE) {
                let some = some.to_vec();
                let note = move |cx: &mut Cx<'_>| presence::note(cx, &some);
                app.engine.write_later(Principal::Operator(Some(workspace)), note);
            }
        }
        if is_last {
            return;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(NOTE_SEEN_EVERY) => {}
        }
    }
}
