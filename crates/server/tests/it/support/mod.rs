//! A server of a test's own, listening on a port of its own, and people who speak to it over HTTP.

mod certificate;
pub mod client;
mod database;
mod dump;
mod key_server;
pub mod ledger;
mod mail_server;
mod patience;
pub mod process;
pub mod raw;
mod receiver;
pub mod s3;
mod smsc;
mod transcript;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use parlance_engine::checkup::{Checkup, Discrepancy};
use parlance_engine::credential::token;
use parlance_engine::db::{self, Address, Tuning};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace::{self, Workspace};
use parlance_engine::{Clock, Cx, Engine, Options, PersonId, Principal, Time};
use parlance_server::config::{Config, Sources};
use parlance_server::start::house::House;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use certificate::{Certificate, certificate};
pub use database::Database;
pub use key_server::KeyServer;
pub use mail_server::{Letter, MailServer, Manner};
pub use patience::until;
pub use receiver::{Behaviour, Heard, Receiver};
pub use smsc::Smsc;
pub use transcript::Transcript;

use crate::mittwald::openapi::{self, Exchange};

/// Writes a test once and runs it on both databases. Without PostgreSQL its half says so, and fails under CI.
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($server:ident: &Server) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($server: &Server) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                body(&Server::start(Database::sqlite()));
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let Some(database) = Database::postgres() {
                    body(&Server::start(database));
                }
            }
        }
    )*};
}
pub(crate) use on_both;

/// A running server.
pub struct Server {
    /// Where it listens.
    pub url: String,
    /// What it runs on.
    pub engine: Arc<Engine>,
    /// Moves only when a test moves it.
    pub clock: Arc<TestClock>,
    client: reqwest::Client,
    runtime: Runtime,
    serving: Mutex<Option<JoinHandle<()>>>,
    shutdown: CancellationToken,
    data: Arc<TempDir>,
    database: Arc<Database>,
}

/// The system's time when the test began, and what the test added.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

impl Server {
    /// Starts a server with the default configuration.
    pub fn start(database: Database) -> Server {
        Server::configured(database, |_| {})
    }

    /// Starts a server whose configuration the test changes.
    pub fn configured(database: Database, change: impl FnOnce(&mut Config)) -> Server {
        let data = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let mut config = config(&data);
        change(&mut config);
        let clock = Arc::new(TestClock(AtomicI64::new(jiff_now())));
        Server::open(Arc::new(database), data, clock, &config)
    }

    /// Another node on the same PostgreSQL and the same folder of files.
    pub fn another_node(&self) -> Server {
        self.another_node_with(|_| {})
    }

    /// [`Server::another_node`], configured as the test wants it.
    pub fn another_node_with(&self, change: impl FnOnce(&mut Config)) -> Server {
        let mut config = config(&self.data);
        change(&mut config);
        Server::open(self.database.clone(), self.data.clone(), self.clock.clone(), &config)
    }

    fn open(database: Arc<Database>, data: Arc<TempDir>, clock: Arc<TestClock>, config: &Config) -> Server {
        let engine = Arc::new(engine(database.address.clone(), &clock));
        let runtime = Runtime::new().expect("threads");
        let house = runtime.block_on(House::open(config, engine.clone())).expect("the house opens");
        let url = format!("http://{}", house.address().expect("an address"));
        let shutdown = CancellationToken::new();
        let serving = Mutex::new(Some(runtime.spawn(house.serve(shutdown.clone()))));
        Server { url, engine, clock, client: client(), runtime, serving, shutdown, data, database }
    }

    /// Does what only the operator may.
    pub fn operator<T: Send + 'static>(
        &self,
        workspace: Option<&Workspace>,
        verb: impl Fn(&mut Cx<'_>) -> parlance_engine::Result<T> + Send + 'static,
    ) -> T {
        let who = Principal::Operator(workspace.map(|w| w.id));
        self.engine.write_blocking(who, verb).expect("the operator's verb is done")
    }

    pub fn workspace(&self, slug: &'static str) -> Workspace {
        self.workspace_with(slug, workspace::Change::default())
    }

    pub fn workspace_with(&self, slug: &'static str, change: workspace::Change) -> Workspace {
        self.operator(None, move |cx| workspace::add(cx, slug, &change))
    }

    /// Somebody with a token.
    pub fn user<'s>(&'s self, workspace: &Workspace, kind: Kind, external_id: &str) -> User<'s> {
        let name = Some(external_id.to_owned());
        let facts = Facts { external_id: name.clone(), username: name, ..Facts::default() };
        let new = Change { kind: Some(kind), facts, ..Change::default() };
        let id = self.operator(Some(workspace), move |cx| person::add(cx, &new)).id;
        let token =
            self.token(workspace, token::New { person: id, label: None, can_write: true, expires_at: None });
        User { server: self, id, token }
    }

    pub fn customer<'s>(&'s self, workspace: &Workspace, external_id: &str) -> User<'s> {
        self.user(workspace, Kind::Customer, external_id)
    }

    /// Makes somebody a member of what has the same name as its domain, such as a project.
    pub fn join(&self, workspace: &Workspace, user: &User<'_>, (name, id): (&str, &str), role: &'static str) {
        let aggregate = Aggregate { domain: name.to_owned(), kind: name.to_owned(), id: id.to_owned() };
        let person = user.id;
        self.operator(Some(workspace), move |cx| membership::add(cx, person, &aggregate, role));
    }

    pub fn token(&self, workspace: &Workspace, new: token::New) -> String {
        self.operator(Some(workspace), move |cx| token::add(cx, &new)).1
    }

    /// Sends a request and waits for the whole answer. What the support dialect answers must be what its OpenAPI
    /// document allows.
    #[track_caller]
    pub fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("the request can be sent");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = self.runtime.block_on(async {
            let answer = self.client.execute(request).await.expect("the server answers");
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.expect("the answer has an end").to_vec();
            Answer { status, headers, body }
        });
        if path.starts_with(openapi::PREFIX) {
            openapi::check(&answer.to(method.as_str(), &path));
        }
        answer
    }

    /// Everything the database holds, but for what is noted beside the requests: two are equal when nothing changed.
    pub fn dump(&self) -> String {
        dump::of(&self.database.address)
    }

    /// The rows of a query past the engine, as text.
    pub fn rows(&self, sql: String) -> Vec<String> {
        dump::rows(&self.database.address, &[sql]).concat()
    }

    /// Runs statements past the engine.
    pub fn execute(&self, sql: &str) {
        self.database.execute(sql);
    }

    /// The first column of a query past the engine, which is text.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        ledger::rows(&self.database, sql).into_iter().filter_map(|row| row.into_iter().next()).collect()
    }

    /// What of all that is stored contradicts itself.
    pub fn discrepancies(&self) -> Vec<Discrepancy> {
        let mut checkup = Checkup::open(&self.database.address).expect("the database opens");
        checkup.discrepancies().expect("the database can be read")
    }

    /// Ends the server in order: whatever it has taken on is done, or never will be. The engine stays open.
    pub fn stop(&self) {
        self.shutdown.cancel();
        if let Some(serving) = self.serving.lock().unwrap_or_else(|e| e.into_inner()).take() {
            let ended = self.runtime.block_on(serving);
            assert!(ended.is_ok() || std::thread::panicking(), "the server ended badly");
        }
    }

    /// The data folder.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// `HOST:PORT`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The same person with another token, on this server.
    pub fn bearing<'s>(&'s self, user: &User<'_>, token: &str) -> User<'s> {
        User { server: self, id: user.id, token: token.to_owned() }
    }

    /// A request of nobody in particular.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.client.request(method, url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Somebody with a token.
pub struct User<'s> {
    pub server: &'s Server,
    pub id: PersonId,
    pub token: String,
}

impl User<'_> {
    pub fn get(&self, path: &str) -> Answer {
        self.server.send(self.request(Method::GET, path))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.server.send(self.request(Method::POST, path).json(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.server.send(self.request(Method::PUT, path).json(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.server.send(self.request(Method::PATCH, path).json(body))
    }

    /// A POST that carries an Idempotency-Key.
    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.server.send(self.request(Method::POST, path).header("idempotency-key", key).json(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.server.send(self.request(Method::DELETE, path))
    }

    /// Sends such a request.
    pub fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.server.send(request)
    }

    /// A request with this person's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.server.request(method, path).bearer_auth(&self.token)
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {e} in {text:?}", self.status))
    }

    /// The body, whatever it is, if the answer has this status.
    pub fn expect_bytes(&self, status: u16) -> &[u8] {
        assert_eq!(self.status.as_u16(), status);
        &self.body
    }

    /// The answer as one to this request.
    fn to<'a>(&'a self, method: &'a str, path: &'a str) -> Exchange<'a> {
        let Answer { status, headers, body } = self;
        Exchange { method, path, status: status.as_u16(), headers, body }
    }

    /// The same answer, if it says that something was done.
    pub fn expect_ok(self) -> Answer {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        self
    }

    /// The body, if the answer has this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

/// The default configuration, where only the machine's own work bounds how fast a test may ask.
fn config(data: &TempDir) -> Config {
    let mut config = Config::load(&Sources::default()).expect("the defaults load");
    config.data = data.path().to_owned();
    config.listen = ([127, 0, 0, 1], 0).into();
    config.metrics_listen = parlance_server::config::MetricsListen::Off;
    (config.rates.token_per_second, config.rates.address_per_second) = (0, 0);
    config
}

fn engine(address: Address, clock: &Arc<TestClock>) -> Engine {
    let db = db::Options {
        address,
        queue_max: 1_024,
        group_max: 64,
        writers: 2,
        readers: 2,
        tuning: Tuning { cache_kib: 2_048 },
    };
    let chance = Arc::new(rand::random::<[u8; 32]>);
    Engine::open(Options { db, clock: clock.clone(), chance }).expect("the engine opens")
}

/// A client that does what it is told and nothing more.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.build().expect("a client")
}

fn jiff_now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
