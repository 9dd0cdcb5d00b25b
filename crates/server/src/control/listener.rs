//! The server's end of the socket.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parlance_engine::Engine;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::conversation::{Subject, converse};
use super::{Client, socket_path};
use crate::command::Failure;
use crate::config::Config;

/// Commands that are served at one time; more wait.
const CONNECTIONS_MAX: usize = 16;

/// What to do while the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The socket of a server that is about to take commands.
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl Listener {
    /// Binds the socket, in place of one that a server left behind when it was killed. Needs a tokio runtime.
    ///
    /// # Errors
    /// Another server listens here, or the socket cannot be made.
    pub fn bind(config: &Config) -> Result<Listener, Failure> {
        let path = socket_path(config);
        if Client::reach(config)?.is_some() {
            let path = path.display();
            return Err(Failure::unavailable(format!("another server listens on {path}; stop it first")));
        }
        bind(&path).map_err(|problem| {
            let path = path.display();
            Failure::unavailable(format!(
                "cannot listen for commands on {path}: {problem}; choose another folder with PARLANCE_DATA"
            ))
        })
    }

    /// Takes commands until `shutdown`, then ends those under way and removes the socket.
    pub async fn serve(self, engine: Arc<Engine>, config: Arc<Config>, shutdown: CancellationToken) {
        let subject = Arc::new(Subject { engine, config });
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let conversations = TaskTracker::new();
        while let Some((stream, place)) = shutdown.run_until_cancelled(self.accept(&places)).await {
            let (subject, shutdown) = (subject.clone(), shutdown.clone());
            conversations.spawn(async move {
                converse(stream, &subject, &shutdown).await;
                drop(place);
            });
        }
        // Best effort: whoever finds a socket that nobody listens on takes it for what it is.
        let _ = fs::remove_file(&self.path);
        conversations.close();
        conversations.wait().await;
    }

    /// The next connection of somebody who may command, as soon as there is a place for it.
    async fn accept(&self, places: &Arc<Semaphore>) -> (UnixStream, OwnedSemaphorePermit) {
        let place = places.clone().acquire_owned().await.expect("the semaphore is never closed");
        loop {
            match self.socket.accept().await {
                Ok((stream, _)) if self.may_command(&stream) => return (stream, place),
                Ok(_) => tracing::warn!("refused a command of another user"),
                Err(problem) => {
                    tracing::warn!(%problem, "cannot accept a command");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// The mode of the socket says the same; this holds even where a file system ignores it.
    fn may_command(&self, stream: &UnixStream) -> bool {
        stream.peer_cred().is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0)
    }
}

fn bind(path: &Path) -> io::Result<Listener> {
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != ErrorKind::NotFound => return Err(problem),
        _ => {}
    }
    let socket = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    let owner = fs::metadata(path)?.uid();
    Ok(Listener { socket, path: path.to_owned(), owner })
}
