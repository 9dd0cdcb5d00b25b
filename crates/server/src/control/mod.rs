//! The way from the command line to the running server: an owner-only Unix socket in the data folder, one JSON line for
//! each request and each answer. And the lock that keeps everybody else from writing to a SQLite database meanwhile.

mod client;
mod conversation;
mod listener;
mod lock;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::command::{Failure, Output};
use crate::config::Config;

pub use client::Client;
pub use listener::Listener;
pub use lock::Lock;
pub(crate) use lock::patiently;

/// The longest line that is taken as a request, in bytes: a full batch of an import, several times over.
const REQUEST_BYTES_MAX: usize = 4 << 20;

/// Where the server of this configuration listens for commands.
#[must_use]
pub fn socket_path(config: &Config) -> PathBuf {
    config.data.join("parlance.sock")
}

/// One line to the server.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question<R> {
    /// The version of the command. Another one may mean other things by the same words.
    version: String,
    /// Where a list goes on.
    after: Option<String>,
    /// What to do.
    request: R,
}

/// One line from the server.
type Answer = Result<Output, Failure>;
