//! The configuration: one struct, one documented default file, a file of the operator's over it, the environment over
//! that, and the command line's flags over all.
//!
//! The default file (`config/default.toml`) is the list of what there is: a key that is not in it is unknown, and the
//! type of its default says how an environment variable is read. [`Config::load`] applies the settings one at a time,
//! so that a refusal can name the key and the place it came from.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod database_url;
mod key;
mod mail;
mod source;
#[cfg(test)]
mod tests;
mod value;

pub use database_url::{DatabaseUrl, Secret};
pub use mail::{Encryption, Mail, Sender};
pub use source::Sources;
pub use value::{LogFormat, MetricsListen, Network, Origin, PublicUrl};

/// The default file, with a comment on every key: what `parlance config` prints.
pub const DEFAULT: &str = include_str!("../config/default.toml");

/// Everything an operator can set. Each key is documented in [`DEFAULT`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the APIs are served.
    #[serde(deserialize_with = "value::address")]
    pub listen: SocketAddr,
    /// Where clients reach the server; see [`Config::public_url`].
    pub public_url: PublicUrl,
    /// Folder of files, and of the SQLite database unless it is elsewhere.
    #[serde(deserialize_with = "value::folder")]
    pub data: PathBuf,
    /// Where `/metrics` is served, if anywhere.
    pub metrics_listen: MetricsListen,
    /// Proxies whose headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Pages that may call from a browser.
    pub cors_origins: Vec<Origin>,
    /// What is logged, as directives of `tracing`.
    #[serde(deserialize_with = "value::log_filter")]
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// The database.
    pub database: Database,
    /// Where the bytes of files lie, unless it is the data folder.
    pub s3: S3,
    /// Limits of size, number and time.
    pub limits: Limits,
    /// Requests per second.
    pub rates: Rates,
    /// Full-text search.
    pub search: Search,
    /// Notices by e-mail.
    pub mail: Mail,
    /// Calls of ours to where customers say.
    pub outgoing: Outgoing,
}

/// `[outgoing]`: what we call when a customer says so.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outgoing {
    /// Networks that may be called although they are nobody's on the internet.
    pub allow_networks: Vec<Network>,
    /// Whether it may be called unencrypted.
    pub allow_http: bool,
}

/// `[search]`: whether conversations can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Whether there is an index, which takes about as much room as the messages.
    pub enabled: bool,
}

/// `[database]`: which one, and how much of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// As the operator wrote it, perhaps empty; see [`Config::database_url`].
    pub url: DatabaseUrl,
    /// Writes that may wait before the next is refused as busy.
    pub write_queue_max: NonZeroUsize,
    /// Writes in one commit.
    pub group_max: NonZeroUsize,
    /// Writing connections (PostgreSQL).
    pub writers: NonZeroUsize,
    /// Reading connections.
    pub readers: NonZeroUsize,
    /// Page cache of one SQLite connection.
    pub sqlite_cache_bytes: NonZeroU64,
}

/// `[s3]`: a bucket for the bytes of files; none when its name is empty.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// Beginning of the names of all objects in it.
    pub prefix: String,
    /// Where it is.
    pub region: String,
    /// URL of the store, unless it is Amazon's own.
    pub endpoint: String,
    /// Who we are to the store.
    pub access_key_id: String,
    /// And how we prove it.
    pub secret_access_key: Secret,
    /// Whether the endpoint may be reached unencrypted.
    pub allow_http: bool,
}

/// `[limits]`: how much, how many and how long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Connections at one time.
    pub connections_max: NonZeroUsize,
    /// Request line and headers.
    #[serde(deserialize_with = "value::head_bytes")]
    pub head_bytes_max: u32,
    /// Header lines of a request.
    pub header_lines_max: NonZeroUsize,
    /// Path and query.
    pub uri_bytes_max: NonZeroUsize,
    /// Body of an ordinary request.
    pub body_bytes_max: NonZeroUsize,
    /// Body of an upload.
    pub upload_bytes_max: NonZeroUsize,
    /// For the head of a request to arrive.
    pub head_timeout_ms: NonZeroU32,
    /// Silence in the middle of a body.
    pub body_stall_timeout_ms: NonZeroU32,
    /// For a whole body to arrive.
    pub body_timeout_ms: NonZeroU32,
    /// For the answer to begin.
    pub request_timeout_ms: NonZeroU32,
    /// For an idle connection.
    pub keep_alive_timeout_ms: NonZeroU32,
    /// For the answers under way when the server is told to stop.
    pub shutdown_timeout_ms: NonZeroU32,
}

/// `[rates]`: requests per second; 0 a second is no limit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Of one token.
    pub token_per_second: u32,
    /// At once, of one token.
    pub token_burst: NonZeroU32,
    /// Of one address.
    pub address_per_second: u32,
    /// At once, of one address.
    pub address_burst: NonZeroU32,
}

/// Why the configuration is refused: a sentence for the operator, without any secret.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0}")]
pub struct Refused(pub String);

impl Config {
    /// The configuration that `sources` give over the defaults.
    ///
    /// # Errors
    /// A file that cannot be read or is not TOML, an unknown key or variable, a value of the wrong kind: each names the
    /// key, where it stands, and what would be right.
    pub fn load(sources: &Sources) -> Result<Self, Refused> {
        let mut values = key::defaults();
        let mut config: Option<Self> = None;
        for setting in sources.settings()? {
            setting.apply(&mut values);
            let applied =
                values.clone().try_into().map_err(|problem: toml::de::Error| setting.refusal(&problem))?;
            config = Some(applied);
        }
        Ok(config.unwrap_or_default())
    }

    /// The database to open: the configured one, or SQLite in the data folder.
    pub fn database_url(&self) -> DatabaseUrl {
        if self.database.url.is_empty() {
            return DatabaseUrl::sqlite(&self.data.join("parlance.db"));
        }
        self.database.url.clone()
    }

    /// The folder of the bytes of files.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }

    /// The beginning of every link that the server hands out, without a slash at its end. `bound` is the address that
    /// the listener got, which differs from `listen` when that asks for port 0.
    pub fn public_url(&self, bound: SocketAddr) -> String {
        self.public_url.configured().map_or_else(|| format!("http://{bound}"), str::to_owned)
    }
}

impl S3 {
    /// The bucket's name, if there is a bucket.
    pub fn name(&self) -> Option<&str> {
        Some(self.bucket.as_str()).filter(|name| !name.is_empty())
    }
}

impl Default for Config {
    /// The configuration of [`DEFAULT`] alone.
    fn default() -> Self {
        key::defaults().try_into().expect("the default file fits the struct: a test reads it")
    }
}

/// The text of the file at `path`.
fn read(path: &Path) -> Result<String, Refused> {
    std::fs::read_to_string(path).map_err(|problem| {
        Refused(format!("cannot read the configuration file {}: {problem}", path.display()))
    })
}
