//! Handsets: what the telephones of the simulated carrier have received.

mod say;
mod store;

use crate::{Cx, MessageId, Result, Time};

pub use say::{Said, pick_up, say};

/// How long a handset keeps a text, in seconds: 30 days.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A text on a handset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The owner's number, as E.164.
    pub phone: String,
    /// Which message it is.
    pub message: MessageId,
    /// Who sent it.
    pub from: String,
    /// What it says.
    pub text: String,
    /// When it arrived.
    pub at: Time,
}

/// A text arrives at a handset of the operator's workspace. The same message again changes nothing; false then.
pub fn deliver(cx: &mut Cx<'_>, text: &Text) -> Result<bool> {
    let workspace = cx.operator()?;
    store::insert(cx.tx, workspace, text)
}

/// What a phone (E.164) of the operator's workspace has received after `after`, in order of sending, at most `limit`.
pub fn read(cx: &mut Cx<'_>, phone: &str, after: Option<MessageId>, limit: i64) -> Result<Vec<Text>> {
    let workspace = cx.operator()?;
    store::page(cx.tx, workspace, &store::Place { phone, after }, limit)
}

/// Forgets, in the operator's workspace, up to `limit` texts that are too old; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-KEPT_SECONDS), limit)
}
