//! A server that publishes a set of keys, as a marketplace's own backend does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Answers every request with what it was last told to say; gone when it is dropped.
pub struct KeyServer {
    address: SocketAddr,
    said: Arc<Said>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Said {
    answer: Mutex<Vec<u8>>,
    asked: AtomicUsize,
    stopped: AtomicBool,
}

impl KeyServer {
    pub fn start() -> KeyServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let said = Arc::new(Said::default());
        let served = said.clone();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.stopped.load(Ordering::SeqCst) {
                    break;
                }
                served.asked.fetch_add(1, Ordering::SeqCst);
                answer(stream, &served.answer.lock().unwrap());
            }
        });
        KeyServer { address, said, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/keys.json", self.address)
    }

    /// What a 200 with this body says from now on.
    pub fn say(&self, body: &[u8]) {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        self.say_raw([head.as_bytes(), body].concat());
    }

    /// The whole answer, head and all.
    pub fn say_raw(&self, answer: Vec<u8>) {
        *self.said.answer.lock().unwrap() = answer;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.said.asked.load(Ordering::SeqCst)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.said.stopped.store(true, Ordering::SeqCst);
        // The thread waits for a connection; this is its last one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, answer: &[u8]) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    // Who asked may not want to hear all of it.
    let _ = stream.write_all(answer);
}
