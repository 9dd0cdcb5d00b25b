//! A connection to a service centre: what is written to it, and which answer belongs to which request.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::pdu;

/// How long an answer may take before the other end counts as dead.
const PATIENCE: Duration = Duration::from_secs(10);

/// Units that may wait to be written.
const WAITING_MAX: usize = 1_024;

/// Numbers go round before they become negative in the eyes of some (SMPP 3.4 §3.2).
const SEQUENCE_MASK: u32 = 0x7fff_ffff;

/// How to speak over a connection; it is read elsewhere.
pub(super) struct Link {
    out: mpsc::Sender<Bytes>,
    waiting: Mutex<HashMap<u32, oneshot::Sender<Reply>>>,
    last: AtomicU32,
}

/// What was answered to a request of ours.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: CommandStatus,
    pub(super) pdu: Option<Pdu>,
}

/// There was no answer in time, or the connection ended before it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unanswered;

impl Link {
    /// A link, and what is to be written: see [`write()`].
    pub(super) fn new() -> (Link, mpsc::Receiver<Bytes>) {
        let (out, frames) = mpsc::channel(WAITING_MAX);
        (Link { out, waiting: Mutex::default(), last: AtomicU32::new(0) }, frames)
    }

    /// Asks for something and waits for the answer.
    pub(super) async fn ask(&self, pdu: impl Into<Pdu>) -> Result<Reply, Unanswered> {
        let sequence = self.next();
        let (answer, answered) = oneshot::channel();
        self.waiting().insert(sequence, answer);
        let asked = async {
            self.tell(Command::new(CommandStatus::EsmeRok, sequence, pdu)).await;
            answered.await
        };
        let reply = timeout(PATIENCE, asked).await;
        self.waiting().remove(&sequence);
        reply.map_err(|_| Unanswered)?.map_err(|_| Unanswered)
    }

    /// Says something that has no answer. Into a connection that has ended it is said in vain.
    pub(super) async fn tell(&self, command: Command) {
        let _ = self.out.send(pdu::spell(&command)).await;
    }

    /// A place among what is to be written, so that something can be said without waiting. `None` when the connection has
    /// ended.
    pub(super) async fn place(&self) -> Option<mpsc::Permit<'_, Bytes>> {
        self.out.reserve().await.ok()
    }

    /// Hands an answer to whoever waits for it; false when nobody does.
    pub(super) fn hear(&self, sequence: u32, reply: Reply) -> bool {
        let waiting = self.waiting().remove(&sequence);
        waiting.is_some_and(|waiting| waiting.send(reply).is_ok())
    }

    /// Nobody gets an answer any more.
    pub(super) fn end(&self) {
        self.waiting().clear();
    }

    fn next(&self) -> u32 {
        // Zero is no number; 2³¹ requests after it the number after the largest is again 1.
        (self.last.fetch_add(1, Ordering::Relaxed) & SEQUENCE_MASK).saturating_add(1).min(SEQUENCE_MASK)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<u32, oneshot::Sender<Reply>>> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Writes until nothing more is to be said or the connection is broken: many units at a time when they come fast.
pub(super) async fn write(
    mut socket: impl AsyncWrite + Unpin,
    mut frames: mpsc::Receiver<Bytes>,
) -> std::io::Result<()> {
    let mut some = Vec::new();
    while frames.recv_many(&mut some, WAITING_MAX).await > 0 {
        socket.write_all(&some.concat()).await?;
        // TLS keeps back what the connection had no room for.
        socket.flush().await?;
        some.clear();
    }
    Ok(())
}
