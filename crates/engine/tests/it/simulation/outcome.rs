//! What a verb that succeeded leaves behind in the model.

use parlance_engine::access::Caller;
use parlance_engine::conversation::{Conversation, Start, Status};
use parlance_engine::credential::link::{Link, Purpose};
use parlance_engine::event::{Event, Kind as What};
use parlance_engine::file::{Attachment, Verdict};
use parlance_engine::membership::Aggregate;
use parlance_engine::message::{self, Message, Post};
use parlance_engine::person::Kind;
use parlance_engine::{ConversationId, FileId, MessageId, PersonId, Time};

use super::model::{Space, State, Talk, shows};

/// The one good image of this world.
pub const IMAGE: Verdict =
    Verdict::Image { content_type: "image/png", size_bytes: 1_234, width_px: 20, height_px: 10 };

impl Space {
    /// A new conversation, with nothing said in it yet; its place.
    pub fn started(
        &mut self,
        who: &Caller,
        new: &Start,
        recipient: Option<PersonId>,
        (id, now): (ConversationId, Time),
    ) -> usize {
        let conversation = Conversation {
            id,
            short_id: self.talks.len() as i64 + 1,
            locked: false,
            status: Status::Open,
            source: new.source.clone(),
            shared_with: new.shared_with.clone(),
            created_by: who.person,
            recipient,
            message_count: 0,
            internal_count: 0,
            last_index: 0,
            created_at: now,
            updated_at: now,
        };
        let actor = Some(who.person);
        self.happened(now, What::ConversationStarted, |e| Event { actor, conversation: Some(id), ..e });
        self.talks.push(Talk { conversation, messages: Vec::new(), seats: Default::default() });
        let at = self.talks.len() - 1;
        for person in [actor, recipient].into_iter().flatten() {
            self.joined(at, who, person, now);
        }
        at
    }

    pub fn posted(&mut self, at: usize, who: &Caller, new: &Post, (id, now): (MessageId, Time)) {
        if !self.talks[at].seats.contains_key(&who.person) && !new.internal {
            self.joined(at, who, who.person, now);
        }
        let talk = &mut self.talks[at];
        let up_to_date = talk.unread(who.person, who.kind) == 0;
        let index = talk.messages.len() as i64 + 1;
        let conversation = talk.conversation.id;
        talk.messages.push(Message {
            id,
            conversation,
            index,
            kind: message::Kind::Message,
            internal: new.internal,
            author: who.person,
            body: new.body.clone(),
            attachment_count: 0,
            attachments: Vec::new(),
            created_at: now,
            viewed_at: None,
            edited_at: None,
            payload: None,
            channel: None,
            delivery: None,
        });
        if let Some(read) = talk.seats.get_mut(&who.person).filter(|_| up_to_date) {
            *read = index;
        }
        talk.conversation.message_count = index;
        let actor = Some(who.person);
        let about = |e| Event { actor, conversation: Some(conversation), message: Some(id), ..e };
        if new.internal {
            talk.conversation.internal_count += 1;
            return self.happened(now, What::MessagePosted, about);
        }
        talk.conversation.last_index = index;
        talk.conversation.updated_at = now;
        let status = if who.kind == Kind::Agent { Status::Answered } else { Status::Open };
        if std::mem::replace(&mut talk.conversation.status, status) != status {
            self.happened(now, What::StatusChanged, |e| Event {
                actor,
                conversation: Some(conversation),
                ..e
            });
        }
        self.happened(now, What::MessagePosted, about);
    }

    pub fn came_to(&mut self, at: usize, who: &Caller, to: Status, now: Time) {
        let conversation = &mut self.talks[at].conversation;
        if std::mem::replace(&mut conversation.status, to) != to {
            let (actor, id) = (Some(who.person), Some(conversation.id));
            self.happened(now, What::StatusChanged, |e| Event { actor, conversation: id, ..e });
        }
    }

    pub fn edited(&mut self, (at, own): (usize, usize), who: &Caller, text: &str, now: Time) {
        let message = &mut self.talks[at].messages[own];
        if message.body == text {
            return;
        }
        (message.body, message.edited_at) = (text.to_owned(), Some(now));
        let (conversation, message) = (Some(message.conversation), Some(message.id));
        let about = |e| Event { actor: Some(who.person), conversation, message, ..e };
        self.happened(now, What::MessageEdited, about);
    }

    pub fn locked(&mut self, at: usize, who: &Caller, now: Time) {
        let conversation = &mut self.talks[at].conversation;
        if conversation.locked {
            return;
        }
        (conversation.locked, conversation.updated_at) = (true, now);
        let (actor, id) = (Some(who.person), Some(conversation.id));
        self.happened(now, What::ConversationLocked, |e| Event { actor, conversation: id, ..e });
    }

    pub fn read(&mut self, at: usize, who: &Caller, index: i64, now: Time) {
        let talk = &mut self.talks[at];
        let index = index.min(talk.messages.len() as i64);
        let Some(read) = talk.seats.get_mut(&who.person).filter(|read| **read < index) else { return };
        let new = *read..index;
        *read = index;
        for message in &mut talk.messages[new.start as usize..new.end as usize] {
            if message.author != who.person && shows(message, who.kind) {
                message.viewed_at = message.viewed_at.or(Some(now));
            }
        }
        let (person, id) = (Some(who.person), Some(talk.conversation.id));
        let about = |e| Event { actor: person, person, conversation: id, ..e };
        self.happened(now, What::ConversationRead, about);
    }

    pub fn attached(&mut self, file: usize, who: &Caller, now: Time) {
        if self.files[file].state == State::Uploaded {
            self.files[file].state = State::Attached;
            self.hang(file, who, What::FileAttached, now);
        }
    }

    pub fn deleted(&mut self, file: usize, who: &Caller, now: Time) {
        let before = std::mem::replace(&mut self.files[file].state, State::Deleted);
        if before == State::Attached {
            self.hang(file, who, What::FileDeleted, now);
        }
    }

    pub fn attachment(&self, id: FileId) -> Attachment {
        let workspace = self.workspace.id;
        let link = Link { purpose: Purpose::View, workspace, file: id, expires_at: Time(0) };
        // Numbered in the order in which they were drafted.
        let short_id = self.files.iter().position(|f| f.id == id).map_or(0, |at| at as i64 + 1);
        Attachment {
            id,
            short_id,
            name: "image.png".to_owned(),
            content_type: "image/png".to_owned(),
            size_bytes: 1_234,
            width_px: Some(20),
            height_px: Some(10),
            link,
        }
    }

    /// Writes on the message of `file` what hangs on it now.
    fn hang(&mut self, file: usize, who: &Caller, kind: What, now: Time) {
        let place = self.files[file].place;
        let hanging = self.files.iter().filter(|f| f.place == place && f.state == State::Attached);
        let mut ids: Vec<FileId> = hanging.map(|f| f.id).collect();
        ids.sort();
        let attachments: Vec<Attachment> = ids.into_iter().map(|id| self.attachment(id)).collect();
        let talk = self.talks.iter_mut().find(|t| t.conversation.id == place.conversation);
        let message = talk.and_then(|t| t.messages.iter_mut().find(|m| m.id == place.message));
        let message = message.expect("a file hangs on a message");
        message.attachment_count = attachments.len() as i64;
        message.attachments = attachments;
        let (actor, conversation, message) =
            (Some(who.person), Some(place.conversation), Some(place.message));
        self.happened(now, kind, |e| Event { actor, conversation, message, ..e });
    }

    fn joined(&mut self, at: usize, who: &Caller, person: PersonId, now: Time) {
        let talk = &mut self.talks[at];
        talk.seats.insert(person, talk.messages.len() as i64);
        let (actor, id) = (Some(who.person), Some(talk.conversation.id));
        let about = |e| Event { actor, conversation: id, person: Some(person), ..e };
        self.happened(now, What::ParticipantJoined, about);
    }

    /// Somebody belongs to `aggregate` no longer: they leave what they were in as one of its members.
    pub fn left(&mut self, person: PersonId, aggregate: &Aggregate, now: Time) {
        if self.person(person).kind == Kind::Agent {
            return;
        }
        let mut left = Vec::new();
        for talk in &mut self.talks {
            let Conversation { id, source, shared_with, created_by, recipient, .. } = &talk.conversation;
            let own = *created_by == person || *recipient == Some(person);
            let shared = source.is_none() && shared_with.as_ref() == Some(aggregate);
            if shared && !own && talk.seats.remove(&person).is_some() {
                left.push(*id);
            }
        }
        left.sort_unstable();
        for id in left {
            let about = |e| Event { conversation: Some(id), person: Some(person), ..e };
            self.happened(now, What::ParticipantLeft, about);
        }
    }
}
