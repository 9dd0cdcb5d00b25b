//! Around every handler, inside everything else: refuses what is too much, and answers for a handler that does not.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::response::Response;
use axum::routing::Route;
use hyper::body::Body as _;
use tower::{Layer, Service};

use super::Shell;
use super::answer::Caller;
use super::body::{Arrival, Watched};
use super::fault::Fault;
use super::health;
use super::limit::Limits;

/// Wraps a route in [`Guarded`].
#[derive(Clone)]
pub(super) struct Guard(pub(super) Arc<Shell>);

/// A route that always answers, in time.
#[derive(Clone)]
pub(super) struct Guarded {
    route: Route,
    shell: Arc<Shell>,
}

impl Layer<Route> for Guard {
    type Service = Guarded;

    fn layer(&self, route: Route) -> Guarded {
        Guarded { route, shell: self.0.clone() }
    }
}

impl Service<Request> for Guarded {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Route as Service<Request>>::poll_ready(&mut self.route, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let shell = self.shell.clone();
        let uri = request.uri().clone();
        if let Err(fault) = admit(&shell, &request) {
            return Box::pin(async move { Ok(shell.owners.answer(uri.path(), fault)) });
        }
        let version = request.version();
        let (request, arrival) = watch(request, &shell.limits);
        let answering = self.route.call(request);
        Box::pin(async move {
            let answered = in_time(answering, arrival.as_ref(), &shell.limits).await;
            let mut answer = answered.unwrap_or_else(|fault| shell.owners.answer(uri.path(), fault));
            if version <= Version::HTTP_11 && arrival.is_some_and(|arrival| !arrival.is_over()) {
                // The rest of the body is not read, so the connection ends here: a client with a pool must know, or
                // it sends its next request into the void.
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        })
    }
}

/// Refuses a request that is too much before anything is done for it.
fn admit(shell: &Shell, request: &Request) -> Result<(), Fault> {
    if request.uri().path_and_query().is_some_and(|path| path.as_str().len() > shell.limits.uri_bytes_max) {
        return Err(Fault::LongUri);
    }
    match request.extensions().get::<Caller>() {
        // Whoever asks whether we are well must hear it on a busy day above all.
        Some(caller) if !health::PATHS.contains(&request.uri().path()) => {
            shell.rates.address(caller.address, &caller.tally)
        }
        _ => Ok(()),
    }
}

/// The request with a body that cannot be endless, if it has one.
fn watch(request: Request, limits: &Limits) -> (Request, Option<Arrival>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let (head, body) = request.into_parts();
    let watched = Watched::new(body, limits);
    let arrival = watched.arrival();
    (Request::from_parts(head, Body::new(watched)), Some(arrival))
}

/// The answer, if it comes in time. The clock stands still while the body is on its way, which has limits of its own.
async fn in_time(
    answering: impl Future<Output = Result<Response, Infallible>>,
    arrival: Option<&Arrival>,
    limits: &Limits,
) -> Result<Response, Fault> {
    let begun = Instant::now();
    let mut answering = pin!(answering);
    let mut caught = std::future::poll_fn(|cx| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(cx)));
        polled.map_or(Poll::Ready(Err(Fault::Panic)), |poll| poll.map(|Ok(answer)| Ok(answer)))
    });
    loop {
        if let Ok(answered) = tokio::time::timeout(limits.request_timeout, &mut caught).await {
            return answered;
        }
        let is_arriving = arrival.is_some_and(|arrival| !arrival.is_over());
        if !is_arriving || begun.elapsed() > limits.body_timeout {
            return Err(Fault::LateAnswer);
        }
    }
}
