//! Keeps a task for each carrier of every workspace, and follows carriers that are added and removed. Of several nodes
//! on one database each keeps those that no other holds.

use std::collections::HashMap;
use std::time::Duration;

use parlance_engine::carrier::{self, Carrier};
use parlance_engine::db::Address;
use parlance_engine::{CarrierId, Principal, Result, WorkspaceId};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Desk, courier, wire};
use crate::app::App;
use crate::outgoing::Outgoing;

/// Between two looks at which carriers there are.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The task of one carrier.
struct Served {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Serves all carriers until `shutdown`.
pub async fn run(app: &App, shutdown: &CancellationToken) {
    let (node, mut served) = (format!("{:032x}", rand::random::<u128>()), HashMap::new());
    while !shutdown.is_cancelled() {
        if let Err(error) = follow(app, &node, &mut served).await {
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
    if let Err(error) = app.engine.write(Principal::OPERATOR, move |cx| carrier::let_go(cx, &node)).await {
        tracing::warn!(%error, "carriers could not be let go; another node takes them over in some seconds");
    }
}

/// Begins to serve those that are new, and again those whose task has ended; ends with those that are gone.
async fn follow(app: &App, node: &str, served: &mut HashMap<CarrierId, Served>) -> Result<()> {
    let all = held(app, node).await?;
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

/// The carriers that this node has to serve, after it has taken what nobody holds.
async fn held(app: &App, node: &str) -> Result<Vec<(WorkspaceId, Carrier)>> {
    // There is no other node on a file, and nobody to wait for after a crash.
    if matches!(app.engine.address(), Address::Sqlite(_)) {
        return app.engine.read(Principal::OPERATOR, carrier::all).await;
    }
    let look = |name: String| app.engine.read(Principal::OPERATOR, move |cx| carrier::held(cx, &name));
    let held = look(node.to_owned()).await?;
    if !held.is_due {
        return Ok(held.carriers);
    }
    let name = node.to_owned();
    app.engine.write(Principal::OPERATOR, move |cx| carrier::hold(cx, &name)).await?;
    look(node.to_owned()).await.map(|held| held.carriers)
}

fn is_gone(id: CarrierId, one: &Served, all: &[(WorkspaceId, Carrier)]) -> bool {
    one.task.is_finished() || !all.iter().any(|(_, carrier)| carrier.id == id)
}

impl Served {
    fn begin(app: &App, workspace: WorkspaceId, carrier: Carrier) -> Served {
        let stop = CancellationToken::new();
        let desk = Desk::new(app.engine.clone(), workspace, carrier.id);
        let task = tokio::spawn(serve(desk, app.outgoing.clone(), carrier, stop.clone()));
        Served { task, stop }
    }

    async fn end(self) {
        self.stop.cancel();
        if let Err(problem) = self.task.await {
            tracing::error!(%problem, "the task of a carrier ended badly");
        }
    }
}

async fn serve(desk: Desk, outgoing: Outgoing, carrier: Carrier, stop: CancellationToken) {
    match wire(&desk, &outgoing, &carrier) {
        Ok(wire) => {
            tokio::join!(wire.run(&stop), courier::run(&desk, wire.as_ref(), &stop));
        }
        Err(problem) => {
            desk.stands("down", &problem).await;
            stop.cancelled().await;
        }
    }
}
