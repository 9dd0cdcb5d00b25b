//! The rules once more, as plainly as they can be said, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use parlance_engine::access::{Caller, Scope};
use parlance_engine::conversation::{Conversation, Item, Listing, Order, Overview, Source, Start, Status};
use parlance_engine::event::{Event, Kind as What};
use parlance_engine::file::{PER_MESSAGE_MAX, Place, UPLOAD_SECONDS};
use parlance_engine::idempotency::{Answer, KEPT_SECONDS, Once};
use parlance_engine::message::{BODY_CHARS_MAX, Message, Post, TICKET_BODY_CHARS_MAX};
use parlance_engine::person::{Kind, Person};
use parlance_engine::workspace::Workspace;
use parlance_engine::{ConversationId, Error, FileId, PersonId, Result, Time, TokenId};

/// One workspace and everything in it.
pub struct Space {
    pub workspace: Workspace,
    pub people: Vec<Person>,
    /// Who is a member of which aggregate.
    pub members: BTreeSet<(PersonId, String)>,
    pub tokens: Vec<Token>,
    pub talks: Vec<Talk>,
    pub files: Vec<Paper>,
    pub events: Vec<Event>,
    pub kept: HashMap<(PersonId, String), Kept>,
}

pub struct Token {
    pub secret: String,
    pub id: TokenId,
    pub person: PersonId,
    pub can_write: bool,
    pub expires_at: Option<Time>,
    pub revoked: bool,
}

/// A conversation, what was said in it, and up to where each participant has read.
pub struct Talk {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
    pub seats: BTreeMap<PersonId, i64>,
}

/// A file that was drafted.
pub struct Paper {
    pub id: FileId,
    pub place: Place,
    pub owner: PersonId,
    pub state: State,
    pub created_at: Time,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Draft,
    Uploaded,
    Rejected,
    Attached,
    Deleted,
}

/// An answer kept under an idempotency key.
pub struct Kept {
    pub request_hash: String,
    pub answer: Answer,
    pub at: Time,
}

impl Space {
    pub fn person(&self, id: PersonId) -> &Person {
        self.people.iter().find(|p| p.id == id).expect("the model knows its people")
    }

    /// Whom a token stands for at `now`, if anybody.
    pub fn holder(&self, secret: &str, now: Time) -> Option<Caller> {
        let token = self.tokens.iter().find(|t| t.secret == secret)?;
        let person = self.person(token.person);
        let valid = !token.revoked && token.expires_at.is_none_or(|end| end > now) && person.active;
        valid.then_some(Caller {
            workspace: self.workspace.id,
            person: person.id,
            kind: person.kind,
            can_write: token.can_write,
            token: Some(token.id),
            scope: Scope::All,
        })
    }

    /// The conversation, if the caller takes part in it, is an agent, or belongs to what it is shared with.
    pub fn seen(&self, who: &Caller, id: ConversationId) -> Result<usize> {
        let at = self.talks.iter().position(|t| t.conversation.id == id).ok_or(Error::NotFound)?;
        let talk = &self.talks[at];
        let shared = talk.conversation.shared_with.as_ref();
        let member = shared.is_some_and(|a| self.members.contains(&(who.person, a.id.clone())));
        let sees = talk.seats.contains_key(&who.person) || who.kind == Kind::Agent || member;
        if sees { Ok(at) } else { Err(Error::NotFound) }
    }

    pub fn note_read(&self, who: &Caller, id: ConversationId) -> Result<usize> {
        writer(who)?;
        self.seen(who, id)
    }

    fn open(&self, who: &Caller, id: ConversationId) -> Result<usize> {
        let at = self.seen(who, id)?;
        if self.talks[at].conversation.locked { Err(Error::Locked) } else { Ok(at) }
    }

    /// The conversation that the message goes to, if there is one about this between these two.
    pub fn start(&self, who: &Caller, new: &Start) -> Result<Option<usize>> {
        writer(who)?;
        let recipient = self.recipient(who, new)?;
        let known = new.source.as_ref().and(recipient).and_then(|other| {
            self.talks.iter().position(|t| {
                let c = &t.conversation;
                let (one, two) = (c.created_by, c.recipient);
                c.source == new.source
                    && [(one, two), (two.unwrap_or(one), Some(one))].contains(&(who.person, Some(other)))
            })
        });
        if let Some(at) = known {
            self.open(who, self.talks[at].conversation.id)?;
        }
        body(&new.body, new.source.as_ref())?;
        Ok(known)
    }

    pub fn recipient(&self, who: &Caller, new: &Start) -> Result<Option<PersonId>> {
        let wrong = || Error::invalid("recipientId", "");
        let Some(reference) = &new.recipient else {
            return if new.source.is_some() { Err(wrong()) } else { Ok(None) };
        };
        let named =
            |p: &&Person| p.facts.external_id.as_ref() == Some(reference) || p.id.to_string() == *reference;
        match self.people.iter().find(named) {
            Some(person) if person.id != who.person => Ok(Some(person.id)),
            _ => Err(wrong()),
        }
    }

    pub fn post(&self, who: &Caller, new: &Post) -> Result<usize> {
        writer(who)?;
        let at = self.open(who, new.conversation)?;
        if new.internal && who.kind != Kind::Agent {
            return Err(Error::Forbidden(""));
        }
        body(&new.body, self.talks[at].conversation.source.as_ref())?;
        Ok(at)
    }

    pub fn set_status(&self, who: &Caller, id: ConversationId, to: Status) -> Result<usize> {
        let at = self.note_read(who, id)?;
        let agents_own = matches!(to, Status::InProgress | Status::Waiting);
        if agents_own && who.kind != Kind::Agent { Err(Error::Forbidden("")) } else { Ok(at) }
    }

    /// The conversation and the place of a message that the caller may change.
    pub fn edit(&self, who: &Caller, place: Place, text: &str) -> Result<(usize, usize)> {
        let at = self.note_read(who, place.conversation)?;
        let talk = &self.talks[at];
        let found = talk.messages.iter().position(|m| m.id == place.message && shows(m, who.kind));
        let own = found.ok_or(Error::NotFound)?;
        let closed = talk.conversation.status == Status::Closed;
        if talk.messages[own].author != who.person || closed {
            return Err(Error::Forbidden(""));
        }
        if talk.conversation.locked {
            return Err(Error::Locked);
        }
        body(text, talk.conversation.source.as_ref())?;
        Ok((at, own))
    }

    pub fn lock(&self, who: &Caller, id: ConversationId) -> Result<usize> {
        writer(who)?;
        let at = self.seen(who, id)?;
        let takes_part = self.talks[at].seats.contains_key(&who.person);
        if takes_part { Ok(at) } else { Err(Error::Forbidden("")) }
    }

    /// A kept answer, or where the message goes.
    pub fn once(&self, who: &Caller, once: &Once, new: &Post, now: Time) -> Result<Result<Answer, usize>> {
        let kept = self.kept.get(&(who.person, once.key.clone()));
        match kept.filter(|kept| kept.at > now.plus_seconds(-KEPT_SECONDS)) {
            Some(kept) if kept.request_hash == once.request_hash => Ok(Ok(kept.answer.clone())),
            Some(_) => Err(Error::KeyReused),
            None => self.post(who, new).map(Err),
        }
    }

    /// A message of the caller's own in a conversation that is open: its conversation and its place there.
    pub fn own_message(&self, who: &Caller, place: Place) -> Result<(usize, usize)> {
        writer(who)?;
        let at = self.seen(who, place.conversation)?;
        let said = &self.talks[at].messages;
        let own = said.iter().position(|m| m.id == place.message && m.author == who.person);
        let own = own.ok_or(Error::NotFound)?;
        if self.talks[at].conversation.locked { Err(Error::Locked) } else { Ok((at, own)) }
    }

    pub fn draft(&self, who: &Caller, place: Place, now: Time) -> Result<()> {
        self.own_message(who, place)?;
        let fresh = now.plus_seconds(-UPLOAD_SECONDS);
        let counts = |p: &&Paper| {
            let waits = matches!(p.state, State::Draft | State::Uploaded) && p.created_at > fresh;
            p.place == place && (p.state == State::Attached || waits)
        };
        full(self.files.iter().filter(counts).count())
    }

    pub fn upload(&self, who: &Caller, id: FileId) -> Result<usize> {
        writer(who)?;
        let at = self.files.iter().position(|f| f.id == id && f.owner == who.person);
        let at = at.ok_or(Error::NotFound)?;
        self.open(who, self.files[at].place.conversation)?;
        if self.files[at].state == State::Draft { Ok(at) } else { Err(Error::Conflict(String::new())) }
    }

    pub fn attach(&self, who: &Caller, place: Place, id: FileId) -> Result<usize> {
        self.own_message(who, place)?;
        let at = self.files.iter().position(|f| f.id == id && f.place == place).ok_or(Error::NotFound)?;
        let hanging = |f: &&Paper| f.place == place && f.state == State::Attached;
        match self.files[at].state {
            State::Uploaded => full(self.files.iter().filter(hanging).count()).map(|()| at),
            State::Attached => Ok(at),
            State::Draft => Err(Error::invalid("id", "")),
            State::Rejected => Err(Error::Rejected { reasons: vec!["It is no image.".into()] }),
            State::Deleted => Err(Error::NotFound),
        }
    }

    pub fn delete(&self, who: &Caller, place: Place, id: FileId) -> Result<usize> {
        self.own_message(who, place)?;
        let found = |f: &Paper| f.id == id && f.place == place && f.state != State::Deleted;
        self.files.iter().position(found).ok_or(Error::NotFound)
    }

    pub fn unread(&self, person: PersonId) -> i64 {
        let of_marketplace = self.talks.iter().filter(|talk| talk.conversation.source.is_some());
        let kind = self.person(person).kind;
        of_marketplace.map(|talk| talk.unread(person, kind)).sum()
    }

    /// The page of conversations between two people that `person` takes part in.
    pub fn page(&self, person: PersonId, listing: Listing) -> Overview {
        let mine = |t: &&Talk| t.seats.contains_key(&person) && t.conversation.recipient.is_some();
        let mut talks: Vec<&Talk> = self.talks.iter().filter(mine).collect();
        talks.sort_by_key(|t| match listing.order {
            Order::Created => (Time(0), t.conversation.id),
            Order::Updated => (t.conversation.updated_at, t.conversation.id),
        });
        if listing.descending {
            talks.reverse();
        }
        let shown = talks.into_iter().skip(listing.skip as usize).take(listing.limit as usize);
        self.overview(shown.collect())
    }

    /// These conversations, with everybody named in them in order of id.
    pub fn overview(&self, talks: Vec<&Talk>) -> Overview {
        let mut named = BTreeSet::new();
        let mut items = Vec::new();
        for talk in talks {
            let last = talk.messages.iter().rev().find(|m| !m.internal).cloned();
            named.extend([Some(talk.conversation.created_by), talk.conversation.recipient]);
            named.insert(last.as_ref().map(|m| m.author));
            items.push(Item { conversation: talk.conversation.clone(), last });
        }
        let people = named.into_iter().flatten().map(|id| self.person(id).clone()).collect();
        Overview { items, people }
    }

    pub fn happened(&mut self, at: Time, kind: What, about: impl FnOnce(Event) -> Event) {
        let event = Event { kind, actor: None, conversation: None, message: None, person: None, at };
        self.events.push(about(event));
    }
}

impl Talk {
    /// What others said after the last that `person` has read.
    pub fn unread(&self, person: PersonId, kind: Kind) -> i64 {
        let Some(read) = self.seats.get(&person) else { return 0 };
        let new = |m: &&Message| m.index > *read && m.author != person && shows(m, kind);
        self.messages.iter().filter(new).count() as i64
    }
}

/// Whether somebody of this kind may read it.
pub fn shows(message: &Message, kind: Kind) -> bool {
    !message.internal || kind == Kind::Agent
}

pub fn source(kind: parlance_engine::conversation::SourceKind, id: &str) -> Source {
    Source { kind, id: id.to_owned() }
}

fn writer(who: &Caller) -> Result<()> {
    if who.can_write { Ok(()) } else { Err(Error::Forbidden("")) }
}

fn body(typed: &str, about: Option<&Source>) -> Result<()> {
    let chars_max = if about.is_some() { BODY_CHARS_MAX } else { TICKET_BODY_CHARS_MAX };
    let fits = !typed.trim().is_empty() && typed.chars().count() <= chars_max;
    if fits { Ok(()) } else { Err(Error::invalid("body", "")) }
}

fn full(files: usize) -> Result<()> {
    if (files as i64) < PER_MESSAGE_MAX { Ok(()) } else { Err(Error::Conflict(String::new())) }
}
