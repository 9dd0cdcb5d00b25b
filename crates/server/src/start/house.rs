//! The open house: every room wired to its neighbours, every door with its listener.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use parlance_engine::{Engine, Principal, installation};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::blob::Blobs;
use crate::config::{Config, MetricsListen};
use crate::http::{self, Limits, Listening, Shell};
use crate::mail::{self, Mailer};
use crate::outgoing::Outgoing;
use crate::{carrier, dialect, file, work};

/// A server that has everything it needs and waits for its first request.
pub struct House {
    app: App,
    mailer: Option<Mailer>,
    router: Router,
    limits: Limits,
    door: TcpListener,
    metrics: Option<(TcpListener, PrometheusHandle)>,
}

impl House {
    /// Opens the folder of files and the listeners. A sentence for the operator when one of them cannot be had.
    pub async fn open(config: &Config, engine: Arc<Engine>) -> Result<House, String> {
        let door = http::bind(config.listen, "PARLANCE_LISTEN or --listen").await?;
        let metrics = open_metrics(config).await?;
        let blobs = open_blobs(config)?;
        let mailer = Mailer::open(&config.mail).map_err(|refused| refused.to_string())?;
        let shell = Shell::new(config, dialect::owners());
        let limits = shell.limits.clone();
        let address = door.local_addr().map_err(|e| format!("the listener has no address: {e}"))?;
        let outgoing = Outgoing::open(&config.outgoing)?;
        let public_url = config.public_url(address);
        let app = App::new(config, engine, blobs, shell.rates.clone(), outgoing, public_url);
        let router = shell.around(routes(&app));
        Ok(House { app, mailer, router, limits, door, metrics })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.door.local_addr().ok()
    }

    /// Serves until `shutdown`, then answers what was accepted and ends the runners.
    pub async fn serve(self, shutdown: CancellationToken) {
        let House { app, mailer, router, limits, door, metrics } = self;
        let stop_runners = CancellationToken::new();
        let engine = app.engine.clone();
        let side = tokio::spawn(serve_metrics(metrics, engine, limits.clone(), stop_runners.clone()));
        let runners = tokio::spawn(work::run(app, mailer, stop_runners.clone()));
        let cut = http::serve(Listening { listener: door, limits, shutdown }, router).await;
        if cut > 0 {
            tracing::warn!(connections = cut, "connections were cut off: they did not end in time");
        }
        stop_runners.cancel();
        for task in [runners, side] {
            if let Err(problem) = task.await {
                tracing::error!(%problem, "a runner ended badly");
            }
        }
    }
}

/// Everything that can be asked for.
fn routes(app: &App) -> Router {
    let ready = app.clone();
    let health = http::health::routes(move || is_ready(ready.clone()));
    let others = file::routes().merge(mail::routes()).merge(carrier::routes());
    dialect::routes().merge(others).with_state(app.clone()).merge(health)
}

/// Whether the database answers.
async fn is_ready(app: App) -> Result<(), String> {
    let asked = app.engine.read(Principal::Nobody, installation::settings_version).await;
    asked.map(drop).map_err(|error| error.to_string())
}

async fn open_metrics(config: &Config) -> Result<Option<(TcpListener, PrometheusHandle)>, String> {
    let MetricsListen::At(address) = config.metrics_listen else { return Ok(None) };
    let listener = http::bind(address, "PARLANCE_METRICS_LISTEN").await?;
    let handle = http::metrics::install().map_err(|e| format!("metrics: {e}"))?;
    Ok(Some((listener, handle)))
}

fn open_blobs(config: &Config) -> Result<Blobs, String> {
    Blobs::open(config).map_err(|e| match config.s3.name() {
        Some(_) => format!("files: {e}; see PARLANCE_S3_BUCKET"),
        None => format!(
            "the folder of files {} cannot be used: {e}; choose another with PARLANCE_DATA",
            config.files().display()
        ),
    })
}

async fn serve_metrics(
    metrics: Option<(TcpListener, PrometheusHandle)>,
    engine: Arc<Engine>,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let Some((listener, handle)) = metrics else { return };
    let routes =
        http::metrics::routes(handle.clone(), move || http::metrics::waiting_writes(engine.waiting_writes()));
    tokio::select! {
        _ = http::serve(Listening { listener, limits, shutdown }, routes) => {}
        () = http::metrics::upkeep(handle) => {}
    }
}
