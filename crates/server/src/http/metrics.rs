//! What is counted and timed, and the small listener on which Prometheus fetches it.
//!
//! Labels are dialects, routes as they are written (`/conversations/{id}`), methods and statuses; never an id.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use parlance_engine::db::metric;

use super::fault::Fault;
use crate::mail::MAILS;

const REQUESTS: &str = "parlance_http_requests_total";
const SECONDS: &str = "parlance_http_request_seconds";
const IN_FLIGHT: &str = "parlance_http_requests_in_flight";
const CONNECTIONS: &str = "parlance_http_connections";
const WAITING_WRITES: &str = "parlance_write_queue_depth";
const LAST_WORDS: &str = "parlance_http_connections_refused_total";

/// Upper bounds of the latency histogram, in seconds.
const BOUNDS_SECONDS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Upper bounds of the group sizes, in writes.
const BOUNDS_GROUP: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// How often what the histograms collected is summed up, so that it does not pile up when nobody fetches it.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts measuring, for the whole process. Without it every measurement is a call that does nothing.
///
/// # Errors
/// When something else measures already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BOUNDS_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(metric::GROUP_SIZE.to_owned()), &BOUNDS_GROUP)
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by dialect, route, method and status.");
    describe_histogram!(SECONDS, Unit::Seconds, "From the head of a request to the head of its answer.");
    describe_gauge!(IN_FLIGHT, "Requests that are being answered.");
    describe_gauge!(CONNECTIONS, "Open connections.");
    describe_gauge!(WAITING_WRITES, "Writes that wait for a writer.");
    describe_histogram!(metric::GROUP_SIZE, "Writes that shared a commit.");
    describe_counter!(metric::RETRIES, "Batches of writes that were tried again.");
    describe_counter!(metric::REFUSALS, "Writes refused because the queue was full.");
    describe_counter!(metric::ERRORS, "Batches of writes and reads that the database did not do.");
    describe_counter!(MAILS, "E-mails that were tried, by outcome: sent, put off, given up.");
    describe_counter!(
        LAST_WORDS,
        "Connections ended before a route was found, by reason: too many, not HTTP, too slow."
    );
}

/// The route `/metrics`. `refresh` is called before each answer, to set the gauges that nobody pushes.
pub fn routes(handle: PrometheusHandle, refresh: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let text = "text/plain; version=0.0.4; charset=utf-8";
    let answer = async move || {
        refresh();
        ([(header::CONTENT_TYPE, text)], handle.render())
    };
    Router::new().route("/metrics", get(answer))
}

/// Sets how many writes wait.
pub fn waiting_writes(count: usize) {
    gauge!(WAITING_WRITES).set(count as f64);
}

/// Keeps the histograms small; runs for ever, so it is one of the tasks that stop with the server.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut tick = tokio::time::interval(UPKEEP);
    loop {
        tick.tick().await;
        handle.run_upkeep();
    }
}

/// A connection was ended with these words, which no route said.
pub(super) fn last_word(fault: Fault) {
    counter!(LAST_WORDS, "code" => fault.code()).increment(1);
}

/// Counts a connection as open until it is dropped.
pub(super) struct Connection(Gauge);

impl Connection {
    pub(super) fn open() -> Self {
        let open = gauge!(CONNECTIONS);
        open.increment(1);
        Self(open)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The meters of the requests. Looking one up by its labels costs as much as a small request, so they are kept.
pub(super) struct Meters {
    in_flight: Gauge,
    routes: RwLock<HashMap<Box<str>, Vec<Meter>>>,
}

#[derive(Clone)]
struct Meter {
    dialect: &'static str,
    method: &'static str,
    status: StatusCode,
    answers: Counter,
    seconds: Histogram,
}

/// What is known of a request when it has been answered.
pub(super) struct Answered<'a> {
    pub(super) dialect: &'static str,
    /// As it is written in the router; `unmatched` when there is none.
    pub(super) route: &'a str,
    pub(super) method: &'a Method,
    pub(super) status: StatusCode,
    pub(super) took: Duration,
}

/// Counts a request as in flight until it is dropped.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl Meters {
    pub(super) fn new() -> Self {
        Self { in_flight: gauge!(IN_FLIGHT), routes: RwLock::default() }
    }

    pub(super) fn begin(&self) -> InFlight {
        self.in_flight.increment(1);
        InFlight(self.in_flight.clone())
    }

    pub(super) fn record(&self, answered: &Answered<'_>) {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let meters = known.get(answered.route);
        if let Some(meter) = meters.and_then(|meters| meters.iter().find(|meter| meter.fits(answered))) {
            return meter.record(answered);
        }
        drop(known);
        let meter = Meter::new(answered);
        meter.record(answered);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(answered.route.into()).or_default().push(meter);
    }
}

impl Meter {
    fn new(answered: &Answered<'_>) -> Self {
        let labels = [
            ("dialect", answered.dialect.to_owned()),
            ("route", answered.route.to_owned()),
            ("method", label(answered.method).to_owned()),
        ];
        Self {
            dialect: answered.dialect,
            method: label(answered.method),
            status: answered.status,
            seconds: histogram!(SECONDS, &labels),
            answers: counter!(
                REQUESTS,
                &[&labels[..], &[("status", answered.status.as_str().to_owned())]].concat()
            ),
        }
    }

    fn fits(&self, answered: &Answered<'_>) -> bool {
        self.status == answered.status
            && self.dialect == answered.dialect
            && self.method == label(answered.method)
    }

    fn record(&self, answered: &Answered<'_>) {
        self.answers.increment(1);
        self.seconds.record(answered.took);
    }
}

/// A method as a label. A client can invent methods, and each would be a new time series.
fn label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// A recorder as [`install`] makes it, for one thread.
#[cfg(test)]
pub(super) fn recorder_for_test() -> metrics_exporter_prometheus::PrometheusRecorder {
    let recorder = builder().expect("the bounds are right").build_recorder();
    metrics::with_local_recorder(&recorder, describe);
    recorder
}
