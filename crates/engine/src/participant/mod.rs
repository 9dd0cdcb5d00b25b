//! Who is in a conversation, what they have read, and the inbox that follows from it.

mod store;

use crate::conversation::{self, Conversation};
use crate::event;
use crate::membership::Aggregate;
use crate::message::Message;
use crate::person::{self, Kind};
use crate::{ConversationId, Cx, PersonId, Result};

/// How many messages the caller has not read, in all their conversations of the marketplace.
pub fn unread(cx: &mut Cx<'_>) -> Result<i64> {
    let caller = cx.caller()?;
    store::unread(cx.tx, caller.workspace, caller.person)
}

/// The caller has seen everything up to message `index`: what others wrote until there is viewed now.
/// Reading less far than before, or in a conversation one does not take part in, changes nothing.
/// [`crate::Error::Forbidden`] for a token that may only read: what it looks at stays unread.
pub fn mark_read(cx: &mut Cx<'_>, id: ConversationId, index: i64) -> Result<()> {
    let caller = cx.writer()?;
    let seen = conversation::seen(cx, id)?;
    let index = index.min(seen.conversation.message_count);
    let Some(before) = seen.read_index.filter(|before| *before < index) else { return Ok(()) };
    let spot = store::Spot { workspace: caller.workspace, conversation: id, person: caller.person };
    crate::message::view(cx, id, before, index)?;
    let unread = crate::message::count_from_others(cx, id, index)?;
    let fewer = store::move_read_index(cx.tx, spot, index, unread)?;
    if seen.conversation.is_marketplace() {
        store::take_from_inbox(cx.tx, spot, fewer)?;
    }
    store::touch_inboxes(cx.tx, caller.workspace, id)?;
    cx.emit(event::Kind::ConversationRead, |e| event::Event {
        conversation: Some(id),
        person: Some(caller.person),
        ..e
    });
    Ok(())
}

/// Everybody who takes part, in the order of their ids.
pub(crate) fn of(cx: &mut Cx<'_>, id: ConversationId) -> Result<Vec<PersonId>> {
    store::of(cx.tx, cx.workspace()?, id)
}

/// Whether `other` takes part where `one` does, or in a conversation that is shared with something of `one`'s.
pub(crate) fn meet(cx: &mut Cx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    let workspace = cx.workspace()?;
    store::meet(cx.tx, workspace, one, other)
}

/// Lets a person take part from now on; what was said before counts as read. Joining again changes nothing.
pub(crate) fn join(cx: &mut Cx<'_>, id: ConversationId, person: PersonId) -> Result<()> {
    let spot = store::Spot { workspace: cx.workspace()?, conversation: id, person };
    if store::join(cx.tx, spot, cx.now)? {
        cx.emit(event::Kind::ParticipantJoined, |e| event::Event {
            conversation: Some(id),
            person: Some(person),
            ..e
        });
    }
    Ok(())
}

/// Somebody is a member of `aggregate` no longer. In what was shared with it they took part as one of its members,
/// unless they began it or it is with them or for them; an agent takes part as an agent.
pub(crate) fn left(cx: &mut Cx<'_>, person: PersonId, aggregate: &Aggregate) -> Result<()> {
    let workspace = cx.workspace()?;
    if person::get(cx, person)?.kind == Kind::Agent {
        return Ok(());
    }
    for id in store::leave(cx.tx, workspace, person, aggregate)? {
        cx.emit(event::Kind::ParticipantLeft, |e| event::Event {
            conversation: Some(id),
            person: Some(person),
            ..e
        });
    }
    Ok(())
}

/// A message was posted: for everybody else who may read it, it is unread. The author has read it too, unless there
/// is something before it that they have not.
pub(crate) fn message_posted(cx: &mut Cx<'_>, conversation: &Conversation, message: &Message) -> Result<()> {
    let spot =
        store::Spot { workspace: cx.workspace()?, conversation: conversation.id, person: message.author };
    if message.internal {
        store::count_unread_by_agents(cx.tx, spot, message.index)?;
        return store::touch_inboxes(cx.tx, spot.workspace, conversation.id);
    }
    store::count_unread(cx.tx, spot, message.index, cx.now)?;
    // A page of an inbox, which is kept under its version, shows what is between two people.
    match (conversation.is_marketplace(), conversation.recipient) {
        (true, _) => store::count_in_inboxes(cx.tx, spot),
        (false, Some(_)) => store::touch_inboxes(cx.tx, spot.workspace, conversation.id),
        (false, None) => Ok(()),
    }
}

/// Something about the conversation changed that its participants see in their lists, at a new time.
pub(crate) fn changed(cx: &mut Cx<'_>, id: ConversationId) -> Result<()> {
    let workspace = cx.workspace()?;
    store::move_to_top(cx.tx, workspace, id, cx.now)?;
    store::touch_inboxes(cx.tx, workspace, id)
}

/// Something changed that the participants see without the conversation moving up.
pub(crate) fn touched(cx: &mut Cx<'_>, id: ConversationId) -> Result<()> {
    store::touch_inboxes(cx.tx, cx.workspace()?, id)
}
