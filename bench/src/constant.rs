//! The stack by itself: the server's axum, hyper and allocator on two threads, answering every request with the
//! same bytes. What a page costs beyond this is ours.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// What is answered.
pub(crate) struct Constant {
    /// The body, with the size of a page.
    pub(crate) body: Vec<u8>,
    /// The headers that an ordinary answer has, as `name: value`.
    pub(crate) headers: Vec<String>,
}

/// Serves until the process is ended.
pub(crate) fn serve(listener: std::net::TcpListener, constant: Constant) -> io::Result<()> {
    let headers = constant.headers.iter().map(|line| header(line)).collect::<io::Result<HeaderMap>>()?;
    let body = Bytes::from(constant.body);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?.tap_io(|stream| {
            // As in the server; without it an answer might wait for company.
            let _ = stream.set_nodelay(true);
        });
        let answer = move || async move { (headers, body) };
        axum::serve(listener, Router::new().fallback(answer)).await
    })
}

fn header(line: &str) -> io::Result<(HeaderName, HeaderValue)> {
    let parsed =
        line.split_once(": ").and_then(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)));
    parsed.ok_or_else(|| io::Error::other(format!("not a header: {line}")))
}
