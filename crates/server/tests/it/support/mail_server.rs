//! A mail server that takes what it is sent, or does not, as a test wants it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Listens until it is dropped.
pub struct MailServer {
    address: SocketAddr,
    desk: Arc<Desk>,
}

/// An e-mail as it came.
#[derive(Clone)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
}

/// What it does with the next e-mails.
#[derive(Clone, Default)]
pub enum Manner {
    #[default]
    Take,
    /// Answers a command (`MAIL`, `RCPT`, `DATA`; `.` is the end of an e-mail) with this line.
    Refuse(&'static str, &'static str),
    /// Hangs up at this command.
    HangUp(&'static str),
    /// Takes the e-mail and never says so.
    Silent,
    /// Takes it after this while.
    Slow(Duration),
}

#[derive(Default)]
struct Desk {
    letters: Mutex<Vec<Letter>>,
    manner: Mutex<Manner>,
    tries: AtomicUsize,
    closed: AtomicBool,
}

impl MailServer {
    pub fn open() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, desk) = (listener.local_addr().expect("an address"), Arc::<Desk>::default());
        let served = desk.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.closed.load(Ordering::SeqCst) {
                    break;
                }
                let served = served.clone();
                // A client that hangs up ends its conversation, and nothing else.
                std::thread::spawn(move || drop(served.talk(&stream)));
            }
        });
        MailServer { address, desk }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it does from now on.
    pub fn behave(&self, manner: Manner) {
        *self.desk.manner.lock().unwrap() = manner;
    }

    /// What it took so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.desk.letters.lock().unwrap().clone()
    }

    /// How often somebody began to send an e-mail.
    pub fn tries(&self) -> usize {
        self.desk.tries.load(Ordering::SeqCst)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.desk.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Desk {
    fn talk(&self, stream: &TcpStream) -> std::io::Result<()> {
        let (mut input, mut output) = (BufReader::new(stream), stream);
        let mut say = move |line: &str| write!(output, "{line}\r\n");
        say("220 sink.test ESMTP")?;
        let mut letter = Letter { from: String::new(), to: Vec::new(), bytes: Vec::new() };
        loop {
            let mut line = String::new();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match self.manner() {
                Manner::HangUp(at) if at == verb => return Ok(()),
                Manner::Refuse(at, answer) if at == verb => say(answer)?,
                _ => match verb.as_str() {
                    "EHLO" => say("250-sink.test\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
                    "MAIL" => {
                        self.tries.fetch_add(1, Ordering::SeqCst);
                        letter = Letter { from: address(line), to: Vec::new(), bytes: Vec::new() };
                        say("250 ok")?;
                    }
                    "RCPT" => {
                        letter.to.push(address(line));
                        say("250 ok")?;
                    }
                    "DATA" => {
                        say("354 go on")?;
                        letter.bytes = data(&mut input)?;
                        self.end(&letter, &mut say)?;
                    }
                    "QUIT" => return say("221 bye"),
                    _ => say("250 ok")?,
                },
            }
        }
    }

    fn end(&self, letter: &Letter, say: &mut impl FnMut(&str) -> std::io::Result<()>) -> std::io::Result<()> {
        let take = || self.letters.lock().unwrap().push(letter.clone());
        match self.manner() {
            Manner::Refuse(".", answer) => return say(answer),
            Manner::HangUp(".") => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            Manner::Silent => {
                take();
                std::thread::sleep(Duration::from_secs(600));
                return Ok(());
            }
            Manner::Slow(pause) => std::thread::sleep(pause),
            _ => {}
        }
        take();
        say("250 taken")
    }

    fn manner(&self) -> Manner {
        self.manner.lock().unwrap().clone()
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// An e-mail up to the dot that ends it; a dot that was doubled for its sake is one again.
fn data(input: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
