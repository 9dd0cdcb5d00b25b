//! One session: connected, bound, and alive for as long as both sides answer.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parlance_engine::carrier::AGAIN_SECONDS;
use rusmpp::pdus::BindTransceiver;
use rusmpp::types::COctetString;
use rusmpp::values::InterfaceVersion;
use rusmpp::{CommandStatus, Pdu};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::connect::connect;
use super::link::{self, Link, Unanswered};
use super::listen::Listener;
use super::{Settings, Smpp};

/// How long we wait for the other side to agree that it is over.
const UNBIND_TIMEOUT: Duration = Duration::from_secs(1);

/// Between two looks whether there is something to prove.
const PROVE_EVERY: Duration = Duration::from_secs(1);

/// A session of a wire, from its connection to its end.
pub(super) struct Session<'a> {
    wire: &'a Smpp,
    link: Arc<Link>,
    out: mpsc::Receiver<Bytes>,
    listener: Arc<Listener>,
}

impl Session<'_> {
    pub(super) fn new(wire: &Smpp) -> Session<'_> {
        let (link, out) = Link::new();
        let link = Arc::new(link);
        let listener = Arc::new(Listener::new(wire.desk.clone(), link.clone()));
        Session { wire, link, out, listener }
    }

    /// How it is spoken over.
    pub(super) fn link(&self) -> Arc<Link> {
        self.link.clone()
    }

    /// Runs it to its end, and says in a sentence what that was.
    pub(super) async fn run(self, shutdown: &CancellationToken) -> String {
        let (ear, mouth) = tokio::select! {
            () = shutdown.cancelled() => return "The server stops.".to_owned(),
            connected = connect(&self.wire.settings) => match connected {
                Ok(halves) => halves,
                Err(problem) => return problem,
            },
        };
        let mut speaking = pin!(speak(self.wire, &self.link, &self.listener, shutdown));
        let end = tokio::select! {
            written = link::write(mouth, self.out) => match written {
                Ok(()) => "The session was ended.".to_owned(),
                Err(problem) => format!("The connection broke: {problem}."),
            },
            end = self.listener.listen(ear) => end,
            end = &mut speaking => {
                self.link.end();
                return end;
            }
        };
        self.link.end();
        if shutdown.is_cancelled() {
            // The answer to our last word is often heard together with the end: what it proves is still noted.
            return speaking.await;
        }
        end
    }
}

/// Binds, and asks from then on now and then whether the other side is still there.
async fn speak(wire: &Smpp, link: &Arc<Link>, listener: &Listener, shutdown: &CancellationToken) -> String {
    if let Err(problem) = bind(&wire.settings, link).await {
        return problem;
    }
    link.bound();
    wire.desk.stands("up", "").await;
    wire.set_link(Some(link.clone()));
    let ended = tokio::select! {
        () = shutdown.cancelled() => "The server stops.",
        end = prove(wire, link, listener) => end,
    };
    wire.set_link(None);
    unbind(link, listener).await;
    ended.to_owned()
}

/// Says that it is over. If that is answered, what was said before was read as well; it is over either way.
async fn unbind(link: &Link, listener: &Listener) {
    let unproven = listener.unproven();
    if let Ok(Ok(_)) = timeout(UNBIND_TIMEOUT, link.ask(Pdu::Unbind)).await {
        listener.proven(unproven).await;
    }
}

async fn bind(settings: &Settings, link: &Link) -> Result<(), String> {
    let unfit = |_| "The credentials do not fit into SMPP.".to_owned();
    let request = BindTransceiver::builder()
        .system_id(COctetString::from_string(settings.system_id.clone()).map_err(unfit)?)
        .password(COctetString::from_string(settings.password.clone()).map_err(unfit)?)
        .system_type(COctetString::from_string(settings.system_type.clone()).map_err(unfit)?)
        .interface_version(InterfaceVersion::Smpp3_4)
        .build();
    let reply = link.ask_soon(request).await.map_err(|Unanswered| "Nobody answers the bind.".to_owned())?;
    match reply.status {
        CommandStatus::EsmeRok => Ok(()),
        status => Err(format!("The bind was refused: {status:?} ({:#010x}).", u32::from(status))),
    }
}

/// Until an enquiry is not answered, or a message for too long: why it ends, in a sentence. An enquiry is made after some
/// silence, and soon after texts were answered: its answer shows that the other side has read what we had said before, so
/// that the texts will not come again. What earlier sessions could not prove so is settled by time.
async fn prove(wire: &Smpp, link: &Link, listener: &Listener) -> &'static str {
    let (mut tick, mut asked) = (interval(PROVE_EVERY), Instant::now());
    let mut doubtful_until = Some(wire.desk.now().plus_seconds(AGAIN_SECONDS));
    loop {
        tick.tick().await;
        // Only in another session may it be submitted again.
        if link.longest_wait() > wire.settings.answer {
            return "The service centre did not answer a message in time.";
        }
        if doubtful_until.is_some_and(|until| until <= wire.desk.now()) && listener.settled().await {
            doubtful_until = None;
        }
        let unproven = listener.unproven();
        if unproven == 0 && asked.elapsed() < wire.settings.enquire {
            continue;
        }
        asked = Instant::now();
        if link.ask_soon(Pdu::EnquireLink).await.is_err() {
            return "The service centre does not answer.";
        }
        listener.proven(unproven).await;
    }
}
