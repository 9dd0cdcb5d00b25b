//! A short message service centre, as far as measuring takes one: it answers a bind, hands over texts with so many
//! under way at once, and counts them when they are answered. It shares the machine with the server that it measures,
//! so units are written by hand, as the requests of the load generator are (SMPP 3.4 §4).

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::seed::database::Result;

const BIND_TRANSCEIVER: u32 = 0x09;
const DELIVER_SM: u32 = 0x05;
const ENQUIRE_LINK: u32 = 0x15;
/// The bit that makes an answer of a command.
const ANSWER: u32 = 0x8000_0000;
/// Length, command, status and sequence number.
const HEAD_BYTES: usize = 16;
/// How long the server may take to connect, or to answer anything at all.
const PATIENCE: Duration = Duration::from_secs(60);
/// Handsets that write.
const SENDERS: u32 = 2_000;

/// What was measured.
pub(crate) struct Delivered {
    /// From the first text to the answer of the last.
    pub(crate) took: Duration,
    /// From handing a text over until it was answered, in microseconds.
    pub(crate) latencies_us: Histogram<u64>,
}

/// Waits for somebody to bind.
pub(crate) struct Smsc(TcpListener);

impl Smsc {
    /// Listens on a free port of this machine alone.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self(TcpListener::bind("127.0.0.1:0")?))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        Ok(self.0.local_addr()?)
    }

    /// Hands `count` texts to whoever binds, `in_flight` at a time; fails when one is refused.
    pub(crate) fn deliver(&self, to: &str, count: u32, in_flight: u32) -> Result<Delivered> {
        let mut session = Session { stream: self.accept()?, read: Vec::new() };
        session.wait_for_bind()?;
        let (mut sent, mut answered) = (0, 0);
        let mut under_way = HashMap::new();
        let mut latencies_us = Histogram::new_with_max(60_000_000, 3)?;
        let begun = Instant::now();
        while answered < count {
            while sent < count && sent - answered < in_flight {
                sent += 1;
                under_way.insert(sent, Instant::now());
                session.write(DELIVER_SM, sent, &text(to, sent))?;
            }
            let (command, status, sequence) = session.unit()?;
            match command {
                ENQUIRE_LINK => session.write(ENQUIRE_LINK | ANSWER, sequence, &[])?,
                _ if command == DELIVER_SM | ANSWER && status == 0 => {
                    answered += 1;
                    let at = under_way.remove(&sequence).ok_or("a text was answered that was not sent")?;
                    latencies_us.record(u64::try_from(at.elapsed().as_micros())?)?;
                }
                _ => return Err(format!("the server said {command:#x} with status {status}").into()),
            }
        }
        Ok(Delivered { took: begun.elapsed(), latencies_us })
    }

    fn accept(&self) -> Result<TcpStream> {
        self.0.set_nonblocking(true)?;
        let begun = Instant::now();
        loop {
            match self.0.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    stream.set_nodelay(true)?;
                    stream.set_read_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock && begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(e) => return Err(format!("the server did not bind: {e}").into()),
            }
        }
    }
}

struct Session {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Session {
    fn wait_for_bind(&mut self) -> Result<()> {
        match self.unit()? {
            (BIND_TRANSCEIVER, _, sequence) => self.write(BIND_TRANSCEIVER | ANSWER, sequence, b"bench\0"),
            (command, ..) => Err(format!("the server begins with {command:#x} and not with a bind").into()),
        }
    }

    /// The command, the status and the sequence number of the next unit.
    fn unit(&mut self) -> Result<(u32, u32, u32)> {
        loop {
            if let Some(length) = self.read.first_chunk().map(|length| u32::from_be_bytes(*length) as usize)
                && self.read.len() >= length.max(HEAD_BYTES)
            {
                let field = |at: usize| self.read[at..at + 4].try_into().map(u32::from_be_bytes);
                let unit = (field(4)?, field(8)?, field(12)?);
                self.read.drain(..length);
                return Ok(unit);
            }
            let mut some = [0; 16 * 1024];
            match self.stream.read(&mut some)? {
                0 => return Err("the server hung up".into()),
                count => self.read.extend_from_slice(&some[..count]),
            }
        }
    }

    fn write(&mut self, command: u32, sequence: u32, body: &[u8]) -> Result<()> {
        let length = u32::try_from(HEAD_BYTES + body.len())?;
        let mut unit = Vec::with_capacity(length as usize);
        for field in [length, command, 0, sequence] {
            unit.extend_from_slice(&field.to_be_bytes());
        }
        unit.extend_from_slice(body);
        Ok(self.stream.write_all(&unit)?)
    }
}

/// The body of a `deliver_sm`: from an international number, of data coding 0.
fn text(to: &str, number: u32) -> Vec<u8> {
    let text = format!("Text number {number}: when will the parcel arrive?");
    let sender = 33_700_000_000_u64 + u64::from(number % SENDERS);
    let mut body = format!("\0\u{1}\u{1}{sender}\0\0\u{1}{to}\0").into_bytes();
    // esm_class, protocol, priority, two empty times, receipt, replace, coding, default message.
    body.extend_from_slice(&[0; 9]);
    body.push(u8::try_from(text.len()).expect("it is short"));
    body.extend_from_slice(text.as_bytes());
    body
}
