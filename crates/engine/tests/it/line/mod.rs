//! Lines: what contacts say to us and we to them, and how agents look at it.

mod answer;
mod contact;
mod hostile;
mod inbox;
mod keyword;
mod model;

use parlance_engine::access::Caller;
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard, Messages, Page, Whose};
use parlance_engine::event::{self, Kind as What};
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Cx, MessageId, Principal, Result};

use crate::support::{House, caller};

/// Our addresses.
const SHORT_CODE: &str = "12345";
const OTHER_CODE: &str = "54321";

/// Contacts.
const ADA: &str = "+33612345678";
const BOB: &str = "+4915112345678";

/// A workspace that pays for nothing and has a carrier at each of its addresses, and its agent.
struct Desk<'h> {
    house: &'h House,
    workspace: Workspace,
    agent: Caller,
}

impl<'h> Desk<'h> {
    fn set(house: &'h House) -> Desk<'h> {
        Desk::named(house, "shop")
    }

    fn named(house: &'h House, slug: &str) -> Desk<'h> {
        let workspace = house.workspace(slug);
        let id = workspace.id;
        house.database.execute(&format!("UPDATE workspace SET billing = 0 WHERE id = {id}"));
        for (at, address) in [SHORT_CODE, OTHER_CODE].into_iter().enumerate() {
            house.database.execute(&format!(
                "INSERT INTO carrier (workspace, id, kind, address, state, state_at, created_at)
                 VALUES ({id}, '018f0000-0000-7000-8000-00000000{id:02}{at:02}', 'handset', '{address}', 'up', 0, {at})"
            ));
        }
        let agent = agent(house, &workspace, "agnes");
        Desk { house, workspace, agent }
    }

    fn operator(&self) -> Principal {
        Principal::Operator(Some(self.workspace.id))
    }

    /// A text message from somebody to the short code.
    fn hear(&self, from: &str, text: &str) -> MessageId {
        self.hear_by(Channel::Sms, from, SHORT_CODE, text)
    }

    fn hear_by(&self, channel: Channel, from: &str, to: &str, text: &str) -> MessageId {
        let heard = Heard { from: from.into(), our_address: to.into(), channel, text: text.into() };
        self.house.write(self.operator(), move |cx| line::hear(cx, &heard)).expect("whatever comes is kept")
    }

    fn page(&self) -> Page {
        self.house.read(self.agent, |cx| line::page(cx, 0, 100)).expect("an agent sees the inbox")
    }

    fn messages(&self, whose: Whose) -> Messages {
        self.house.read(self.agent, move |cx| line::messages(cx, &whose, 0, 100)).expect("an agent reads it")
    }

    /// What was said in all lines of a number, oldest first.
    fn said(&self, phone: &str) -> Vec<String> {
        let messages = self.messages(Whose::Phone(phone.into())).messages;
        messages.into_iter().rev().map(|message| message.body).collect()
    }

    fn write<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.house.write(self.agent, verb)
    }

    /// How often something is in the log.
    fn count(&self, what: What) -> usize {
        let log = self.house.read(self.operator(), |cx| event::page(cx, 0, 10_000)).expect("the log");
        log.iter().filter(|entry| entry.event.kind == what).count()
    }
}

/// An agent with an e-mail address.
fn agent(house: &House, workspace: &Workspace, name: &str) -> Caller {
    let email = Some(format!("{name}@{}.example", workspace.slug));
    let facts = Facts { username: Some(name.into()), email, ..Facts::default() };
    let new = Change { kind: Some(Kind::Agent), facts, ..Change::default() };
    let operator = Principal::Operator(Some(workspace.id));
    caller(workspace, &house.write(operator, move |cx| person::add(cx, &new)).expect("an agent is added"))
}
