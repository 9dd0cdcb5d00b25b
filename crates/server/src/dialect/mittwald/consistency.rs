//! `if-event-reached`: a request that would rather wait than see the world as it was before an event (contract §6).
//!
//! The numbers are those of the workspace's event log. An answer bears its number after the commit, and every node
//! reads the same database, so a number of ours has always been reached already; the wait is for what follows the log,
//! and for numbers that somebody made up.

use std::time::Duration;

use axum::http::HeaderMap;
use parlance_engine::credential::Session;
use parlance_engine::{Cx, Error, event, follower};
use tokio::time::Instant;

use super::fault::Refused;
use crate::app::App;
use crate::follow;

/// The request's header.
const HEADER: &str = "if-event-reached";

/// How long a request waits for its event.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The number of the event that must have been reached, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted(Option<i64>);

impl Wanted {
    /// As the headers say; what is no number of an event is no wish.
    pub(super) fn by(headers: &HeaderMap) -> Wanted {
        let text = headers.get(HEADER).and_then(|header| header.to_str().ok());
        let plain = text.map(str::trim).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        Wanted(plain.and_then(|text| text.parse().ok()))
    }

    /// Waits until the event log of the session's workspace has come so far.
    ///
    /// # Errors
    /// [`Refused::NotReached`] when it does not come so far in time.
    pub(super) async fn wait_for_log(self, app: &App, session: &Session) -> Result<(), Refused> {
        match self.0 {
            Some(number) if number > session.event_number => {
                let came = came(app, session, number, event::newest).await?;
                if came { Ok(()) } else { Err(Refused::NotReached) }
            }
            _ => Ok(()),
        }
    }

    /// Waits until the search index has come so far, but no longer than a moment; the number, for the search to look
    /// no further back than that.
    pub(super) async fn wait_for_index(self, app: &App, session: &Session) -> i64 {
        let Some(number) = self.0 else { return 0 };
        follow::indexed(app, session.caller.workspace, number).await;
        number
    }

    /// Waits until the follower `name` of the log, such as the index of searches, has come so far, for whoever reads
    /// what it writes. One that is far behind is not waited for longer than for the log, and then read as it is: the
    /// number was ours.
    #[expect(dead_code, reason = "searches and notifications wait so")]
    pub(super) async fn wait_for_follower(
        self,
        app: &App,
        session: &Session,
        name: &'static str,
    ) -> Result<(), Error> {
        let Some(number) = self.0 else { return Ok(()) };
        let reached = move |cx: &mut Cx<'_>| Ok(follower::position(cx, name)?.reached);
        came(app, session, number, reached).await.map(drop)
    }
}

/// Whether what `reached` tells comes to `number` in time.
async fn came<F>(app: &App, session: &Session, number: i64, reached: F) -> Result<bool, Error>
where
    F: Fn(&mut Cx<'_>) -> Result<i64, Error> + Copy + Send + 'static,
{
    let deadline = Instant::now() + PATIENCE;
    while app.engine.read(session.caller.into(), reached).await? < number {
        if Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn wanted(text: &[u8]) -> Option<i64> {
        let value = HeaderValue::from_bytes(text).unwrap();
        Wanted::by(&HeaderMap::from_iter([(HEADER.parse().unwrap(), value)])).0
    }

    #[test]
    fn a_number_is_waited_for_and_anything_else_is_not() {
        assert_eq!(wanted(b"17"), Some(17));
        assert_eq!(wanted(b" 276638689419853824 "), Some(276_638_689_419_853_824));
        for garbage in [&b""[..], b"-1", b"+1", b"1.5", b"\"17\"", b"99999999999999999999", b"\xff", b"null"]
        {
            assert_eq!(wanted(garbage), None, "{garbage:?}");
        }
    }
}
