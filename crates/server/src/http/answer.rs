//! Around everything: who calls, the headers that every answer has, what is counted and what is logged.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use tower::{Layer, Service};

use super::connection::Peer;
use super::metrics::{Answered, InFlight, Meters};
use super::rate::Tally;
use super::request_id::{self, RequestId};
use super::{Shell, log};

/// The label of requests that no route takes.
const UNMATCHED: &str = "unmatched";

/// Who is calling; in the extensions of every request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The id of the request.
    pub id: RequestId,
    /// The client's address, behind trusted proxies too.
    pub address: IpAddr,
    /// What is left of the limit that the request counts against.
    pub tally: Tally,
}

/// Wraps a service in [`Answering`].
#[derive(Clone)]
pub(super) struct Answers {
    pub(super) shell: Arc<Shell>,
    pub(super) meters: Arc<Meters>,
}

/// A service whose answers are complete.
#[derive(Clone)]
pub(super) struct Answering<S> {
    inner: S,
    answers: Answers,
}

/// What is kept of a request while it is being answered.
struct Asked {
    caller: Caller,
    route: Option<MatchedPath>,
    method: Method,
    uri: Uri,
    begun: Instant,
    _in_flight: InFlight,
}

impl<S> Layer<S> for Answers {
    type Service = Answering<S>;

    fn layer(&self, inner: S) -> Answering<S> {
        Answering { inner, answers: self.clone() }
    }
}

impl<S> Service<Request> for Answering<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let asked = self.answers.ask(&request);
        request.extensions_mut().insert(asked.caller.clone());
        let answering = self.inner.call(request);
        let answers = self.answers.clone();
        Box::pin(async move {
            let mut answering = pin!(answering);
            let id = &asked.caller.id;
            let Ok(mut answer) = std::future::poll_fn(|cx| id.during(|| answering.as_mut().poll(cx))).await;
            complete(&mut answer, id);
            if answers.shell.owners.show_rates(asked.path()) {
                asked.caller.tally.show(answer.headers_mut());
            }
            answers.note(&asked, answer.status());
            Ok(answer)
        })
    }
}

impl Answers {
    fn ask(&self, request: &Request) -> Asked {
        let peer =
            request.extensions().get::<Peer>().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
        let proxies = &self.shell.trusted_proxies;
        let id = RequestId::of(request.headers(), proxies.trust(peer));
        Asked {
            caller: Caller { id, address: proxies.client(peer, request.headers()), tally: Tally::default() },
            route: request.extensions().get::<MatchedPath>().cloned(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            begun: Instant::now(),
            _in_flight: self.meters.begin(),
        }
    }

    fn note(&self, asked: &Asked, status: StatusCode) {
        let took = asked.begun.elapsed();
        let route = asked.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
        let dialect = self.shell.owners.name(asked.path());
        self.meters.record(&Answered { dialect, route, method: &asked.method, status, took });
        asked.caller.id.during(|| log_line(asked, status, took));
    }
}

impl Asked {
    /// By which the owner is found.
    fn path(&self) -> &str {
        self.route.as_ref().map_or(self.uri.path(), MatchedPath::as_str)
    }
}

/// Adds the headers that every answer has, where the handler did not set them.
fn complete(answer: &mut Response, id: &RequestId) {
    let headers = answer.headers_mut();
    headers.insert(request_id::HEADER, id.header());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// One line per request: what we did wrong or could not do is seen by default, all else at `debug`, where by default
/// it costs one comparison. Refusals of clients are counted, not logged: whoever floods us must not fill the disk.
fn log_line(asked: &Asked, status: StatusCode, took: Duration) {
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                $level,
                method = %asked.method,
                path = %log::redacted(asked.uri.path()),
                status = status.as_u16(),
                took_us = took.as_micros() as u64,
                address = %asked.caller.address,
                "answered"
            )
        };
    }
    match status {
        StatusCode::SERVICE_UNAVAILABLE => line!(tracing::Level::WARN),
        status if status.is_server_error() => line!(tracing::Level::ERROR),
        _ => line!(tracing::Level::DEBUG),
    }
}
