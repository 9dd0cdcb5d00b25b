//! Submissions: messages on their way to a carrier, and what became of them.

use crate::channel::Channel;
use crate::message::Delivery;
use crate::{CarrierId, MessageId, Time};

/// A message that is to be handed to its carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Which message.
    pub message: MessageId,
    /// To whom it is handed.
    pub carrier: CarrierId,
    /// How it shall go.
    pub channel: Channel,
    /// Our address.
    pub from: String,
    /// The contact's address.
    pub to: String,
    /// What it says.
    pub text: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// Since when it waits.
    pub queued_at: Time,
}

/// What a carrier tells of a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who tells it.
    pub carrier: CarrierId,
    /// The carrier's id of the message, or of one of its parts.
    pub carrier_message: String,
    /// To whom the message went, as far as the carrier says.
    pub to: String,
    /// What became of it.
    pub delivery: Delivery,
    /// The carrier's own words for it.
    pub detail: String,
    /// When, by the carrier's clock or ours.
    pub at: Time,
}
