//! Notifications: for everybody who takes part in a conversation, what somebody else said there.
//!
//! They are made by a follower of the event log, never by the write itself. A notification is named by its message,
//! because nobody has two about one. Reading the message reads it too, also when the follower comes to both later; reading
//! the notification says nothing about the message.

mod store;

use std::collections::BTreeSet;

use crate::db::stored_enum;
use crate::event::{Kind as What, Numbered};
use crate::message::Kind;
use crate::{ConversationId, Cx, Error, MessageId, PersonId, Result, Time, follower};

/// The name under which notifications follow the log.
pub const FOLLOWER: &str = "notification";

/// How long a notification is kept, in seconds: 90 days.
pub const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// The longest page.
pub const PAGE_MAX: i64 = 1_000;

/// What a person is told about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its message, which names it.
    pub message: MessageId,
    /// Where that was said.
    pub conversation: ConversationId,
    /// What it tells of: the kind of its message.
    pub kind: Kind,
    /// How urgent it is.
    pub severity: Severity,
    /// Whether it has been read.
    pub read: bool,
    /// When the message was said.
    pub created_at: Time,
}

stored_enum! {
    /// How urgent a notification is: a message is an info, a service request a warning.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Severity as "a notification of severity" {
        /// Something went well.
        Success = "success",
        /// Something to know.
        Info = "info",
        /// Something to do.
        Warning = "warning",
        /// Something went wrong.
        Error = "error",
    }
}

/// Which notifications are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those that are read, or those that are not.
    pub read: Option<bool>,
    /// Those of these severities.
    pub severities: Option<Vec<Severity>>,
    /// Those of these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// Those about this conversation.
    pub conversation: Option<ConversationId>,
}

/// Some of the notifications that are wanted, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub notifications: Vec<Notification>,
    /// On all pages.
    pub total: i64,
}

/// How many notifications are unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Of those that tell of a success.
    pub success: i64,
    /// Of the infos.
    pub info: i64,
    /// Of the warnings.
    pub warning: i64,
    /// Of the errors.
    pub error: i64,
}

/// Makes the notifications that the next events of the operator's workspace ask for, at most `limit` events; whether
/// there may be more.
pub fn follow(cx: &mut Cx<'_>, limit: i64) -> Result<bool> {
    let events = follower::next(cx, FOLLOWER, limit)?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(false) };
    let stretch = store::Stretch { workspace: cx.operator()?, first: first.seq, last: last.seq };
    if events.iter().any(|event| event.event.kind == What::MessagePosted) {
        store::notify(cx.tx, stretch)?;
    }
    for (person, conversation) in readers(&events) {
        store::read_up_to_index(cx.tx, stretch.workspace, person, conversation, cx.now)?;
    }
    follower::advance(cx, FOLLOWER, last.seq)?;
    Ok(events.len() as i64 == limit)
}

/// Who has read on, and where.
fn readers(events: &[Numbered]) -> BTreeSet<(PersonId, ConversationId)> {
    let reads = events.iter().filter(|event| event.event.kind == What::ConversationRead);
    reads.filter_map(|event| event.event.person.zip(event.event.conversation)).collect()
}

/// The caller's notifications that pass `filter`, newest first, but for the first `skip`, at most `limit`. Those about
/// conversations that the caller may no longer see are not among them.
pub fn page(cx: &mut Cx<'_>, filter: &Filter, skip: i64, limit: i64) -> Result<Page> {
    let caller = cx.caller()?;
    let (skip, limit) = (skip.max(0), limit.clamp(0, PAGE_MAX));
    let notifications = store::page(cx.tx, &caller, filter, skip, limit)?;
    Ok(Page { notifications, total: store::count(cx.tx, &caller, filter)? })
}

/// How many of the caller's notifications are unread, by severity; those that they cannot see are not counted.
pub fn unread(cx: &mut Cx<'_>) -> Result<Counts> {
    let caller = cx.caller()?;
    let mut counts = Counts::default();
    for (severity, count) in store::unread(cx.tx, &caller)? {
        *counts.of(severity) = count;
    }
    Ok(counts)
}

/// One of the caller's notifications is read now, or unread again. [`Error::NotFound`] when they have none of this
/// message, or may no longer see it.
pub fn set_read(cx: &mut Cx<'_>, message: MessageId, read: bool) -> Result<()> {
    let caller = cx.writer()?;
    let read_at = read.then_some(cx.now);
    if store::set_read(cx.tx, &caller, message, read_at)? == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// All notifications of the caller that pass `filter` are read now; how many were not.
pub fn read_all(cx: &mut Cx<'_>, filter: &Filter) -> Result<u64> {
    let caller = cx.writer()?;
    store::read_all(cx.tx, &caller, filter, cx.now)
}

/// Forgets, in the operator's workspace, up to `limit` notifications older than [`KEPT_SECONDS`]; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-KEPT_SECONDS), limit)
}

impl Counts {
    /// Of all severities together.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.success + self.info + self.warning + self.error
    }

    fn of(&mut self, severity: Severity) -> &mut i64 {
        match severity {
            Severity::Success => &mut self.success,
            Severity::Info => &mut self.info,
            Severity::Warning => &mut self.warning,
            Severity::Error => &mut self.error,
        }
    }
}
