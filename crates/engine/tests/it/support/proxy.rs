//! Stands between the engine and PostgreSQL, and does on demand what networks and servers do now and then.

use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What goes wrong with the next thing of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The connection dies before a COMMIT reaches the server.
    LoseCommit,
    /// The server commits, and the connection dies before the answer comes back.
    LoseAnswerToCommit,
    /// The same, and the server is away from then on, until [`Proxy::restore`].
    LoseAnswerAndServer,
    /// The connection dies; its COMMIT reaches the server when [`Proxy::deliver`] says so.
    DelayCommit,
    /// A COMMIT is answered with an error of this SQLSTATE and does not happen.
    RefuseCommit(&'static str),
    /// A statement is answered with an error of this SQLSTATE and does not happen.
    RefuseStatement(&'static str),
}

/// Lives until it is dropped; its connections end with those who hold them.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    server: String,
    fault: Mutex<Option<Fault>>,
    reachable: AtomicBool,
    turned_away: AtomicUsize,
    /// Both ends of every connection, to cut them.
    ends: Mutex<Vec<TcpStream>>,
    delayed: Mutex<Option<(TcpStream, Vec<u8>)>>,
}

impl Proxy {
    /// In front of `server` (`host:port`).
    pub fn start(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State {
            server,
            fault: Mutex::default(),
            reachable: AtomicBool::new(true),
            turned_away: AtomicUsize::new(0),
            ends: Mutex::default(),
            delayed: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Whoever is not let in is hung up on, as by a server that is going down.
                if shared.reachable.load(Ordering::SeqCst) {
                    let _ = connect(&shared, client);
                } else {
                    shared.turned_away.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        Proxy { port, state }
    }

    /// The next thing of this kind goes wrong, once.
    pub fn arm(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = Some(fault);
    }

    /// Whether what was armed has happened.
    pub fn struck(&self) -> bool {
        self.state.fault.lock().unwrap().is_none()
    }

    /// Cuts every connection and lets nobody in until [`Proxy::restore`].
    pub fn cut(&self) {
        self.state.reachable.store(false, Ordering::SeqCst);
        for end in self.state.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// How many were not let in.
    pub fn turned_away(&self) -> usize {
        self.state.turned_away.load(Ordering::SeqCst)
    }

    pub fn restore(&self) {
        self.state.reachable.store(true, Ordering::SeqCst);
    }

    /// Hands the delayed COMMIT to the server.
    pub fn deliver(&self) {
        let delayed = self.state.delayed.lock().unwrap().take();
        let (mut server, commit) = delayed.expect("a commit was delayed");
        server.write_all(&commit).expect("the server still listens");
    }
}

fn connect(state: &Arc<State>, client: TcpStream) -> Result<()> {
    let server = TcpStream::connect(&state.server)?;
    let (client_too, server_too) = (client.try_clone()?, server.try_clone()?);
    state.ends.lock().unwrap().extend([client.try_clone()?, server.try_clone()?]);
    let deaf = Arc::new(AtomicBool::new(false));
    let (state, deaf_too) = (Arc::clone(state), Arc::clone(&deaf));
    std::thread::spawn(move || forward(&state, client, server, &deaf));
    std::thread::spawn(move || answer(server_too, client_too, &deaf_too));
    Ok(())
}

/// From the engine to the server, message by message.
fn forward(state: &State, mut client: TcpStream, mut server: TcpStream, deaf: &AtomicBool) {
    let mut refused = None;
    let mut greeted = false;
    while let Ok(message) = read_message(&mut client, greeted) {
        greeted = true;
        if let Some(sqlstate) = refused {
            // A statement is several messages; the last of them asks for the answer.
            if message[0] == b'S' {
                let _ = client.write_all(&error(sqlstate));
                refused = None;
            }
            continue;
        }
        match state.fault_for(&message) {
            None => {}
            Some(Fault::LoseCommit) => break,
            Some(Fault::LoseAnswerToCommit) => deaf.store(true, Ordering::SeqCst),
            Some(Fault::LoseAnswerAndServer) => {
                state.reachable.store(false, Ordering::SeqCst);
                deaf.store(true, Ordering::SeqCst);
            }
            Some(Fault::DelayCommit) => {
                let _ = client.shutdown(Shutdown::Both);
                *state.delayed.lock().unwrap() = Some((server, message));
                return;
            }
            Some(Fault::RefuseCommit(sqlstate)) => {
                let _ = client.write_all(&error(sqlstate));
                continue;
            }
            Some(Fault::RefuseStatement(sqlstate)) => {
                refused = Some(sqlstate);
                continue;
            }
        }
        if server.write_all(&message).is_err() {
            break;
        }
    }
    if !deaf.load(Ordering::SeqCst) {
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }
}

impl State {
    /// What was armed, if it is meant for this message.
    fn fault_for(&self, message: &[u8]) -> Option<Fault> {
        let commits = message[0] == b'Q' && message.windows(11).any(|w| w == b"commit_mark");
        let states = matches!(message[0], b'P' | b'B');
        let mut fault = self.fault.lock().unwrap();
        match *fault {
            Some(Fault::RefuseStatement(_)) if states => fault.take(),
            Some(Fault::RefuseStatement(_)) => None,
            _ if commits => fault.take(),
            _ => None,
        }
    }
}

/// From the server to the engine. A deaf connection ends as soon as the server has answered.
fn answer(mut server: TcpStream, mut client: TcpStream, deaf: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    let mut heard: Vec<u8> = Vec::new();
    while let Ok(n @ 1..) = server.read(&mut buffer) {
        if deaf.load(Ordering::SeqCst) {
            heard.extend(&buffer[..n]);
            // "Ready for query", the end of every answer.
            if heard.windows(5).any(|w| w == [b'Z', 0, 0, 0, 5]) {
                break;
            }
        } else if client.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

/// One message of the protocol, whole. The very first has no letter in front.
fn read_message(from: &mut TcpStream, has_letter: bool) -> Result<Vec<u8>> {
    let mut message = vec![0; if has_letter { 5 } else { 4 }];
    from.read_exact(&mut message)?;
    let head = message.len();
    let length = u32::from_be_bytes(message[head - 4..].try_into().expect("four bytes")) as usize;
    message.resize(head - 4 + length, 0);
    from.read_exact(&mut message[head..])?;
    Ok(message)
}

/// An error, and that the server is ready to roll back.
fn error(sqlstate: &str) -> Vec<u8> {
    let fields = format!("SERROR\0VERROR\0C{sqlstate}\0Mrefused by the test's proxy\0\0");
    let mut answer = vec![b'E'];
    answer.extend((fields.len() as u32 + 4).to_be_bytes());
    answer.extend(fields.as_bytes());
    answer.extend([b'Z', 0, 0, 0, 5, b'E']);
    answer
}
