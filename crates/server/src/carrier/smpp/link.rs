//! A connection to a service centre: what is written to it, and which answer belongs to which request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::pdu;

/// How long an answer may take that shows whether somebody is there at all. Some service centres do one thing after the
/// other, and this comes behind what they were asked before.
const PATIENCE: Duration = Duration::from_secs(30);

/// Units that may wait to be written.
const WAITING_MAX: usize = 1_024;

/// Numbers go round before they become negative in the eyes of some (SMPP 3.4 §3.2).
const SEQUENCE_MASK: u32 = 0x7fff_ffff;

/// How to speak over a connection; it is read elsewhere.
pub(super) struct Link {
    out: mpsc::Sender<Bytes>,
    /// What is not answered; nothing when the connection has ended, because then nothing will be.
    waiting: Mutex<Option<HashMap<u32, Waiting>>>,
    last: AtomicU32,
    bound_at: OnceLock<Instant>,
}

/// A request of ours that is not answered.
struct Waiting {
    since: Instant,
    answer: oneshot::Sender<Reply>,
}

/// What was answered to a request of ours.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: CommandStatus,
    pub(super) pdu: Option<Pdu>,
}

/// The connection ended before the answer came, or it did not come in time where it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unanswered;

impl Link {
    /// A link, and what is to be written: see [`write()`].
    pub(super) fn new() -> (Link, mpsc::Receiver<Bytes>) {
        let (out, frames) = mpsc::channel(WAITING_MAX);
        let waiting = Mutex::new(Some(HashMap::new()));
        (Link { out, waiting, last: AtomicU32::new(0), bound_at: OnceLock::new() }, frames)
    }

    /// The bind was taken.
    pub(super) fn bound(&self) {
        self.bound_at.get_or_init(Instant::now);
    }

    /// Since when it is bound; no time, if it never was.
    pub(super) fn bound_for(&self) -> Duration {
        self.bound_at.get().map(Instant::elapsed).unwrap_or_default()
    }

    /// Asks for something and waits for the answer as long as the connection lasts: what was asked may have been done,
    /// however long nobody says so.
    pub(super) async fn ask(&self, pdu: impl Into<Pdu>) -> Result<Reply, Unanswered> {
        let sequence = self.next();
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { since: Instant::now(), answer };
        self.waiting().as_mut().ok_or(Unanswered)?.insert(sequence, waiting);
        self.tell(Command::new(CommandStatus::EsmeRok, sequence, pdu)).await;
        answered.await.map_err(|_| Unanswered)
    }

    /// Asks for something whose answer comes soon, or nobody is there.
    pub(super) async fn ask_soon(&self, pdu: impl Into<Pdu>) -> Result<Reply, Unanswered> {
        timeout(PATIENCE, self.ask(pdu)).await.unwrap_or(Err(Unanswered))
    }

    /// How long the oldest request has waited for its answer.
    pub(super) fn longest_wait(&self) -> Duration {
        let waiting = self.waiting();
        let waits = waiting.iter().flat_map(HashMap::values).map(|waiting| waiting.since.elapsed());
        waits.max().unwrap_or_default()
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
        let waiting = self.waiting().as_mut().and_then(|waiting| waiting.remove(&sequence));
        waiting.is_some_and(|waiting| waiting.answer.send(reply).is_ok())
    }

    /// Nobody gets an answer any more, whenever they ask.
    pub(super) fn end(&self) {
        self.waiting().take();
    }

    fn next(&self) -> u32 {
        // Zero is no number; 2³¹ requests after it the number after the largest is again 1.
        (self.last.fetch_add(1, Ordering::Relaxed) & SEQUENCE_MASK).saturating_add(1).min(SEQUENCE_MASK)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<HashMap<u32, Waiting>>> {
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

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const AWHILE: Duration = Duration::from_millis(20);

    fn ok() -> Reply {
        Reply { status: CommandStatus::EsmeRok, pdu: None }
    }

    #[tokio::test]
    async fn what_waits_for_its_answer_is_known_until_it_has_it() {
        let (link, _frames) = Link::new();
        let answered = async {
            sleep(AWHILE).await;
            assert!(link.longest_wait() >= AWHILE);
            assert!(link.hear(1, ok()));
        };
        let (reply, ()) = tokio::join!(link.ask(Pdu::EnquireLink), answered);
        assert!(reply.is_ok());
        assert_eq!(link.longest_wait(), Duration::ZERO);
        assert!(!link.hear(1, ok()), "it was answered");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_connection_that_has_ended() {
        let (link, _frames) = Link::new();
        let ended = async {
            sleep(AWHILE).await;
            link.end();
        };
        let (reply, ()) = tokio::join!(link.ask(Pdu::EnquireLink), ended);
        assert_eq!(reply.err(), Some(Unanswered));
        assert_eq!(link.ask(Pdu::EnquireLink).await.err(), Some(Unanswered), "nor who asks only then");
    }
}
