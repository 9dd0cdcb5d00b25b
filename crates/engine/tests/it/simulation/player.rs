//! Does random things to the engine and to the model, and holds the one against the other.

use std::collections::HashMap;
use std::fmt::Debug;

use parlance_engine::access::Caller;
use parlance_engine::conversation::{Listing, Order, Overview, SourceKind, Start};
use parlance_engine::file::Place;
use parlance_engine::membership::Aggregate;
use parlance_engine::{
    ConversationId, Cx, Error, FileId, MessageId, PersonId, Principal, Result, Time, conversation, credential,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use super::model::{Space, source};
use crate::support::House;

/// Under these a page of an inbox may be kept.
type Versions = (i64, i64);

/// The page everybody looks at all day.
const NEWEST: Listing = Listing { skip: 0, limit: 20, order: Order::Updated, descending: true };

pub struct Player<'h> {
    pub house: &'h House,
    pub dice: StdRng,
    pub spaces: Vec<Space>,
    pub kept_pages: HashMap<PersonId, (Versions, Overview)>,
}

impl<'h> Player<'h> {
    pub fn new(house: &'h House, seed: u64) -> Player<'h> {
        Player { house, dice: StdRng::seed_from_u64(seed), spaces: Vec::new(), kept_pages: HashMap::new() }
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.dice.random_range(0..n)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Runs a verb that writes; it must say and do what the model says it does.
    pub fn write<T, P>(
        &mut self,
        who: impl Into<Principal>,
        verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
        expected: Result<P>,
    ) -> Option<(T, P)>
    where
        T: Debug + Send + 'static,
        P: Debug,
    {
        both(self.house.write(who, verb), expected)
    }

    /// The time of the next verb.
    pub fn now(&self) -> Time {
        self.house.clock.next()
    }

    /// Somebody of this workspace who shows a token, if it is good.
    pub fn somebody(&mut self, at: usize) -> Option<Caller> {
        let token = self.below(self.spaces[at].tokens.len());
        let mut secret = self.spaces[at].tokens[token].secret.clone();
        if self.one_in(50) {
            secret = secret.to_uppercase();
        }
        let holder = self.spaces[at].holder(&secret, self.now());
        let shown = secret.clone();
        let session = self.house.read(Principal::Nobody, move |cx| credential::by_token(cx, &shown));
        let (session, holder) = both(session, holder.ok_or(credential::UNKNOWN))?;
        assert_eq!(session.caller, holder);
        Some(holder)
    }

    /// Somebody looks at a page of their conversations.
    pub fn look_at_a_page(&mut self, at: usize) {
        let Some(who) = self.somebody(at) else { return };
        let listing = self.listing();
        let page = self.house.read(who, move |cx| conversation::page(cx, listing)).map(sorted);
        assert_eq!(page, Ok(self.spaces[at].page(who.person, listing)), "the page of {listing:?}");
    }

    /// What everybody of a workspace kept of their inbox is what is there now, as long as the versions under which
    /// it was kept are the versions of now.
    pub fn nothing_kept_is_stale(&mut self, at: usize) {
        let workspace = self.spaces[at].workspace.id;
        for person in &self.spaces[at].people {
            let (id, name) = (person.id, person.facts.external_id.clone().unwrap_or_default());
            let session = self
                .house
                .read(Principal::Nobody, move |cx| credential::by_external_id(cx, workspace, &name));
            let Some((Some(session), ())) =
                both(session, if person.active { Ok(()) } else { Err(credential::UNKNOWN) })
            else {
                continue;
            };
            let versions = (session.inbox_version, session.people_version);
            let page = self.house.read(session.caller, |cx| conversation::page(cx, NEWEST)).map(sorted);
            let page = page.expect("everybody may look at their own conversations");
            let kept = self.kept_pages.insert(id, (versions, page.clone()));
            if let Some((_, stale)) = kept.filter(|(of, _)| *of == versions) {
                assert_eq!(stale, page, "the page changed under the same versions {versions:?}");
            }
        }
    }

    pub fn listing(&mut self) -> Listing {
        let order = if self.one_in(2) { Order::Created } else { Order::Updated };
        let skip = if self.one_in(2) { 0 } else { self.below(8) as i64 };
        let limit = [1, 3, 20][self.below(3)];
        Listing { skip, limit, order, descending: self.one_in(2) }
    }

    /// Mostly one of this workspace, sometimes one of another, sometimes none at all.
    pub fn conversation(&mut self, at: usize) -> ConversationId {
        let at = if self.one_in(20) { self.below(self.spaces.len()) } else { at };
        match self.spaces[at].talks.len() {
            0 => ConversationId(Uuid::nil()),
            _ if self.one_in(50) => ConversationId(Uuid::from_u128(self.dice.random())),
            n => {
                let talk = self.below(n);
                self.spaces[at].talks[talk].conversation.id
            }
        }
    }

    /// A message that is mostly the caller's own, and mostly in the conversation it is said to be in.
    pub fn place(&mut self, at: usize, who: &Caller) -> Place {
        let mut conversation = self.conversation(at);
        if self.one_in(20) {
            return Place { conversation, message: MessageId(Uuid::from_u128(self.dice.random())) };
        }
        let own = !self.one_in(8);
        let said = self.spaces[at].talks.iter().flat_map(|t| &t.messages);
        let said: Vec<_> = said.filter(|m| !own || m.author == who.person).collect();
        let Some(last) = said.len().checked_sub(1) else {
            return Place { conversation, message: MessageId(Uuid::nil()) };
        };
        // The last few again and again, so that some message gets more files than it may have.
        let back = if self.dice.random_bool(0.7) { 0 } else { self.dice.random_range(0..=last) };
        if self.dice.random_bool(0.9) {
            conversation = said[last - back].conversation;
        }
        Place { conversation, message: said[last - back].id }
    }

    /// A file and where it belongs, or nearly.
    pub fn file(&mut self, at: usize, who: &Caller) -> (FileId, Place) {
        let at = if self.one_in(30) { self.below(self.spaces.len()) } else { at };
        let own: Vec<_> = self.spaces[at].files.iter().filter(|f| f.owner == who.person).collect();
        let files: Vec<_> = if own.is_empty() || self.dice.random_bool(0.1) {
            self.spaces[at].files.iter().collect()
        } else {
            own
        };
        if files.is_empty() {
            return (FileId(Uuid::nil()), self.place(at, who));
        }
        let recent = files.len().saturating_sub(15);
        let file = files[self.dice.random_range(recent..files.len())];
        let (id, place) = (file.id, file.place);
        if self.one_in(20) { (id, self.place(at, who)) } else { (id, place) }
    }

    pub fn start(&mut self, at: usize) -> Start {
        let reference = self.reference(at);
        let order = format!("o-{}", self.below(4));
        let kind = if self.one_in(4) { SourceKind::Listing } else { SourceKind::Order };
        Start {
            source: (!self.one_in(4)).then(|| source(kind, &order)),
            recipient: (!self.one_in(6)).then_some(reference),
            shared_with: self.one_in(3).then(|| self.aggregate()),
            body: self.body(),
        }
    }

    pub fn aggregate(&mut self) -> Aggregate {
        let id = format!("p-{}", self.below(3));
        Aggregate { domain: "project".into(), kind: "project".into(), id }
    }

    /// Who is meant: an external id or an id, of this workspace or of another.
    fn reference(&mut self, at: usize) -> String {
        let foreign = self.one_in(15);
        let at = if foreign { self.below(self.spaces.len()) } else { at };
        let person = self.below(self.spaces[at].people.len());
        let person = &self.spaces[at].people[person];
        let (id, name) = (person.id.to_string(), person.facts.external_id.clone().unwrap_or_default());
        match self.below(10) {
            0 => "nobody at all".to_owned(),
            1..4 => id,
            // External ids are the same everywhere; a foreign one would be one of ours.
            _ if foreign => id,
            _ => name,
        }
    }

    /// Something to say that sanitising leaves as it is, or nothing that can be said.
    pub fn body(&mut self) -> String {
        match self.below(40) {
            0 => String::new(),
            1 => " \n ".to_owned(),
            2 => "x".repeat(5_001),
            3 => "é".repeat(5_000),
            4 => "x".repeat(8_001),
            5 => "é".repeat(8_000),
            _ => format!("This is sentence number {}.", self.below(1_000_000)),
        }
    }
}

/// The people of a page in order of their ids: which of them comes first means nothing.
pub fn sorted(mut overview: Overview) -> Overview {
    overview.people.sort_by_key(|p| p.id);
    overview
}

/// Both succeeded, or both failed for the same reason.
pub fn both<T: Debug, P: Debug>(got: Result<T>, expected: Result<P>) -> Option<(T, P)> {
    match (got, expected) {
        (Ok(got), Ok(expected)) => Some((got, expected)),
        (Err(got), Err(expected)) if alike(&got, &expected) => None,
        (got, expected) => panic!("the engine says {got:?}, the model {expected:?}"),
    }
}

/// The same kind of error; its sentences are not compared.
fn alike(one: &Error, other: &Error) -> bool {
    match (one, other) {
        (Error::Invalid { field: a, .. }, Error::Invalid { field: b, .. }) => a == b,
        (Error::Rejected { .. }, _) => one == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
