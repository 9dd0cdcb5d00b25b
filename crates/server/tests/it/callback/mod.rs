//! Callbacks, as a customer's own server gets them.

mod crash;
mod failing;
mod guarded;
mod told;

use std::cell::Cell;

use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::callback::{self, Callback};
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::message::{self, Delivery};
use parlance_engine::person::Kind;
use parlance_engine::workspace::Workspace;
use parlance_engine::{MessageId, PersonId, Principal, follower};
use parlance_server::config::{Config, Network};

use crate::support::{Database, Server, until};

/// Writes a test once and runs it on both databases, with a customer's server beside ours.
macro_rules! with_receiver {
    ($($(#[$meta:meta])* fn $name:ident($server:ident: &Server, $customer:ident: &Receiver) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($server: &Server, $customer: &Receiver) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                body(&crate::callback::server(crate::support::Database::sqlite()), &Receiver::start());
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let Some(database) = crate::support::Database::postgres() {
                    body(&crate::callback::server(database), &Receiver::start());
                }
            }
        }
    )*};
}
use with_receiver;

/// How long a call that is being made is nobody else's business.
const LEASE_MICROS: i64 = 10_000_000;

/// A server that may call this machine.
fn server(database: Database) -> Server {
    Server::configured(database, allow_this_machine)
}

fn allow_this_machine(config: &mut Config) {
    config.outgoing.allow_networks = vec![Network::try_from("127.0.0.0/8".to_owned()).expect("a network")];
    config.outgoing.allow_http = true;
}

/// A line with a contact.
struct Line<'s> {
    server: &'s Server,
    workspace: Workspace,
    agent: PersonId,
    said: Cell<i64>,
}

impl<'s> Line<'s> {
    fn open(server: &'s Server) -> Line<'s> {
        let workspace = server.workspace("shop");
        let agent = server.user(&workspace, Kind::Agent, "agnes").id;
        let line = Line { server, workspace, agent, said: Cell::new(0) };
        line.hears("Bonjour");
        line.followed();
        line
    }

    fn want(&self, parameter: Parameter, urls: &str) {
        let said: Parameters = [(parameter, urls.to_owned())].into();
        self.server.operator(Some(&self.workspace), move |cx| account::set_parameters(cx, &said));
    }

    /// The contact writes; the id of the message.
    fn hears(&self, text: &str) -> String {
        let heard = Heard {
            from: "+33600000001".into(),
            our_address: "12345".into(),
            channel: Channel::Sms,
            text: text.to_owned(),
        };
        self.server.operator(Some(&self.workspace), move |cx| line::hear(cx, &heard)).to_string()
    }

    /// An agent writes: past the engine, because no carrier is there to take it.
    fn sends(&self, text: &str) -> String {
        let (w, at) = (self.workspace.id, self.server.engine.now().0);
        self.said.set(self.said.get() + 1);
        let id = format!("0190f3c4-0000-7000-8000-{:012}", self.said.get());
        self.server.execute(&format!(
            "UPDATE conversation SET message_count = message_count + 1 WHERE workspace = {w};
             INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at, channel,
                 delivery)
             SELECT {w}, c.id, c.message_count, '{id}', '{}', '{text}', 0, {at}, 'sms', 'queued' FROM conversation c
             WHERE c.workspace = {w};",
            self.agent
        ));
        id
    }

    /// It is known now what became of a message.
    fn arrived(&self, message: &str, delivery: Delivery) {
        let id: MessageId = message.parse().expect("an id");
        self.server.operator(Some(&self.workspace), move |cx| message::set_delivery(cx, id, delivery));
    }

    /// Waits until the log was followed to its end.
    fn followed(&self) {
        let operator = Principal::Operator(Some(self.workspace.id));
        let read =
            || self.server.engine.read_blocking(operator, |cx| follower::position(cx, callback::FOLLOWER));
        until("the follower", || read().is_ok_and(|at| at.reached == at.newest));
    }

    /// Lets `seconds` pass and waits until everything that is due then was called.
    fn pass(&self, seconds: i64) {
        self.followed();
        self.server.clock.forward(seconds);
        let now = self.server.engine.now().0;
        // What is on its way is due when its claim ends, to the microsecond; nothing else is.
        let open = format!(
            "SELECT id FROM callback WHERE state = 'waiting' AND (due_at <= {now} OR due_at - tried_at = {LEASE_MICROS})"
        );
        until("what was due", || self.server.rows(open.clone()).is_empty());
    }

    /// What was written down so far, oldest first.
    fn log(&self) -> Vec<Callback> {
        let mut log = self.server.operator(Some(&self.workspace), |cx| callback::page(cx, None, 1_000));
        log.reverse();
        log
    }
}
