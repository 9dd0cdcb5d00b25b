//! What one connection is doing, seen from its socket: how long it has been silent, half-way through a head, or
//! unwilling to take an answer.
//!
//! The HTTP library's own timer for heads also ends idle connections, costs a timer per request, and closes without a
//! word; and what it says itself about bytes that are not HTTP has no body. So the socket is wrapped: reads, writes
//! and flushes are noted here, the library's own words are held back, and the connection's task says them in our shape.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::fault::Fault;
use super::limit::Limits;

/// The state of a connection, shared by its socket, its requests and its task.
#[derive(Clone)]
pub(super) struct Link(Arc<Mutex<State>>);

struct State {
    /// Requests that have been read and whose answers are not all handed over.
    open: u32,
    /// There has been a request.
    begun: bool,
    /// Every answer has left for the kernel.
    flushed: bool,
    /// The other side has ended its half.
    ended: bool,
    http2: bool,
    /// The last answer left, or the connection began.
    quiet_since: Instant,
    /// The first byte of a head came.
    head_since: Option<Instant>,
    /// The other side takes nothing.
    stuck_since: Option<Instant>,
    /// What the library wanted to say on its own.
    refusal: Option<Fault>,
}

/// Why a connection is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It has work to do: look again at this time.
    Until(Instant),
    /// A head does not come to its end.
    HalfHead,
    /// Nothing is being asked, or no answer is being taken.
    Idle,
}

/// Keeps a request counted as open until its answer's body is dropped.
pub(super) struct Open(Link);

impl Link {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            open: 0,
            begun: false,
            flushed: true,
            ended: false,
            http2: false,
            quiet_since: Instant::now(),
            head_since: None,
            stuck_since: None,
            refusal: None,
        })))
    }

    /// A request has been read.
    pub(super) fn open(&self) -> Open {
        let mut state = self.state();
        state.open += 1;
        state.begun = true;
        state.flushed = false;
        state.head_since = None;
        Open(self.clone())
    }

    /// `bytes` came from the other side; none is its end.
    pub(super) fn heard(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.ended |= bytes.is_empty();
        state.http2 |= !state.begun && bytes.starts_with(b"PRI ");
        if state.open == 0 && state.head_since.is_none() && !state.http2 {
            state.head_since = Some(Instant::now());
        }
    }

    /// Whether `bytes`, about to be written, are the library's own words, which are then kept instead of written.
    /// They are when every answer has left already.
    pub(super) fn holds_back(&self, bytes: &[u8]) -> bool {
        let mut state = self.state();
        let Some(status) = bytes.strip_prefix(b"HTTP/1.1 ").filter(|_| state.open == 0 && state.flushed)
        else {
            return false;
        };
        state.refusal = Some(match status.get(..3) {
            Some(b"414") => Fault::LongUri,
            Some(b"431") => Fault::LargeHead,
            _ => Fault::BadRequest,
        });
        true
    }

    /// The kernel took something, or (`false`) has no room because the other side does not read.
    pub(super) fn wrote(&self, something: bool) {
        let mut state = self.state();
        state.stuck_since = if something { None } else { state.stuck_since.or_else(|| Some(Instant::now())) };
    }

    /// Everything written so far has left.
    pub(super) fn flushed(&self) {
        let mut state = self.state();
        if state.open == 0 && !state.flushed {
            state.flushed = true;
            state.quiet_since = Instant::now();
        }
    }

    /// How much longer to bear with the other side.
    pub(super) fn patience(&self, limits: &Limits) -> Patience {
        let state = self.state();
        let (since, limit, verdict) = match (state.stuck_since, state.head_since) {
            (Some(stuck), _) => (stuck, limits.request_timeout, Patience::Idle),
            (None, _) if state.open > 0 => return Patience::Until(Instant::now() + limits.head_timeout),
            (None, Some(head)) => (head, limits.head_timeout, Patience::HalfHead),
            (None, None) if state.begun => (state.quiet_since, limits.keep_alive_timeout, Patience::Idle),
            (None, None) => (state.quiet_since, limits.head_timeout, Patience::Idle),
        };
        let due = since + limit;
        if due > Instant::now() { Patience::Until(due) } else { verdict }
    }

    /// There has been a request on this connection.
    pub(super) fn has_begun(&self) -> bool {
        self.state().begun
    }

    /// The other side has said all that it will say.
    pub(super) fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// What the library wanted to say on its own.
    pub(super) fn refusal(&self) -> Option<Fault> {
        self.state().refusal
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.state().open -= 1;
    }
}
