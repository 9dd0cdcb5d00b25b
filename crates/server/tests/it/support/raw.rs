//! HTTP as bytes on a socket, for what no client would send.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl RawAnswer {
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Sends these bytes, which end a connection, and reads until the other side has said everything.
pub fn exchange(address: &str, bytes: &[u8]) -> Option<RawAnswer> {
    read(begin(address, bytes))
}

/// Sends these bytes, after which something is missing, and says that no more will come. `None` when the other side
/// said nothing: to whoever has stopped talking it need not.
pub fn exchange_half(address: &str, bytes: &[u8]) -> Option<RawAnswer> {
    let stream = begin(address, bytes);
    // The other side may have heard enough already.
    let _ = stream.shutdown(Shutdown::Write);
    read(stream)
}

fn read(mut stream: TcpStream) -> Option<RawAnswer> {
    let mut answer = Vec::new();
    // A connection that is reset after the answer has still answered.
    let _ = stream.read_to_end(&mut answer);
    parse(&answer)
}

/// Sends these bytes and hangs up.
pub fn hang_up_after(address: &str, bytes: &[u8]) {
    drop(begin(address, bytes));
}

fn begin(address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_nodelay(true).expect("an option");
    // It may refuse by the head alone and close; then what it said is still to be read.
    let _ = stream.write_all(bytes);
    stream
}

fn parse(answer: &[u8]) -> Option<RawAnswer> {
    // 100 Continue is no answer.
    let answer = answer.strip_prefix(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(answer);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let body = &answer[end + 4..];
    let body = &body[..body.len().min(length.unwrap_or(body.len()))];
    Some(RawAnswer { status, head, body: body.to_vec() })
}
