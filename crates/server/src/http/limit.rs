//! The limits of the HTTP shell, in the units in which it uses them.

use std::time::Duration;

use crate::config;

/// How much, how many and how long. Each is documented in the default configuration file.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at one time.
    pub connections_max: usize,
    /// Request line and headers.
    pub head_bytes_max: u32,
    /// Header lines.
    pub header_lines_max: usize,
    /// Path and query.
    pub uri_bytes_max: usize,
    /// Body of an ordinary request.
    pub body_bytes_max: usize,
    /// Body of an upload; nothing larger is read of any request.
    pub upload_bytes_max: usize,
    /// For a request's head to arrive.
    pub head_timeout: Duration,
    /// Silence in the middle of a body.
    pub body_stall_timeout: Duration,
    /// For a whole body to arrive.
    pub body_timeout: Duration,
    /// For an answer to begin, and for a client to take some of it.
    pub request_timeout: Duration,
    /// For a connection without a request.
    pub keep_alive_timeout: Duration,
    /// For the answers under way at the end.
    pub shutdown_timeout: Duration,
}

impl From<&config::Limits> for Limits {
    fn from(from: &config::Limits) -> Self {
        let time = |ms: std::num::NonZeroU32| Duration::from_millis(ms.get().into());
        Self {
            connections_max: from.connections_max.get(),
            head_bytes_max: from.head_bytes_max,
            header_lines_max: from.header_lines_max.get(),
            uri_bytes_max: from.uri_bytes_max.get(),
            body_bytes_max: from.body_bytes_max.get(),
            upload_bytes_max: from.upload_bytes_max.get(),
            head_timeout: time(from.head_timeout_ms),
            body_stall_timeout: time(from.body_stall_timeout_ms),
            body_timeout: time(from.body_timeout_ms),
            request_timeout: time(from.request_timeout_ms),
            keep_alive_timeout: time(from.keep_alive_timeout_ms),
            shutdown_timeout: time(from.shutdown_timeout_ms),
        }
    }
}
