//! Writes that wait: queued now, answered later; and a verb that holds the writer up meanwhile.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use parlance_engine::{Cx, Engine, Principal, Result};

/// A write that was queued and is not waited for yet.
pub struct Queued<'e, T> {
    future: Pin<Box<dyn Future<Output = Result<T>> + 'e>>,
    answer: Option<Result<T>>,
}

/// Queues a write, and comes back.
pub fn queue<'e, T: Send + 'static>(
    engine: &'e Engine,
    who: impl Into<Principal>,
    verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
) -> Queued<'e, T> {
    Queued::begin(engine.write(who.into(), verb))
}

/// Queues a write that asks for the number of its last event.
pub fn queue_numbered<'e, T: Send + 'static>(
    engine: &'e Engine,
    who: impl Into<Principal>,
    verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
) -> Queued<'e, (T, i64)> {
    Queued::begin(engine.write_numbered(who.into(), verb))
}

impl<'e, T> Queued<'e, T> {
    fn begin(future: impl Future<Output = Result<T>> + 'e) -> Queued<'e, T> {
        let mut queued = Queued { future: Box::pin(future), answer: None };
        queued.look(Waker::noop());
        queued
    }

    /// Its answer, if it has one by now.
    pub fn answered(&mut self) -> Option<&Result<T>> {
        self.look(Waker::noop());
        self.answer.as_ref()
    }

    /// Waits for its answer.
    pub fn answer(mut self) -> Result<T> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            self.look(&waker);
            match self.answer {
                Some(answer) => return answer,
                None => std::thread::park(),
            }
        }
    }

    fn look(&mut self, waker: &Waker) {
        if self.answer.is_none()
            && let Poll::Ready(answer) = self.future.as_mut().poll(&mut Context::from_waker(waker))
        {
            self.answer = Some(answer);
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Holds up whoever comes to it until it is opened.
#[derive(Clone)]
pub struct Gate {
    arrivals: (Sender<()>, Receiver<()>),
    opened: (Sender<()>, Receiver<()>),
}

impl Gate {
    pub fn new() -> Gate {
        Gate { arrivals: unbounded(), opened: bounded(1_000) }
    }

    /// Inside a verb: says that it has come here, and waits.
    pub fn pass(&self) {
        self.arrivals.0.send(()).expect("the test is there");
        self.opened.1.recv().expect("the test is there");
    }

    /// Waits until somebody stands before the gate.
    pub fn until_reached(&self) {
        self.arrivals.1.recv().expect("somebody comes");
    }

    /// Lets one pass.
    pub fn open(&self) {
        self.opened.0.send(()).expect("somebody passes");
    }
}

/// Looks again and again until something is so; a minute without it is a failure.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("this never came: {what}");
}
