//! The shell around a tiny router on a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

mod answers;
mod hostile;
mod measured;
mod stop;

/// Time that is longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(100);

/// A shell whose limits of time are out of reach.
fn shell() -> Shell {
    let owned = Owner {
        name: "owned",
        prefixes: &["/owned"],
        shows_rates: true,
        shape: |fault| {
            (fault.status(), serde_json::json!({ "owned": fault.code() }).to_string()).into_response()
        },
    };
    let mut shell = Shell::new(&Config::default(), Owners::new([owned]));
    shell.limits.head_timeout = LONG;
    shell.limits.body_stall_timeout = LONG;
    shell.limits.request_timeout = LONG;
    shell.limits.shutdown_timeout = LONG;
    shell
}

/// Lets `/slow` answer, once per permit.
fn gate() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(0))
}

fn routes(gate: Arc<Semaphore>) -> Router {
    let slow = async move || {
        gate.acquire().await.expect("never closed").forget();
        "slow"
    };
    let echo = async |body: Body| match body::whole(body, 1 << 20).await {
        Ok(bytes) => bytes.into_response(),
        Err(fault) => default_shape(fault),
    };
    Router::new()
        .route("/hello", get("hello"))
        .route("/kept", get(([(header::CACHE_CONTROL, "max-age=60")], "kept")))
        .route("/slow", get(slow))
        .route("/echo", post(echo))
        .route("/panic", get(async || -> &'static str { panic!("on purpose") }))
        .route("/never", get(async || std::future::pending::<&'static str>().await))
        .route("/caller", get(async |Extension(caller): Extension<Caller>| caller.address.to_string()))
        .route("/owned/{id}", get("one").delete("gone"))
}

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<usize>,
}

impl Server {
    async fn start(shell: Shell) -> Self {
        Self::with(shell, routes(gate())).await
    }

    async fn with(shell: Shell, routes: Router) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "a test").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let listening = Listening { listener, limits: shell.limits.clone(), shutdown: stop.clone() };
        let ended = tokio::spawn(serve(listening, shell.around(routes)));
        Self { address, stop, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the server listens")
    }

    /// Sends `request` and reads until the server closes.
    async fn send(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // The server may close before it has read everything.
        let _ = stream.write_all(request.as_ref()).await;
        rest(&mut stream).await
    }

    /// As [`Server::send`], where the server has to take the whole request, for closing on a client that is still
    /// sending would reset the connection.
    async fn send_whole(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_ref()).await.expect("everything is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the connection is not reset");
        answer
    }

    /// Whether an ordinary request is answered.
    async fn is_well(&self) -> bool {
        self.send(get_of("/hello")).await.ends_with("hello")
    }
}

/// A request after which the connection ends.
fn get_of(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
}

/// Everything that still comes on `stream`.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer of known length, leaving the connection open.
async fn one_answer(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        let byte = stream.read_u8().await.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&bytes)));
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status line's code and the body of an answer.
fn parts(answer: &str) -> (&str, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    (head.split(' ').nth(1).unwrap_or_default(), body)
}

/// The answer to what never became a request: whoever asked, it can be read.
#[track_caller]
fn assert_last_word(answer: &str, fault: Fault) {
    let (code, message) = (fault.code(), fault.message());
    let body = format!(r#"{{"type":"{code}","code":"{code}","message":"{message}"}}"#);
    assert_eq!(parts(answer), (fault.status().as_str(), body.as_str()), "{answer}");
}

#[track_caller]
fn assert_fault(answer: &str, fault: Fault) {
    let body = format!(r#"{{"code":"{}","message":"{}"}}"#, fault.code(), fault.message());
    assert_eq!(parts(answer), (fault.status().as_str(), body.as_str()), "{answer}");
}
