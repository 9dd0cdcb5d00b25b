//! Keeps a task for each carrier of every workspace, and follows carriers that are added and removed.

use std::collections::HashMap;
use std::time::Duration;

use parlance_engine::carrier::{self, Carrier};
use parlance_engine::{CarrierId, Principal, Result, WorkspaceId};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Desk, courier, wire};
use crate::app::App;

/// Between two looks at which carriers there are.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The task of one carrier.
struct Served {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Serves all carriers until `shutdown`.
pub async fn run(app: &App, shutdown: &CancellationToken) {
    let mut served = HashMap::new();
    while !shutdown.is_cancelled() {
        if let Err(error) = follow(app, &mut served).await {
            tracing::warn!(%error, "which carriers there are could not be looked up; it is tried again");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
    for (_, one) in served {
        one.end().await;
    }
}

/// Begins to serve those that are new, and again those whose task has ended; ends with those that are gone.
async fn follow(app: &App, served: &mut HashMap<CarrierId, Served>) -> Result<()> {
    let all = app.engine.read(Principal::OPERATOR, carrier::all).await?;
    let gone: Vec<CarrierId> =
        served.iter().filter(|(id, one)| is_gone(**id, one, &all)).map(|(id, _)| *id).collect();
    for id in gone {
        if let Some(one) = served.remove(&id) {
            one.end().await;
        }
    }
    for (workspace, carrier) in all {
        served.entry(carrier.id).or_insert_with(|| Served::begin(app, workspace, carrier));
    }
    Ok(())
}

fn is_gone(id: CarrierId, one: &Served, all: &[(WorkspaceId, Carrier)]) -> bool {
    one.task.is_finished() || !all.iter().any(|(_, carrier)| carrier.id == id)
}

impl Served {
    fn begin(app: &App, workspace: WorkspaceId, carrier: Carrier) -> Served {
        let stop = CancellationToken::new();
        let desk = Desk::new(app.engine.clone(), workspace, carrier.id);
        Served { task: tokio::spawn(serve(desk, carrier, stop.clone())), stop }
    }

    async fn end(self) {
        self.stop.cancel();
        if let Err(problem) = self.task.await {
            tracing::error!(%problem, "the task of a carrier ended badly");
        }
    }
}

async fn serve(desk: Desk, carrier: Carrier, stop: CancellationToken) {
    match wire(&desk, &carrier) {
        Ok(wire) => {
            tokio::join!(wire.run(&stop), courier::run(&desk, wire.as_ref(), &stop));
        }
        Err(problem) => {
            desk.stands("down", &problem).await;
            stop.cancelled().await;
        }
    }
}
