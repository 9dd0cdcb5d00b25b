//! Reading bodies: none is endless, none takes for ever.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::fault::Fault;
use super::limit::Limits;

/// The whole of `body`, if it is no longer than `bytes_max`.
///
/// # Errors
/// [`Fault::LargeBody`], [`Fault::LateRequest`] when it did not arrive in time, [`Fault::BadRequest`] when it broke
/// off or its framing is wrong.
pub async fn whole(body: Body, bytes_max: usize) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(Fault::LargeBody);
    }
    let collected = Limited::new(body, bytes_max).collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| fault(&*error))
}

/// The fault behind an error met while reading a body, whoever wrapped it: for handlers that read a body in pieces.
pub fn fault(error: &(dyn Error + 'static)) -> Fault {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(Interrupted(fault)) = error.downcast_ref() {
            return *fault;
        }
        if error.is::<LengthLimitError>() {
            return Fault::LargeBody;
        }
        next = error.source();
    }
    Fault::BadRequest
}

/// Why a body ended before its end.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message())]
struct Interrupted(Fault);

/// Whether a body is still on its way.
#[derive(Clone, Default)]
pub(super) struct Arrival(Arc<AtomicBool>);

impl Arrival {
    pub(super) fn is_over(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that ends with an error when it is too large or too slow.
pub(super) struct Watched {
    body: Body,
    bytes_left: usize,
    stall_timeout: Duration,
    deadline: Instant,
    /// Runs while we wait for more.
    alarm: Option<Pin<Box<Sleep>>>,
    arrival: Arrival,
}

impl Watched {
    pub(super) fn new(body: Body, limits: &Limits) -> Self {
        Self {
            body,
            bytes_left: limits.upload_bytes_max,
            stall_timeout: limits.body_stall_timeout,
            deadline: Instant::now() + limits.body_timeout,
            alarm: None,
            arrival: Arrival::default(),
        }
    }

    pub(super) fn arrival(&self) -> Arrival {
        self.arrival.clone()
    }

    /// Waits for more, but not for ever.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let until = self.deadline.min(Instant::now() + self.stall_timeout);
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        alarm.as_mut().poll(cx).map(|()| Some(Err(self.interrupt(Fault::LateRequest))))
    }

    fn interrupt(&mut self, fault: Fault) -> axum::Error {
        self.arrival.0.store(true, Ordering::Relaxed);
        axum::Error::new(Interrupted(fault))
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // What says that it is too large is not begun. Its handler hears of it, because it may have words of its own.
        if self.body.size_hint().lower() > self.bytes_left as u64 {
            return Poll::Ready(Some(Err(axum::Error::new(Interrupted(Fault::LargeBody)))));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else { return self.wait(cx) };
        self.alarm = None;
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, Bytes::len);
            let Some(left) = self.bytes_left.checked_sub(length) else {
                return Poll::Ready(Some(Err(axum::Error::new(Interrupted(Fault::LargeBody)))));
            };
            self.bytes_left = left;
        }
        if !matches!(frame, Some(Ok(_))) || self.body.is_end_stream() {
            self.arrival.0.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
