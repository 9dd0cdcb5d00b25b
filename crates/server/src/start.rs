//! Wires the rooms together, and stops them in order.

pub mod demo;
mod engine;
pub mod house;

use std::io::Write;
use std::sync::Arc;

use parlance_engine::Engine;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub use engine::open_engine;
pub(crate) use engine::{make_data_folder, now};

use self::demo::Demo;
use self::house::House;
use crate::command::{Failure, Output};
use crate::config::Config;
use crate::{control, http};

/// Runs the server until it is told to stop; with `demo`, beside a workspace to try it on.
pub fn serve(config: Config, demo: bool) -> Result<Output, Failure> {
    http::log::install(&config.log, config.log_format).map_err(Failure::unavailable)?;
    let _lock = control::Lock::wait(&config)?;
    let engine = Arc::new(open_engine(&config)?);
    let demo =
        demo.then(|| demo::prepare(&engine, &config.data)).transpose().map_err(Failure::unavailable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|problem| Failure::internal(format!("no threads: {problem}")))?;
    runtime.block_on(run(Arc::new(config), engine, demo))
}

/// Opens everything before anything is served, and closes it the other way round: first the requests that were
/// accepted are answered, then the commands, and at last, with the engine, the writes that wait.
async fn run(config: Arc<Config>, engine: Arc<Engine>, demo: Option<Demo>) -> Result<Output, Failure> {
    let mut signals = Signals::listen()?;
    let commands = control::Listener::bind(&config)?;
    let house = House::open(&config, engine.clone()).await.map_err(Failure::unavailable)?;
    welcome(&config, &house, demo);
    let (shutdown, last) = (CancellationToken::new(), CancellationToken::new());
    let commands = tokio::spawn(commands.serve(engine, config, last.clone()));
    let serving = tokio::spawn(house.serve(shutdown.clone()));
    signals.told_to_stop().await;
    tracing::info!("stopping: answering what was accepted");
    shutdown.cancel();
    ended(serving.await)?;
    last.cancel();
    ended(commands.await)?;
    Ok(Output::One(serde_json::json!({ "stopped": true })))
}

fn ended(task: Result<(), tokio::task::JoinError>) -> Result<(), Failure> {
    task.map_err(|problem| Failure::internal(format!("a part of the server ended badly: {problem}")))
}

/// Says where the server is: to the log, and for the demo to whoever started it (standard output is the answer's).
fn welcome(config: &Config, house: &House, demo: Option<Demo>) {
    let url = house.address().map(|address| config.public_url(address)).unwrap_or_default();
    tracing::info!(url, database = %config.database_url(), "listening");
    if let Some(demo) = demo {
        let _ = std::io::stderr().write_all(demo.welcome(&url).as_bytes());
    }
}

/// SIGTERM and SIGINT. Heard from before the first listener is there, so that whoever can reach the server can also
/// stop it in order.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Signals, Failure> {
        let listen =
            |kind| signal(kind).map_err(|problem| Failure::internal(format!("no signals: {problem}")));
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn told_to_stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
