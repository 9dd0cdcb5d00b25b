//! How a conversation stands, and what moves it.

use super::store::Counted;
use super::{Conversation, seen, store};
use crate::channel::Channel;
use crate::db::stored_enum;
use crate::event;
use crate::person::Kind;
use crate::{ConversationId, Cx, Error, PersonId, Result, Time, participant};

stored_enum! {
    /// How a conversation stands. It is independent of the lock: a closed conversation opens again when somebody
    /// writes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Status as "a status" {
        /// Somebody waits for an answer.
        Open = "open",
        /// An agent spoke last.
        Answered = "answered",
        /// An agent works on it.
        InProgress = "inProgress",
        /// It waits for something outside.
        Waiting = "waiting",
        /// It is solved.
        Closed = "closed",
    }
}

/// That a conversation came to a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusUpdate {
    pub(crate) status: Status,
    /// The index of the message it came after; 0 before the first.
    pub(crate) after: i64,
    pub(crate) actor: PersonId,
    pub(crate) at: Time,
}

/// Sets how a conversation stands. Who sees it may open, answer and close it; the other two are an agent's
/// ([`Error::Forbidden`]). Setting what is already so changes nothing.
pub fn set_status(cx: &mut Cx<'_>, id: ConversationId, to: Status) -> Result<()> {
    let caller = cx.writer()?;
    let conversation = seen(cx, id)?.conversation;
    if matches!(to, Status::InProgress | Status::Waiting) && caller.kind != Kind::Agent {
        return Err(Error::Forbidden("Only an agent can say that a conversation is in progress or waits."));
    }
    if conversation.status == to {
        return Ok(());
    }
    store::set_status(cx.tx, caller.workspace, id, to)?;
    participant::touched(cx, id)?;
    came_to(cx, &conversation, to, conversation.message_count)
}

/// Something that is being said.
pub(crate) struct Spoken<'a> {
    pub(crate) body: &'a str,
    /// For agents alone.
    pub(crate) internal: bool,
    /// By which channel a contact said it.
    pub(crate) heard_on: Option<Channel>,
}

/// Something was said: counts it, and moves the status: what an agent says answers, what anybody else says opens,
/// and what agents say among themselves moves nothing. The index of the message.
pub(crate) fn spoken(cx: &mut Cx<'_>, conversation: &Conversation, new: &Spoken<'_>) -> Result<i64> {
    let caller = cx.caller()?;
    if new.internal {
        return store::count_internal(cx.tx, caller.workspace, conversation.id);
    }
    let status = if caller.kind == Kind::Agent { Status::Answered } else { Status::Open };
    let counted = Counted {
        conversation: conversation.id,
        author: caller.person,
        status,
        title: &super::ticket::title_of(new.body),
        heard_on: new.heard_on,
    };
    let index = store::count_message(cx.tx, caller.workspace, &counted, cx.now)?;
    if conversation.status != status {
        came_to(cx, conversation, status, index)?;
    }
    Ok(index)
}

/// Notes in the thread and in the log that `before` stands otherwise now.
fn came_to(cx: &mut Cx<'_>, before: &Conversation, status: Status, after: i64) -> Result<()> {
    let caller = cx.caller()?;
    let closed = i64::from(status == Status::Closed) - i64::from(before.status == Status::Closed);
    if closed != 0 {
        store::count_closed(cx.tx, caller.workspace, closed)?;
    }
    let update = StatusUpdate { status, after, actor: caller.person, at: cx.now };
    store::insert_status(cx.tx, caller.workspace, before.id, &update)?;
    cx.emit(event::Kind::StatusChanged, |e| event::Event { conversation: Some(before.id), ..e });
    Ok(())
}
