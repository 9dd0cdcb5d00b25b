//! A closed-loop HTTP/1.1 load generator: each connection asks, waits for the whole answer, and asks again.
//!
//! It shares the machine's cores with the server that it measures, so it does as little as it can: one thread,
//! requests written by hand into a buffer, heads parsed by `httparse`, bodies counted and not kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Headers that an answer may have; more is an error of the server.
const HEADERS_MAX: usize = 32;
/// Room for a page of an inbox, so that one read usually takes the whole answer.
const READ_BYTES: usize = 64 * 1024;
/// The longest latency that is told apart from longer ones.
const LATENCY_US_MAX: u64 = 60_000_000;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET` or `POST`.
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: String,
    /// The bearer token; none for an open path.
    pub(crate) token: Option<String>,
    /// Whose token that is, where a dialect wants to hear both.
    pub(crate) login: Option<String>,
    /// A JSON body.
    pub(crate) body: Option<String>,
}

impl Request {
    /// A GET of `path` as the holder of `token`.
    pub(crate) fn get(path: String, token: String) -> Self {
        Self { method: "GET", path, token: Some(token), login: None, body: None }
    }

    /// A POST of the JSON text `body` to `path` as the holder of `token`.
    pub(crate) fn post(path: String, token: String, body: String) -> Self {
        Self { method: "POST", path, token: Some(token), login: None, body: Some(body) }
    }

    /// The same by the pair of an e-mail address and a token.
    pub(crate) fn by_login(self, email: &str) -> Self {
        Self { login: Some(email.to_owned()), ..self }
    }

    /// Writes the request as it goes over the wire.
    fn write(&self, wire: &mut Vec<u8>) {
        use std::io::Write;
        wire.clear();
        let head = write!(wire, "{} {} HTTP/1.1\r\nhost: bench\r\n", self.method, self.path);
        let token = match (&self.login, &self.token) {
            (Some(login), Some(token)) => write!(wire, "api-login: {login}\r\napi-key: {token}\r\n"),
            (_, Some(token)) => write!(wire, "authorization: Bearer {token}\r\n"),
            _ => Ok(()),
        };
        let rest = match &self.body {
            None => write!(wire, "\r\n"),
            Some(body) => {
                write!(wire, "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            }
        };
        head.and(token).and(rest).expect("a vector takes every write");
    }
}

/// What a connection got back.
struct Answer {
    status: u16,
    /// Where the body stands in the connection's buffer.
    body: std::ops::Range<usize>,
}

/// One kept-alive connection and its two buffers.
struct Connection {
    stream: TcpStream,
    wire: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, wire: Vec::with_capacity(1024), answer: Vec::with_capacity(READ_BYTES) })
    }

    async fn exchange(&mut self, request: &Request) -> io::Result<Answer> {
        request.write(&mut self.wire);
        self.stream.write_all(&self.wire).await?;
        self.answer.clear();
        let (status, body) = loop {
            self.read_more().await?;
            if let Some(head) = parse_head(&self.answer)? {
                break head;
            }
        };
        while self.answer.len() < body.end {
            self.read_more().await?;
        }
        Ok(Answer { status, body })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        self.answer.reserve(READ_BYTES / 4);
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The status and the place of the body, once the whole head has arrived.
fn parse_head(answer: &[u8]) -> io::Result<Option<(u16, std::ops::Range<usize>)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(answer).map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
    let httparse::Status::Complete(head_bytes) = parsed else { return Ok(None) };
    let status = response.code.expect("a complete head has a status");
    let body_bytes = match status {
        204 | 304 => 0,
        _ => body_bytes(response.headers)?,
    };
    Ok(Some((status, head_bytes..head_bytes + body_bytes)))
}

/// The content length, without which a kept-alive answer has no end that this generator understands.
fn body_bytes(headers: &[httparse::Header<'_>]) -> io::Result<usize> {
    headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "an answer without content-length"))
}

/// How to load a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// The server.
    pub(crate) address: SocketAddr,
    /// How many requests are under way at once, each on a connection of its own.
    pub(crate) connections: usize,
    /// When to stop, if the requests do not end before.
    pub(crate) time_max: Duration,
    /// The status that every answer must have.
    pub(crate) status: u16,
}

/// What came of a load.
pub(crate) struct Outcome {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Answers by status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Bytes of all bodies.
    pub(crate) body_bytes: u64,
    /// Latency of each request, in microseconds.
    latency_us: Histogram<u64>,
}

impl Outcome {
    fn new() -> Self {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("fixed, valid bounds");
        Self { elapsed: Duration::ZERO, statuses: BTreeMap::new(), body_bytes: 0, latency_us }
    }

    fn record(&mut self, answer: &Answer, latency: Duration) {
        *self.statuses.entry(answer.status).or_default() += 1;
        self.body_bytes += answer.body.len() as u64;
        self.latency_us.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1));
    }

    /// How many requests were answered.
    pub(crate) fn count(&self) -> u64 {
        self.latency_us.len()
    }

    /// Answers per second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed, in microseconds: 0.5, 0.99.
    pub(crate) fn latency_us(&self, share: f64) -> u64 {
        self.latency_us.value_at_quantile(share)
    }

    /// The longest latency, in microseconds.
    pub(crate) fn latency_max_us(&self) -> u64 {
        self.latency_us.max()
    }

    /// The mean size of a body, in bytes.
    pub(crate) fn body_bytes_mean(&self) -> usize {
        usize::try_from(self.body_bytes / self.count().max(1)).expect("a body fits in memory")
    }
}

/// Runs `requests` against the server until they end or the time is over. An answer with another status than the
/// expected one, or a broken connection, is an error: a figure made of failures is none.
pub(crate) fn run(load: Load, requests: impl Iterator<Item = Request> + 'static) -> io::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = LocalSet::new().block_on(&runtime, drive(load, requests))?;
    match outcome.statuses.keys().find(|status| **status != load.status) {
        None => Ok(outcome),
        Some(_) => {
            Err(io::Error::other(format!("expected {} alone, got {:?}", load.status, outcome.statuses)))
        }
    }
}

async fn drive(load: Load, requests: impl Iterator<Item = Request> + 'static) -> io::Result<Outcome> {
    let requests = Rc::new(RefCell::new(requests));
    let outcome = Rc::new(RefCell::new(Outcome::new()));
    let mut connections = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        connections.push(Connection::open(load.address).await?);
    }
    let start = Instant::now();
    let ends = start + load.time_max;
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| ask(connection, Rc::clone(&requests), Rc::clone(&outcome), ends))
        .map(tokio::task::spawn_local)
        .collect();
    for task in tasks {
        task.await.map_err(io::Error::other)??;
    }
    let mut outcome = outcome.replace(Outcome::new());
    outcome.elapsed = start.elapsed();
    Ok(outcome)
}

async fn ask(
    mut connection: Connection,
    requests: Rc<RefCell<impl Iterator<Item = Request>>>,
    outcome: Rc<RefCell<Outcome>>,
    ends: Instant,
) -> io::Result<()> {
    loop {
        let next = requests.borrow_mut().next();
        let Some(request) = next else { return Ok(()) };
        let asked = Instant::now();
        if asked >= ends {
            return Ok(());
        }
        let answer = connection.exchange(&request).await?;
        outcome.borrow_mut().record(&answer, asked.elapsed());
    }
}

/// A whole answer, for checks and comparisons.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The status.
    pub(crate) status: u16,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// One request by itself.
pub(crate) fn fetch(address: SocketAddr, request: &Request) -> io::Result<Answered> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let answer = connection.exchange(request).await?;
        let headers = headers(&connection.answer[..answer.body.start]);
        Ok(Answered { status: answer.status, headers, body: connection.answer[answer.body].to_vec() })
    })
}

/// The headers of a head that has been parsed before.
fn headers(head: &[u8]) -> Vec<(String, String)> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(head).expect("it was parsed before");
    let text = |header: &httparse::Header<'_>| String::from_utf8_lossy(header.value).into_owned();
    response.headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constant::{self, Constant};

    fn constant(bytes: usize) -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let constant = Constant { body: vec![b'x'; bytes], headers: vec!["x-kind: constant".to_owned()] };
        std::thread::spawn(move || constant::serve(listener, constant));
        address
    }

    fn load(address: SocketAddr) -> Load {
        Load { address, connections: 3, time_max: Duration::from_secs(60), status: 200 }
    }

    fn requests(count: usize) -> impl Iterator<Item = Request> {
        (0..count).map(|number| match number % 2 {
            0 => Request::get(format!("/{number}"), "t".to_owned()),
            _ => Request::post(format!("/{number}"), "t".to_owned(), "{}".to_owned()),
        })
    }

    #[test]
    fn every_answer_is_counted_with_all_its_bytes() {
        for bytes in [0, 1, 20_000, 1_000_000] {
            let outcome = run(load(constant(bytes)), requests(100)).unwrap();
            assert_eq!((outcome.count(), outcome.body_bytes), (100, 100 * bytes as u64));
            assert!(outcome.latency_us(0.5) <= outcome.latency_us(0.99));
            assert!(outcome.latency_us(0.99) <= outcome.latency_max_us());
        }
    }

    #[test]
    fn a_load_with_another_status_gives_no_figure() {
        let address = constant(10);
        let Err(problem) = run(Load { status: 201, ..load(address) }, requests(10)) else {
            panic!("it gave one")
        };
        assert!(problem.to_string().contains("201"), "{problem}");
    }

    #[test]
    fn a_single_answer_comes_whole() {
        let answered = fetch(constant(70_000), &requests(1).next().unwrap()).unwrap();
        assert_eq!((answered.status, answered.body.len()), (200, 70_000));
        assert!(answered.headers.contains(&("x-kind".to_owned(), "constant".to_owned())));
    }
}
