//! Callbacks: which URL is told what, when it is told again, and when no more.

mod claim;
mod told;

use std::cell::Cell;

use parlance_engine::access::Caller;
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::callback::{self, Asking, Callback, Due, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::message::{self, Delivery};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Cx, MessageId, Principal, follower};

use crate::support::House;

/// The contact's number.
const PHONE: &str = "+33600000001";

/// A workspace with a line: a contact, an agent, and what they say to each other.
struct Shop<'h> {
    house: &'h House,
    workspace: Workspace,
    agent: Caller,
    said: Cell<i64>,
}

impl<'h> Shop<'h> {
    fn open(house: &'h House) -> Shop<'h> {
        Shop::called(house, "shop")
    }

    fn called(house: &'h House, slug: &str) -> Shop<'h> {
        let workspace = house.workspace(slug);
        let agent = house.agent(&workspace, "agnes");
        let shop = Shop { house, workspace, agent, said: 0.into() };
        shop.hears("first");
        shop.follow();
        shop
    }

    fn operator(&self) -> Principal {
        Principal::Operator(Some(self.workspace.id))
    }

    fn want(&self, who: impl Into<Principal>, parameter: Parameter, urls: &str) {
        let said: Parameters = [(parameter, urls.to_owned())].into();
        self.house.write(who, move |cx| account::set_parameters(cx, &said)).expect("it is said");
    }

    fn follow(&self) {
        while self.house.write(self.operator(), |cx| callback::follow(cx, 2)).expect("the log is followed") {}
        let position = self.house.read(self.operator(), |cx| follower::position(cx, callback::FOLLOWER));
        assert!(position.is_ok_and(|at| at.reached == at.newest));
    }

    /// The contact writes.
    fn hears(&self, text: &str) -> MessageId {
        self.hears_from(PHONE, text)
    }

    /// Somebody writes.
    fn hears_from(&self, from: &str, text: &str) -> MessageId {
        let heard = Heard {
            from: from.into(),
            our_address: "12345".into(),
            channel: Channel::Sms,
            text: text.to_owned(),
        };
        self.house.write(self.operator(), move |cx| line::hear(cx, &heard)).expect("it is heard")
    }

    /// Somebody writes to the contact: past the engine, because who may write what is not what is looked at here.
    fn sends(&self, who: Caller, text: &str) -> MessageId {
        let (w, at) = (self.workspace.id, self.house.engine.now());
        self.said.set(self.said.get() + 1);
        let id = format!("0190f3c4-0000-7000-8000-{w:04}{:08}", self.said.get());
        self.house.database.execute(&format!(
            "UPDATE conversation SET message_count = message_count + 1 WHERE workspace = {w} AND contact IS NOT NULL;
             INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at, channel,
                 delivery)
             SELECT {w}, c.id, c.message_count, '{id}', '{}', '{text}', 0, {}, 'sms', 'queued' FROM conversation c
             WHERE c.workspace = {w} AND c.contact IS NOT NULL;",
            who.person, at.0
        ));
        self.happened("message.posted", "message", &id);
        id.parse().expect("an id")
    }

    /// It is known now how far a message came.
    fn arrived(&self, message: MessageId, delivery: Delivery) {
        let set = move |cx: &mut Cx<'_>| message::set_delivery(cx, message, delivery);
        self.house.write(self.operator(), set).expect("it is noted");
    }

    fn happened(&self, kind: &str, column: &str, value: &str) {
        let (w, at) = (self.workspace.id, self.house.engine.now().0);
        self.house.database.execute(&format!(
            "UPDATE counter SET event_seq = event_seq + 1 WHERE workspace = {w};
             INSERT INTO event (workspace, seq, kind, {column}, at)
             SELECT {w}, event_seq, '{kind}', '{value}', {at} FROM counter WHERE workspace = {w};"
        ));
    }

    /// A message is part of a campaign.
    fn belongs(&self, message: MessageId, ticket: &str) {
        let w = self.workspace.id;
        self.house.database.execute(&format!(
            "INSERT INTO submission (workspace, message, conversation, carrier, channel, from_address, to_address,
                 state, parts, cost_micro, campaign, attempts, changed_at)
             VALUES ({w}, '{message}', '', '', 'sms', '12345', '+33600000009', 'accepted', 1, 0, '{ticket}', 0, 0)"
        ));
    }

    /// What was written down so far, oldest first.
    fn log(&self) -> Vec<Callback> {
        self.follow();
        let mut log = self.house.read(self.operator(), |cx| callback::page(cx, None, 100)).expect("a page");
        log.reverse();
        log
    }

    fn claim(&self, due: &[Due]) -> Vec<Callback> {
        let due = due.to_vec();
        self.house.write(self.operator(), move |cx| callback::claim(cx, &due, 20)).expect("a claim")
    }

    fn claim_one(&self) -> Callback {
        let mut claimed = self.claim(&due(self.house, 10));
        assert_eq!(claimed.len(), 1);
        claimed.remove(0)
    }

    /// How many seconds later it is made again.
    fn fails(&self, made: &Callback) -> Option<i64> {
        let (made, now) = (made.clone(), self.house.clock.next());
        let again = self.house.write(self.operator(), move |cx| callback::failed(cx, &made, "answered 500"));
        again.expect("it is noted").map(|at| (at.0 - now.0 + 500_000) / 1_000_000)
    }
}

fn due(house: &House, each: i64) -> Vec<Due> {
    let asking = Asking { after_host: String::new(), hosts: 100, each };
    house.read(Principal::OPERATOR, move |cx| callback::due(cx, &asking)).expect("a list")
}

fn told(log: &[Callback]) -> Vec<(Kind, &str, &str, &str)> {
    log.iter().map(|c| (c.kind, c.url.as_str(), c.number.as_str(), c.text.as_str())).collect()
}
