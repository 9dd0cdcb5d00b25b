//! One command at the socket: lines in, lines out.

use std::sync::Arc;
use std::time::Duration;

use parlance_engine::Engine;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio_util::sync::CancellationToken;

use super::{Answer, Question, REQUEST_BYTES_MAX};
use crate::command::{Call, Failure, Request};
use crate::config::Config;

/// How long a command may take none of its answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// What commands act on.
pub(super) struct Subject {
    pub(super) engine: Arc<Engine>,
    pub(super) config: Arc<Config>,
}

/// What came next on the wire.
enum Heard {
    Line(Vec<u8>),
    TooLong,
    End,
}

/// Answers requests until the command has no more, or the server stops. A request that was begun is ended.
pub(super) async fn converse(stream: UnixStream, subject: &Arc<Subject>, shutdown: &CancellationToken) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    while let Some(heard) = shutdown.run_until_cancelled(hear(&mut read)).await {
        let (answer, goes_on) = match heard {
            Heard::End => return,
            Heard::TooLong => (Err(Failure::invalid("The request is too long.")), false),
            Heard::Line(line) => (answer(subject.clone(), line).await, true),
        };
        let sent = tokio::time::timeout(WRITE_TIMEOUT, write.write_all(&spell(&answer))).await;
        if !goes_on || !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

async fn hear(read: &mut BufReader<OwnedReadHalf>) -> Heard {
    let mut line = Vec::new();
    let limit = REQUEST_BYTES_MAX as u64 + 1;
    match read.take(limit).read_until(b'\n', &mut line).await {
        Ok(_) if line.ends_with(b"\n") => Heard::Line(line),
        Ok(_) if line.len() > REQUEST_BYTES_MAX => Heard::TooLong,
        // A line without its end was not meant to be done.
        Ok(_) | Err(_) => Heard::End,
    }
}

/// Does what the line asks for, on a thread that may wait.
async fn answer(subject: Arc<Subject>, line: Vec<u8>) -> Answer {
    let done = tokio::task::spawn_blocking(move || {
        let question = read(&line)?;
        let call =
            Call { engine: &subject.engine, config: &subject.config, after: question.after.as_deref() };
        question.request.run(&call)
    });
    done.await.unwrap_or_else(|_| Err(Failure::internal("the command failed inside the server; see its log")))
}

/// The version is looked at first: another one may not even be readable.
fn read(line: &[u8]) -> Result<Question<Request>, Failure> {
    let unreadable = |problem: serde_json::Error| Failure::invalid(format!("not a request: {problem}"));
    let Question { version, after, request } =
        serde_json::from_slice::<Question<Value>>(line).map_err(unreadable)?;
    let ours = env!("CARGO_PKG_VERSION");
    if version != ours {
        return Err(Failure::unavailable(format!(
            "the running server is version {ours}, this command {version}; restart the server"
        )));
    }
    let request = serde_json::from_value(request).map_err(unreadable)?;
    Ok(Question { version, after, request })
}

fn spell(answer: &Answer) -> Vec<u8> {
    let mut line = serde_json::to_vec(answer).expect("an answer is JSON");
    line.push(b'\n');
    line
}
