//! Hears what a service centre says, has it stored, and answers only then.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use parlance_engine::Error;
use parlance_engine::carrier::Inbound;
use parlance_engine::carrier::part::{Part, Piece};
use parlance_engine::channel::Channel;
use parlance_engine::submission::Report;
use rusmpp::{CommandId, CommandStatus, Pdu};
use sha2::{Digest, Sha256};
use tokio::io::AsyncRead;
use tokio::sync::Semaphore;
use tokio_util::codec::FramedRead;

use super::alphabet;
use super::complaint::Complaints;
use super::deliver::{self, Heard, Text};
use super::link::{Link, Reply};
use super::pdu::{self, Unit, Unreadable};
use super::receipt::Receipt;
use crate::carrier::Desk;

/// Texts that are being stored at a time; while there are so many, nothing more is read.
const STORED_AT_ONCE: usize = 256;

/// Octets read at a time.
const READ_BYTES: usize = 64 * 1024;

/// The ear of one session.
pub(super) struct Listener {
    desk: Desk,
    link: Arc<Link>,
    /// Which session this is.
    name: String,
    room: Arc<Semaphore>,
    /// The keys of texts that were answered since the other side last proved what it had read.
    answered: Mutex<Vec<String>>,
    complaints: Complaints,
}

impl Listener {
    pub(super) fn new(desk: Desk, link: Arc<Link>) -> Listener {
        Listener {
            desk,
            link,
            name: format!("{:016x}", rand::random::<u64>()),
            room: Arc::new(Semaphore::new(STORED_AT_ONCE)),
            answered: Mutex::default(),
            complaints: Complaints::default(),
        }
    }

    /// Listens until there is nothing more to hear, and says in a sentence why.
    pub(super) async fn listen(self: &Arc<Self>, socket: impl AsyncRead + Unpin) -> String {
        let mut frames = FramedRead::with_capacity(socket, pdu::frames(), READ_BYTES);
        while let Some(frame) = frames.next().await {
            match frame {
                Ok(frame) => {
                    if let Some(end) = self.take(pdu::read(frame)).await {
                        return end.to_owned();
                    }
                }
                Err(problem) => return format!("What was sent cannot be cut into units: {problem}."),
            }
        }
        "The service centre closed the connection.".to_owned()
    }

    /// Deals with a unit; why it was the last, if it was.
    async fn take(self: &Arc<Self>, unit: Unit) -> Option<&'static str> {
        match unit {
            Unit::Answer { sequence, status, pdu } => {
                if !self.link.hear(sequence, Reply { status, pdu }) {
                    tracing::debug!(carrier = %self.desk.carrier(), sequence, "an answer came to nothing that was asked");
                }
            }
            Unit::Unreadable(unreadable) => self.refuse(unreadable).await,
            Unit::Request { sequence, pdu } => return self.serve(sequence, pdu).await,
        }
        None
    }

    async fn serve(self: &Arc<Self>, sequence: u32, pdu: Pdu) -> Option<&'static str> {
        match pdu {
            Pdu::DeliverSm(text) => {
                self.hear(CommandId::DeliverSm, sequence, deliver::read_deliver(&text)).await;
            }
            Pdu::DataSm(text) => self.hear(CommandId::DataSm, sequence, deliver::read_data(&text)).await,
            Pdu::EnquireLink => self.say(CommandId::EnquireLink, sequence, CommandStatus::EsmeRok).await,
            // Somebody is within reach again, which the service centre itself looks to; there is no answer to it.
            Pdu::AlertNotification(_) => {}
            Pdu::Unbind => {
                self.say(CommandId::Unbind, sequence, CommandStatus::EsmeRok).await;
                return Some("The service centre ended the session.");
            }
            other => {
                let (id, status) = (other.command_id(), CommandStatus::EsmeRinvcmdid);
                let problem = "it is not for the likes of us".to_owned();
                self.refuse(Unreadable { id, sequence, status, problem }).await;
            }
        }
        None
    }

    /// Has something stored beside the reading, so that many share a commit, and answers after it.
    async fn hear(self: &Arc<Self>, id: CommandId, sequence: u32, heard: Result<Heard, CommandStatus>) {
        let heard = match heard {
            Ok(heard) => heard,
            Err(status) => {
                let problem = "what it says makes no sense".to_owned();
                return self.refuse(Unreadable { id, sequence, status, problem }).await;
            }
        };
        let Ok(place) = self.room.clone().acquire_owned().await else { return };
        let listener = self.clone();
        tokio::spawn(async move {
            let (status, key) = listener.store(heard).await;
            if let Some(written) = listener.link.place().await {
                // Said and noted in one: an enquiry comes behind all answers that it shall prove, and misses none.
                let mut answered = listener.answered();
                written.send(pdu::spell(&pdu::answer(id, sequence, status)));
                answered.extend(key);
            }
            drop(place);
        });
    }

    async fn say(&self, id: CommandId, sequence: u32, status: CommandStatus) {
        self.link.tell(pdu::answer(id, sequence, status)).await;
    }

    async fn refuse(&self, unreadable: Unreadable) {
        let is_new = self.complaints.is_new(&unreadable);
        let Unreadable { id, sequence, status, problem } = unreadable;
        if is_new {
            tracing::warn!(carrier = %self.desk.carrier(), command = ?id, sequence, ?status, problem,
                "what a service centre sent cannot be read; the like is not logged again in this session");
        }
        self.say(id, sequence, status).await;
    }

    /// The status that says what became of it, and the key under which a text is known until its answer was read.
    async fn store(&self, heard: Heard) -> (CommandStatus, Option<String>) {
        let stored = match heard {
            Heard::Text(text) => self.store_text(text).await,
            Heard::Receipt { receipt, to } => self.store_receipt(receipt, to).await.map(|()| None),
        };
        match stored {
            Ok(key) => (CommandStatus::EsmeRok, key),
            Err(error) => (self.excuse(&error), None),
        }
    }

    async fn store_text(&self, text: Text) -> Result<Option<String>, Error> {
        let (carrier, at) = (self.desk.carrier(), self.desk.now());
        let Text { from, to, coding, octets, reference, place } = text;
        if let Some(place) = place {
            let (total, number) = (i64::from(place.total), i64::from(place.number));
            let piece = Piece { coding: coding.into(), octets };
            let part = Part { carrier, from, to, reference: place.reference, total, number, piece };
            return self.desk.receive_part(part, join).await.map(|()| None);
        }
        let text = alphabet::decode(coding, &octets);
        let key = key(&[&from, &to, &reference, &text]);
        let session = self.name.clone();
        let inbound = Inbound { carrier, from, to, channel: Channel::Sms, text, key, session, at };
        self.desk.receive(inbound).await.map(|outcome| Some(outcome.key))
    }

    async fn store_receipt(&self, receipt: Receipt, to: String) -> Result<(), Error> {
        let report = Report {
            carrier: self.desk.carrier(),
            carrier_message: receipt.id,
            to,
            delivery: receipt.delivery,
            detail: receipt.detail,
            at: self.desk.now(),
        };
        self.desk.report(report).await.map(drop)
    }

    /// What a service centre is told of an error: to try again where that can help, and else not to.
    fn excuse(&self, error: &Error) -> CommandStatus {
        tracing::warn!(%error, carrier = %self.desk.carrier(), "what a service centre delivered could not be stored");
        match error {
            Error::Busy { .. } | Error::Internal(_) => CommandStatus::EsmeRxTAppn,
            _ => CommandStatus::EsmeRxPAppn,
        }
    }

    fn answered(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This session has lasted so long that nothing of earlier ones comes again; false when that could not be noted.
    pub(super) async fn settled(&self) -> bool {
        let settled = self.desk.settled(&self.name).await;
        if let Err(error) = &settled {
            tracing::warn!(%error, carrier = %self.desk.carrier(), "what is settled could not be noted; it is tried again");
        }
        settled.is_ok()
    }

    /// How many texts were answered since the other side last proved what it had read.
    pub(super) fn unproven(&self) -> usize {
        self.answered().len()
    }

    /// The other side has read the answers to the first `count` of them. What cannot be noted is known a little longer.
    pub(super) async fn proven(&self, count: usize) {
        let keys: Vec<String> = self.answered().drain(..count).collect();
        if let Err(error) = self.desk.answered(keys).await {
            tracing::warn!(%error, carrier = %self.desk.carrier(), "which texts are answered for could not be noted");
        }
    }
}

/// The same for the same, whichever session brings it.
fn key(fields: &[&str]) -> String {
    let digest = Sha256::digest(fields.join("\0"));
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The text of some parts, in their order. Neighbours of the same coding are read together, because a character can
/// begin in one and end in the other.
pub(super) fn join(pieces: &[Piece]) -> String {
    let runs = pieces.chunk_by(|one, next| one.coding == next.coding);
    runs.map(|run| {
        let octets: Vec<u8> = run.iter().flat_map(|piece| piece.octets.iter().copied()).collect();
        alphabet::decode(u8::try_from(run[0].coding).unwrap_or(0), &octets)
    })
    .collect()
}
