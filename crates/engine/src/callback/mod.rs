//! Callbacks: calls to a customer's own URLs about what happened, made until they are answered.
//!
//! A follower of the log writes down which URL is to be told what, and a campaign of whom it left out; the server claims what is due, calls, and notes how
//! that went. What is written down is what was true when it happened, so that a call that is made again says the same.

mod book;
mod claim;
mod due;
mod follow;
mod left_out;
mod store;

pub use claim::{Claim, KEPT_TRYING_SECONDS, answered, claim, failed};
pub use due::{Asking, Due, due};
pub use follow::{FOLLOWER, follow};
pub(crate) use left_out::{LeftOut, left_out};

use crate::channel::Channel;
use crate::db::stored_enum;
use crate::message::Delivery;
use crate::{Cx, MessageId, Result, Time};

/// How long a callback that is over is kept for the operator to look at, in seconds: 30 days.
pub const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

stored_enum! {
    /// What a callback tells of.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a callback of kind" {
        /// What became of a message.
        Delivery = "delivery",
        /// A text came in.
        Inbound = "inbound",
        /// Somebody wants to hear no more.
        OptOut = "opt_out",
    }
}

stored_enum! {
    /// How a callback stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum State as "the state of a callback" {
        /// It is to be made, or made again.
        Waiting = "waiting",
        /// It was answered with a success.
        Answered = "answered",
        /// It is not made any more.
        GivenUp = "given_up",
    }
}

/// A call to a customer's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Its id, the same however often it is made.
    pub id: String,
    /// What it tells of.
    pub kind: Kind,
    /// What is called.
    pub url: String,
    /// Which message it is about; of somebody whom a campaign left out there is none that bears this id.
    pub message: MessageId,
    /// What the customer knows it by: the ticket of the campaign, or else the id of the message.
    pub subject: String,
    /// The contact's address.
    pub number: String,
    /// What became of the message, in a callback about that.
    pub delivery: Option<Delivery>,
    /// What the contact wrote; empty in a callback about a delivery.
    pub text: String,
    /// Our address.
    pub our_address: String,
    /// By which channel.
    pub channel: Channel,
    /// When it happened.
    pub happened_at: Time,
    /// How it stands.
    pub state: State,
    /// How often it was made.
    pub attempts: i64,
    /// When it is made next, while it waits.
    pub due_at: Time,
    /// When it was last made.
    pub tried_at: Option<Time>,
    /// What came of that, in words for the operator.
    pub outcome: String,
}

/// Callbacks of the operator's workspace, newest first, older than that of the time and id `before`, at most `limit`.
pub fn page(cx: &mut Cx<'_>, before: Option<(Time, &str)>, limit: i64) -> Result<Vec<Callback>> {
    let workspace = cx.operator()?;
    store::page(cx.tx, workspace, before, limit)
}

/// Forgets, in the operator's workspace, up to `limit` callbacks that were over [`KEPT_SECONDS`] ago; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-KEPT_SECONDS), limit)
}
