//! A customer's own server, which is called back: it behaves as it is told, and keeps what it heard.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// Answers every call as it was last told to; each on a thread of its own. Gone when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    behaviour: Mutex<Behaviour>,
    heard: Mutex<Vec<Heard>>,
    stopped: AtomicBool,
}

/// What it does with a call.
#[derive(Clone)]
pub enum Behaviour {
    /// Answers with this status and nothing else.
    Answer(u16),
    /// Says these bytes and hangs up.
    Say(Vec<u8>),
    /// Says nothing for as long, and hangs up.
    Silent(Duration),
}

impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour::Answer(200)
    }
}

/// A call.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The request line and the headers.
    pub head: String,
    /// The body, if it is JSON.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Heard {
    /// The path and what stands behind it.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of a header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let named = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head.lines().find(named).and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value)
    }
}

impl Behaviour {
    /// A 200 with this JSON.
    pub fn say(body: &Value) -> Behaviour {
        Behaviour::say_with(200, body)
    }

    /// This status with this JSON.
    pub fn say_with(status: u16, body: &Value) -> Behaviour {
        let body = body.to_string();
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        Behaviour::Say(format!("{head}{body}").into_bytes())
    }
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Arc::new(Kept::default());
        let serving = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let kept = serving.clone();
                std::thread::spawn(move || kept.answer(stream));
            }
        });
        Receiver { address, kept }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.kept.behaviour.lock().unwrap() = behaviour;
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.kept.heard.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kept.stopped.store(true, Ordering::SeqCst);
        // The thread waits for a connection; this is its last one.
        let _ = TcpStream::connect(self.address);
    }
}

impl Kept {
    fn answer(&self, stream: TcpStream) -> Option<()> {
        let heard = hear(&stream)?;
        let behaviour = self.behaviour.lock().unwrap().clone();
        self.heard.lock().unwrap().push(heard);
        let mut stream = stream;
        match behaviour {
            Behaviour::Answer(status) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).ok()
            }
            // Who asked may not want to hear all of it.
            Behaviour::Say(bytes) => stream.write_all(&bytes).ok(),
            Behaviour::Silent(time) => {
                std::thread::sleep(time);
                Some(())
            }
        }
    }
}

fn hear(stream: &TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let heard = Heard { head, body: Value::Null, bytes: Vec::new() };
    let mut body = vec![0; heard.header("content-length").trim().parse().unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Heard { body: serde_json::from_slice(&body).unwrap_or_default(), bytes: body, ..heard })
}
