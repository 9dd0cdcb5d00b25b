//! The random verbs: the people's own, and the operator's.

use std::collections::BTreeSet;

use parlance_engine::access::Caller;
use parlance_engine::conversation::Status;
use parlance_engine::event::{Event, Kind as What};
use parlance_engine::file::{self, Verdict};
use parlance_engine::idempotency::{self, Answer, Once};
use parlance_engine::message::{self, Post};
use parlance_engine::person::{self, Change, Facts};
use parlance_engine::{
    Cx, Error, PersonId, Principal, conversation, credential::token, membership, participant,
};

use super::model::{Kept, Paper, State, Token, shows};
use super::outcome::IMAGE;
use super::player::{Player, both, sorted};

impl Player<'_> {
    /// One random thing in one random workspace.
    pub fn step(&mut self) {
        let at = self.below(self.spaces.len());
        self.act(at);
        self.nothing_kept_is_stale(at);
    }

    fn act(&mut self, at: usize) {
        match self.below(100) {
            0..3 => return self.change_a_person(at),
            3..6 => return self.change_a_membership(at),
            6..8 => return self.add_a_token(at),
            8..9 => return self.revoke_a_token(at),
            9 => return self.house.clock.forward([1, 60, 600, 7_200][self.below(4)]),
            10..20 => return self.look_at_a_page(at),
            _ => {}
        }
        let Some(who) = self.somebody(at) else { return };
        match self.below(84) {
            0..8 => self.start_a_conversation(at, who),
            8..28 => self.post_a_message(at, who),
            28..30 => self.lock_a_conversation(at, who),
            78 => self.set_a_status(at, who),
            79 => self.edit_a_message(at, who),
            30..38 => self.read_up_to(at, who),
            38..45 => self.page_through(at, who),
            45..50 => self.get_a_conversation(at, who),
            50..55 => self.post_once(at, who),
            55..62 => self.draft_a_file(at, who),
            62..69 => self.upload_a_file(at, who),
            69..76 => self.attach_a_file(at, who),
            76..78 => self.delete_a_file(at, who),
            _ => self.do_without_a_name(at),
        }
    }

    fn start_a_conversation(&mut self, at: usize, who: Caller) {
        let (new, now) = (self.start(at), self.now());
        let (expected, asked) = (self.spaces[at].start(&who, &new), new.clone());
        let done = self.write(who, move |cx| conversation::start(cx, &asked), expected);
        let Some((id, known)) = done else { return };
        let recipient = self.spaces[at].recipient(&who, &new).expect("it was good");
        let talk = known.unwrap_or_else(|| self.spaces[at].started(&who, &new, recipient, (id, now)));
        assert_eq!(id, self.spaces[at].talks[talk].conversation.id, "the conversation of the same pair");
        let page =
            self.house.read(who, move |cx| message::page(cx, id, 0, 1)).expect("one's own conversation");
        let said = Post::new(id, new.body);
        self.spaces[at].posted(talk, &who, &said, (page.messages[0].id, now));
    }

    fn post_a_message(&mut self, at: usize, who: Caller) {
        let internal = self.one_in(6);
        let new = Post { internal, ..Post::new(self.conversation(at), self.body()) };
        let (now, expected, asked) = (self.now(), self.spaces[at].post(&who, &new), new.clone());
        let done = self.write(who, move |cx| message::post(cx, &asked), expected);
        let Some((message, talk)) = done else { return };
        self.spaces[at].posted(talk, &who, &new, (message.id, now));
        assert_eq!(Some(&message), self.spaces[at].talks[talk].messages.last());
    }

    fn set_a_status(&mut self, at: usize, who: Caller) {
        let all = [Status::Open, Status::Answered, Status::InProgress, Status::Waiting, Status::Closed];
        let (id, to, now) = (self.conversation(at), all[self.below(all.len())], self.now());
        let expected = self.spaces[at].set_status(&who, id, to);
        let done = self.write(who, move |cx| conversation::set_status(cx, id, to), expected);
        if let Some(((), talk)) = done {
            self.spaces[at].came_to(talk, &who, to, now);
        }
    }

    fn edit_a_message(&mut self, at: usize, who: Caller) {
        let (place, now) = (self.place(at, &who), self.now());
        let text = if self.one_in(20) { "x".repeat(8_001) } else { format!("Edited {}.", self.below(3)) };
        let (expected, asked) = (self.spaces[at].edit(&who, place, &text), text.clone());
        let edit = move |cx: &mut Cx<'_>| message::edit(cx, place.conversation, place.message, Some(&asked));
        if let Some(((), own)) = self.write(who, edit, expected) {
            self.spaces[at].edited(own, &who, &text, now);
        }
    }

    fn lock_a_conversation(&mut self, at: usize, who: Caller) {
        let (id, now) = (self.conversation(at), self.now());
        let expected = self.spaces[at].lock(&who, id);
        let done = self.write(who, move |cx| conversation::lock(cx, id), expected);
        if let Some(((), talk)) = done {
            self.spaces[at].locked(talk, &who, now);
        }
    }

    fn read_up_to(&mut self, at: usize, who: Caller) {
        let (id, now) = (self.conversation(at), self.now());
        let expected = self.spaces[at].note_read(&who, id);
        let said = expected.as_ref().map_or(0, |talk| self.spaces[at].talks[*talk].messages.len());
        let index = self.below(said + 4) as i64 - 1;
        let done = self.write(who, move |cx| participant::mark_read(cx, id, index), expected);
        if let Some(((), talk)) = done {
            self.spaces[at].read(talk, &who, index, now);
        }
    }

    fn page_through(&mut self, at: usize, who: Caller) {
        let id = self.conversation(at);
        let (skip, limit) = (self.below(6) as i64, 1 + self.below(9) as i64);
        let got = self.house.read(who, move |cx| message::page(cx, id, skip, limit));
        let Some((page, talk)) = both(got, self.spaces[at].seen(&who, id)) else { return };
        let talk = &self.spaces[at].talks[talk];
        let shown = talk.messages.iter().rev().filter(|m| shows(m, who.kind));
        let newest_first = shown.skip(skip as usize).take(limit as usize);
        assert!(page.messages.iter().eq(newest_first), "messages {skip}+{limit} are {page:?}");
        let newest = page.messages.first().map_or(0, |m| m.index);
        let new = talk.seats.get(&who.person).filter(|read| **read < newest).map(|_| newest);
        assert_eq!(page.newly_read, new);
        let mut people: Vec<PersonId> = page.people.iter().map(|p| p.id).collect();
        people.sort();
        let authors = page.messages.iter().map(|m| m.author);
        let named: BTreeSet<PersonId> = talk.seats.keys().copied().chain(authors).collect();
        assert!(
            people.iter().eq(&named),
            "the people of the page are those in the conversation, and who wrote"
        );
    }

    fn get_a_conversation(&mut self, at: usize, who: Caller) {
        let id = self.conversation(at);
        let got = self.house.read(who, move |cx| conversation::get(cx, id)).map(sorted);
        let Some((got, talk)) = both(got, self.spaces[at].seen(&who, id)) else { return };
        let space = &self.spaces[at];
        assert_eq!(got, space.overview(vec![&space.talks[talk]]));
        assert_eq!(self.house.read(who, participant::unread), Ok(space.unread(who.person)));
    }

    fn post_once(&mut self, at: usize, who: Caller) {
        let new = Post::new(self.conversation(at), format!("Once {}.", self.below(3)));
        let request_hash = format!("{} {}", new.conversation, new.body);
        let once = Once { key: format!("k{}", self.below(6)), request_hash };
        let now = self.now();
        let expected = self.spaces[at].once(&who, &once, &new, now);
        let (asked, named) = (new.clone(), once.clone());
        let verb = move |cx: &mut Cx<'_>| {
            idempotency::once(cx, Some(&named), |cx| {
                let id = message::post(cx, &asked)?.id;
                Ok(Answer { status: 201, body: id.to_string() })
            })
        };
        match self.write(who, verb, expected) {
            Some((answer, Ok(kept))) => assert_eq!(answer, kept, "the answer of the first time"),
            Some((answer, Err(talk))) => {
                let id = answer.body.parse().expect("a message's id");
                self.spaces[at].posted(talk, &who, &new, (id, now));
                let kept = Kept { request_hash: once.request_hash, answer, at: now };
                self.spaces[at].kept.insert((who.person, once.key), kept);
            }
            None => {}
        }
    }

    fn draft_a_file(&mut self, at: usize, who: Caller) {
        let (place, now) = (self.place(at, &who), self.now());
        let expected = self.spaces[at].draft(&who, place, now);
        let done = self.write(who, move |cx| file::draft(cx, place), expected);
        let Some((link, ())) = done else { return };
        let paper = Paper { id: link.file, place, owner: who.person, state: State::Draft, created_at: now };
        self.spaces[at].files.push(paper);
    }

    fn upload_a_file(&mut self, at: usize, who: Caller) {
        let (id, _) = self.file(at, &who);
        let good = !self.one_in(5);
        let verdict = if good { IMAGE } else { Verdict::Rejected(vec!["It is no image.".into()]) };
        let expected = self.spaces[at].upload(&who, id);
        let done = self.write(who, move |cx| file::uploaded(cx, id, &verdict), expected);
        if let Some(((), file)) = done {
            self.spaces[at].files[file].state = if good { State::Uploaded } else { State::Rejected };
        }
    }

    fn attach_a_file(&mut self, at: usize, who: Caller) {
        let ((id, place), now) = (self.file(at, &who), self.now());
        let expected = self.spaces[at].attach(&who, place, id);
        let done = self.write(who, move |cx| file::attach(cx, place, id), expected);
        let Some((attachment, file)) = done else { return };
        self.spaces[at].attached(file, &who, now);
        assert_eq!(attachment, self.spaces[at].attachment(id));
    }

    fn delete_a_file(&mut self, at: usize, who: Caller) {
        let ((id, place), now) = (self.file(at, &who), self.now());
        let expected = self.spaces[at].delete(&who, place, id);
        let done = self.write(who, move |cx| file::delete(cx, place, id), expected);
        if let Some(((), file)) = done {
            self.spaces[at].deleted(file, &who, now);
        }
    }

    /// The operator says nothing in conversations, and nobody at all less than that.
    fn do_without_a_name(&mut self, at: usize) {
        let (id, listing) = (self.conversation(at), self.listing());
        let operator = Principal::Operator(Some(self.spaces[at].workspace.id));
        for who in [Principal::Nobody, Principal::OPERATOR, operator] {
            let post = Post::new(id, "Who am I?".into());
            let forbidden = || Err::<(), _>(Error::Forbidden(""));
            self.write(who, move |cx| message::post(cx, &post), forbidden());
            self.write(who, move |cx| conversation::lock(cx, id), forbidden());
            self.write(who, move |cx| participant::mark_read(cx, id, 1), forbidden());
            both(self.house.read(who, move |cx| conversation::page(cx, listing)), forbidden());
            both(self.house.read(who, move |cx| message::page(cx, id, 0, 1)), forbidden());
            both(self.house.read(who, participant::unread), forbidden());
        }
    }

    fn change_a_person(&mut self, at: usize) {
        let person = self.below(self.spaces[at].people.len());
        let space = &self.spaces[at];
        let (id, operator) = (space.people[person].id, Principal::Operator(Some(space.workspace.id)));
        // Somebody deactivated is mostly active again a moment later, so that life goes on.
        let active = !self.spaces[at].people[person].active || !self.one_in(3);
        let name = Some(format!("name {}", self.below(3)));
        let facts = Facts { name: name.clone(), ..Facts::default() };
        let change = Change { active: Some(active), facts, ..Change::default() };
        let mut after = self.spaces[at].people[person].clone();
        (after.active, after.facts.name) = (active, name);
        let now = self.now();
        self.write(operator, move |cx| person::set(cx, id, &change), Ok(()));
        if after != self.spaces[at].people[person] {
            self.spaces[at].people[person] = after;
            self.spaces[at].happened(now, What::PersonChanged, |e| Event { person: Some(id), ..e });
        }
    }

    fn change_a_membership(&mut self, at: usize) {
        let person = self.below(self.spaces[at].people.len());
        let (id, aggregate) = (self.spaces[at].people[person].id, self.aggregate());
        let operator = Principal::Operator(Some(self.spaces[at].workspace.id));
        let spot = (id, aggregate.id.clone());
        if self.one_in(2) {
            self.spaces[at].members.insert(spot);
            self.write(operator, move |cx| membership::add(cx, id, &aggregate, "member"), Ok(()));
        } else {
            let was = self.spaces[at].members.remove(&spot);
            let expected = if was { Ok(()) } else { Err(Error::NotFound) };
            let (of, now) = (aggregate.clone(), self.now());
            self.write(operator, move |cx| membership::remove(cx, id, &aggregate), expected);
            if was {
                self.spaces[at].left(id, &of, now);
            }
        }
    }

    pub fn add_a_token(&mut self, at: usize) {
        let person = self.below(self.spaces[at].people.len());
        let (person, can_write) = (self.spaces[at].people[person].id, !self.one_in(4));
        let expires_at = self.one_in(2).then(|| self.now().plus_seconds(1_000));
        let operator = Principal::Operator(Some(self.spaces[at].workspace.id));
        let new = token::New { person, label: None, can_write, expires_at };
        let done = self.write(operator, move |cx| token::add(cx, &new), Ok(()));
        let ((token, secret), ()) = done.expect("a token is added");
        self.spaces[at].tokens.push(Token {
            secret,
            id: token.id,
            person,
            can_write,
            expires_at,
            revoked: false,
        });
    }

    fn revoke_a_token(&mut self, at: usize) {
        let token = self.below(self.spaces[at].tokens.len());
        let of = if self.one_in(4) { self.below(self.spaces.len()) } else { at };
        let id = self.spaces[at].tokens[token].id;
        let expected = if of == at { Ok(()) } else { Err(Error::NotFound) };
        let operator = Principal::Operator(Some(self.spaces[of].workspace.id));
        if self.write(operator, move |cx| token::revoke(cx, id), expected).is_some() {
            self.spaces[at].tokens[token].revoked = true;
        }
    }
}
