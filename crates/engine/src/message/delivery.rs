//! How far a message came that goes out through a carrier.

use super::store;
use crate::db::stored_enum;
use crate::event;
use crate::{Cx, MessageId, Result};

stored_enum! {
    /// How far a message came that went out through a carrier.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Delivery as "a delivery" {
        /// It waits for its carrier.
        Queued = "queued",
        /// The carrier took it.
        Accepted = "accepted",
        /// It arrived.
        Delivered = "delivered",
        /// It did not arrive and will not.
        Undelivered = "undelivered",
        /// Nobody is reached at its address.
        BadDestination = "bad_destination",
        /// The carrier may not take it there.
        NotAllowed = "not_allowed",
        /// Its addressee wants to hear no more.
        OptedOut = "opted_out",
        /// Nothing more was heard of it.
        Unknown = "unknown",
    }
}

impl Delivery {
    /// Whether nothing that is heard later changes it.
    #[must_use]
    pub fn is_final(self) -> bool {
        use Delivery::{Accepted, Queued, Unknown};
        !matches!(self, Queued | Accepted | Unknown)
    }
}

/// Notes how far a message of the operator's workspace came; false when that was known, or is known better: what is final
/// stays, and nothing waits again that was taken. A message that goes through no carrier is left alone.
pub fn set_delivery(cx: &mut Cx<'_>, id: MessageId, delivery: Delivery) -> Result<bool> {
    let workspace = cx.operator()?;
    let Some((conversation, before)) = store::delivery(cx.tx, workspace, id)? else { return Ok(false) };
    if before == delivery || before.is_final() || delivery == Delivery::Queued {
        return Ok(false);
    }
    store::set_delivery(cx.tx, workspace, id, delivery)?;
    cx.emit(event::Kind::MessageDelivery, |e| event::Event {
        conversation: Some(conversation),
        message: Some(id),
        ..e
    });
    Ok(true)
}
