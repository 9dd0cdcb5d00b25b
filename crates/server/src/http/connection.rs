//! One connection, from the first byte to the farewell.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::fault::Fault;
use super::limit::Limits;
use super::link::{Link, Patience};
use super::metrics;
use super::socket::{Answer, Socket};

/// How long a connection that was accepted just before the server stops may take to send its first request.
const FIRST_REQUEST_GRACE: Duration = Duration::from_secs(1);

/// How often a connection is looked at while the server stops.
const STOPPING_TICK: Duration = Duration::from_millis(50);

/// How long to go on reading after the last word, so that the other side gets to see it: closing a socket that holds
/// unread bytes resets the connection and may destroy the answer on its way.
const LINGER: Duration = Duration::from_secs(1);

/// The longest farewell of a flood: bytes read and thrown away in [`LINGER`].
const LINGER_BYTES_MAX: usize = 64 << 20;

/// Streams of one HTTP/2 connection.
const STREAMS_MAX: u32 = 128;

/// How often an HTTP/2 peer is asked whether it still lives.
const HTTP2_PING: Duration = Duration::from_secs(30);

/// The other end of the TCP connection; in the extensions of every request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// What every connection of a listener has in common.
pub(super) struct Terms {
    pub(super) limits: Limits,
    builder: Builder<TokioExecutor>,
    router: Router,
    shutdown: CancellationToken,
}

impl Terms {
    pub(super) fn new(limits: Limits, router: Router, shutdown: CancellationToken) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .header_read_timeout(None)
            .max_headers(limits.header_lines_max)
            .max_buf_size(limits.head_bytes_max as usize);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(HTTP2_PING)
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(limits.head_bytes_max);
        // Without state to fill in, the routes are made ready once instead of at every request.
        Self { limits, builder, router: router.with_state(()), shutdown }
    }
}

/// Serves `stream` until either side ends it.
pub(super) async fn serve(terms: Arc<Terms>, stream: TcpStream, peer: SocketAddr) {
    let link = Link::new();
    let socket = Socket::new(stream, link.clone());
    let returned = socket.returned();
    let verdict = converse(&terms, socket, &link, peer).await;
    let stream = returned.lock().unwrap_or_else(PoisonError::into_inner).take();
    let last_word = link.refusal().or((verdict == Some(Patience::HalfHead)).then_some(Fault::LateRequest));
    if let Some(fault) = last_word {
        metrics::last_word(fault);
        tracing::debug!(%peer, code = fault.code(), "refused");
    }
    if let Some(stream) = stream.filter(|_| last_word.is_some() || verdict.is_none() && !link.has_ended()) {
        farewell(stream, last_word).await;
    }
}

/// Lets the library answer requests; gives the reason when the connection was given up.
async fn converse(terms: &Terms, socket: Socket, link: &Link, peer: SocketAddr) -> Option<Patience> {
    let service = hyper::service::service_fn(|request: Request<Incoming>| answer(terms, link, peer, request));
    let mut connection = pin!(terms.builder.serve_connection_with_upgrades(TokioIo::new(socket), service));
    let shutdown = terms.shutdown.child_token();
    let mut stopping: Option<Instant> = None;
    let mut told = false;
    let mut wake = pin!(tokio::time::sleep(terms.limits.head_timeout));
    loop {
        tokio::select! {
            biased;
            _ = connection.as_mut() => return None,
            () = shutdown.cancelled(), if stopping.is_none() => {
                stopping = Some(Instant::now());
                wake.as_mut().reset(tokio::time::Instant::now());
            }
            () = wake.as_mut() => {
                let mut next = match link.patience(&terms.limits) {
                    Patience::Until(next) => next,
                    given_up => return Some(given_up),
                };
                if let Some(since) = stopping {
                    // The library would drop a connection that has not said which HTTP it speaks.
                    if link.has_begun() && !told {
                        connection.as_mut().graceful_shutdown();
                        told = true;
                    } else if !link.has_begun() && since.elapsed() > FIRST_REQUEST_GRACE {
                        return Some(Patience::Idle);
                    }
                    next = next.min(Instant::now() + STOPPING_TICK);
                }
                wake.as_mut().reset(next.into());
            }
        }
    }
}

/// Answers one request; it counts as open until its body has been handed over.
fn answer(
    terms: &Terms,
    link: &Link,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> impl Future<Output = Result<axum::http::Response<Answer>, Infallible>> + use<> {
    let open = link.open();
    request.extensions_mut().insert(Peer(peer));
    let answering = terms.router.clone().call(request);
    async move { Ok(answering.await?.map(|body| Answer::new(body, open))) }
}

/// Says the last word, if there is one, and lets the other side read it before the socket closes.
pub(super) async fn farewell(mut stream: TcpStream, last_word: Option<Fault>) {
    let saying = async {
        if let Some(fault) = last_word {
            stream.write_all(&fault.on_the_wire()).await?;
        }
        stream.shutdown().await?;
        let mut thrown_away = vec![0; 16 << 10];
        let mut left = LINGER_BYTES_MAX;
        while left > 0 {
            match stream.read(&mut thrown_away).await? {
                0 => break,
                length => left = left.saturating_sub(length),
            }
        }
        std::io::Result::Ok(())
    };
    // Whoever does not listen to a farewell goes without.
    let _ = tokio::time::timeout(LINGER, saying).await;
}
