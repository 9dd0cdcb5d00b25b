//! The listener: takes connections up to a number, and stops in order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{self, Terms};
use super::fault::Fault;
use super::limit::Limits;
use super::metrics;

/// Refusals under way at one time; beyond them a connection is closed without a word.
const REFUSALS_MAX: usize = 64;

/// Connections that are still taken from the kernel's queue when the server stops.
const LAST_ACCEPTED_MAX: usize = 1024;

/// What to do while the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a listener needs beside the routes.
pub struct Listening {
    /// Where connections come in; see [`bind`].
    pub listener: TcpListener,
    /// Limits of size, number and time.
    pub limits: Limits,
    /// Cancelled when the server is to stop.
    pub shutdown: CancellationToken,
}

/// A listener at `address`. `setting` is what an operator would change, such as `PARLANCE_LISTEN or --listen`.
///
/// # Errors
/// A sentence for the operator: the port is taken, or may not be had.
pub async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|problem| match problem.kind() {
        io::ErrorKind::AddrInUse => {
            format!("{address} is in use by another program; choose another with {setting}")
        }
        io::ErrorKind::PermissionDenied => format!(
            "this user may not listen on {address}; choose a port of 1024 or above with {setting}, or grant \
             CAP_NET_BIND_SERVICE"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}; choose another with {setting}", address.ip())
        }
        _ => format!("cannot listen on {address}: {problem}; choose another with {setting}"),
    })
}

/// Serves `router` until the token is cancelled; then takes no more connections, answers what was accepted, closes
/// what is idle, and waits no longer than the limit. Gives the number of connections that were cut off.
pub async fn serve(listening: Listening, router: Router) -> usize {
    let Listening { listener, limits, shutdown } = listening;
    let mut door = Door {
        places: Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS))),
        refusals: Arc::new(Semaphore::new(REFUSALS_MAX)),
        tasks: TaskTracker::new(),
        cut: CancellationToken::new(),
        terms: Arc::new(Terms::new(limits, router, shutdown.clone())),
    };
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => door.admit_or_pause(accepted).await,
        }
    }
    for _ in 0..LAST_ACCEPTED_MAX {
        let Some(accepted) = accept_at_once(&listener).await else { break };
        door.admit_or_pause(accepted).await;
    }
    drop(listener);
    door.close().await
}

/// A connection that is waiting already, if one is.
async fn accept_at_once(listener: &TcpListener) -> Option<io::Result<(TcpStream, SocketAddr)>> {
    std::future::poll_fn(|cx| match listener.poll_accept(cx) {
        Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Lets connections in.
struct Door {
    places: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    tasks: TaskTracker,
    /// Cancelled when patience with the last connections ends.
    cut: CancellationToken,
    terms: Arc<Terms>,
}

impl Door {
    async fn admit_or_pause(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        match accepted {
            Ok((stream, peer)) => self.admit(stream, peer),
            // The other side was gone before we came to it.
            Err(problem) if problem.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(problem) => {
                tracing::error!(%problem, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written whole: waiting for more to send with them would only delay them.
        let _ = stream.set_nodelay(true);
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return self.refuse(stream) };
        let (terms, cut) = (self.terms.clone(), self.cut.clone());
        self.tasks.spawn(async move {
            let _counted = metrics::Connection::open();
            tokio::select! {
                () = connection::serve(terms, stream, peer) => {}
                () = cut.cancelled() => {}
            }
            drop(place);
        });
    }

    /// Answers 503 without reading, so that a flood is seen by whoever measures, and costs little.
    fn refuse(&self, stream: TcpStream) {
        metrics::last_word(Fault::TooManyConnections);
        if let Ok(place) = Arc::clone(&self.refusals).try_acquire_owned() {
            self.tasks.spawn(async move {
                connection::farewell(stream, Some(Fault::TooManyConnections)).await;
                drop(place);
            });
        }
    }

    /// Waits for the connections; gives the number that had to be cut off.
    async fn close(self) -> usize {
        self.tasks.close();
        if tokio::time::timeout(self.terms.limits.shutdown_timeout, self.tasks.wait()).await.is_ok() {
            return 0;
        }
        let late = self.tasks.len();
        self.cut.cancel();
        self.tasks.wait().await;
        late
    }
}
