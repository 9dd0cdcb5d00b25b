//! What is told of those to whom a campaign does not go, because they want to hear no more.

use super::book::Book;
use super::{Callback, Kind, State};
use crate::channel::Channel;
use crate::message::Delivery;
use crate::{Cx, MessageId, PersonId, Result};

/// Somebody to whom a campaign does not go.
pub(crate) struct LeftOut<'a> {
    /// Whose campaign it is.
    pub(crate) author: PersonId,
    /// The ticket of it.
    pub(crate) ticket: &'a str,
    /// Their number (E.164).
    pub(crate) number: &'a str,
    /// Our address from which it would have gone.
    pub(crate) our_address: &'a str,
    /// By which channel.
    pub(crate) channel: Channel,
}

/// Writes down whom that makes us call, as what became of a message does: there is none, but whoever sent the campaign
/// waits for a word about each of its recipients. For the operator.
pub(crate) fn left_out(cx: &mut Cx<'_>, of: &LeftOut<'_>) -> Result<()> {
    cx.operator()?;
    let (book, message) = (Book::open(cx)?, MessageId(cx.uuid()));
    let callback = Callback {
        id: format!("{message}.{}", Delivery::OptedOut.as_str()),
        kind: Kind::Delivery,
        url: String::new(),
        message,
        subject: of.ticket.to_owned(),
        number: of.number.to_owned(),
        delivery: Some(Delivery::OptedOut),
        text: String::new(),
        our_address: of.our_address.to_owned(),
        channel: of.channel,
        happened_at: cx.now,
        state: State::Waiting,
        attempts: 0,
        due_at: cx.now,
        tried_at: None,
        outcome: String::new(),
    };
    book.call(cx, Some(of.author), &callback)
}
