//! What is sent through carriers: queued, paid for, accepted, reported; one by one and by campaigns.

mod answer;
mod campaign;
mod expand;
mod generated;
mod in_part;
mod index;
mod ledger;
mod list;
mod plan;
mod receive;
mod report;
mod stop_mention;
mod submission;

use parlance_engine::access::Caller;
use parlance_engine::campaign::{self as campaigns, Purpose, Send, State, Ticket};
use parlance_engine::carrier::part::{self, Part, Piece};
use parlance_engine::carrier::{self as carriers, Carrier, Inbound, Kind, Outcome};
use parlance_engine::channel::Channel;
use parlance_engine::credit::price::{self, Price};
use parlance_engine::handset::{self, Text};
use parlance_engine::message::{Delivery, Message};
use parlance_engine::submission::{self as submissions, Report, Submission};
use parlance_engine::workspace::Workspace;
use parlance_engine::{ConversationId, MessageId, Principal, Result, Time, contact, credit};

use crate::support::House;

/// What is put into the wallet: enough for 2,000 texts.
const CREDIT_MICRO: i64 = 100_000_000;

/// What a text of one part costs.
const TEXT_MICRO: i64 = 50_000;

const ADA: &str = "+33612345678";
const BEN: &str = "+33612345679";

/// A workspace with credit, an agent and a simulated carrier.
pub struct Shop {
    pub workspace: Workspace,
    pub operator: Principal,
    pub agent: Caller,
    pub carrier: Carrier,
}

impl Shop {
    pub fn open(house: &House) -> Shop {
        Shop::named(house, "shop")
    }

    pub fn named(house: &House, slug: &str) -> Shop {
        Shop::in_workspace(house, house.workspace(slug))
    }

    fn in_workspace(house: &House, workspace: Workspace) -> Shop {
        let operator = Principal::Operator(Some(workspace.id));
        house.write(operator, |cx| credit::add(cx, CREDIT_MICRO, "added")).unwrap();
        let carrier = crate::carrier::add(house, operator, Kind::Handset, "12345", None).unwrap();
        Shop { agent: house.agent(&workspace, "eve"), workspace, operator, carrier }
    }

    pub fn balance(&self, house: &House) -> i64 {
        house.read(self.operator, credit::balance).unwrap()
    }

    /// A text that a carrier delivers.
    pub fn inbound(&self, from: &str, text: &str) -> Inbound {
        Inbound {
            carrier: self.carrier.id,
            from: from.to_owned(),
            to: "12345".to_owned(),
            channel: Channel::Sms,
            text: text.to_owned(),
            key: format!("{from} {text}"),
            session: "one".to_owned(),
            at: Time(1_800_000_000_000_000),
        }
    }

    pub fn receive(&self, house: &House, text: Inbound) -> Outcome {
        house.write(self.operator, move |cx| carriers::receive(cx, &text)).unwrap()
    }

    /// The conversation that begins when somebody writes.
    pub fn hear(&self, house: &House, from: &str, text: &str) -> ConversationId {
        conversation_of(house, self.receive(house, self.inbound(from, text)).message)
    }

    /// A message of the agent's that is queued.
    pub fn say(&self, house: &House, to: ConversationId, text: &str) -> Message {
        house.post(self.agent, to, text).unwrap()
    }

    pub fn due(&self, house: &House) -> Vec<Submission> {
        let id = self.carrier.id;
        house.read(self.operator, move |cx| submissions::due(cx, id, 10_000)).unwrap()
    }

    pub fn due_ids(&self, house: &House) -> Vec<MessageId> {
        self.due(house).into_iter().map(|due| due.message).collect()
    }

    pub fn accept(&self, house: &House, id: MessageId, carrier_ids: &[&str]) {
        let ids: Vec<String> = carrier_ids.iter().map(|id| (*id).to_owned()).collect();
        house.write(self.operator, move |cx| submissions::accepted(cx, id, &ids)).unwrap();
    }

    pub fn refuse(&self, house: &House, id: MessageId, delivery: Delivery) {
        house.write(self.operator, move |cx| submissions::refused(cx, id, delivery, "refused")).unwrap();
    }

    /// Whether the report was of a message that is known.
    pub fn report(&self, house: &House, carrier_id: &str, to: &str, delivery: Delivery) -> bool {
        let report = Report {
            carrier: self.carrier.id,
            carrier_message: carrier_id.to_owned(),
            to: to.to_owned(),
            delivery,
            detail: "stat:X".to_owned(),
            at: Time(0),
        };
        house.write(self.operator, move |cx| submissions::report(cx, &report)).unwrap()
    }

    pub fn send(&self, house: &House, new: Send) -> Result<Ticket> {
        house.write(self.agent, move |cx| campaigns::send(cx, &new))
    }

    /// Takes every step that is due, as the runner does, but sends to `limit` in each; how many steps it took.
    pub fn expand_all(&self, house: &House, limit: usize) -> usize {
        let mut steps = 0;
        loop {
            let due = house.read(Principal::OPERATOR, |cx| campaigns::due(cx, 10)).unwrap();
            let Some(first) = due.into_iter().next() else { return steps };
            let operator = Principal::Operator(Some(first.workspace));
            house
                .write(operator, move |cx| match first.state {
                    State::Computing => campaigns::compute(cx, &first.ticket),
                    State::Cancelled => campaigns::call_off(cx, &first.ticket),
                    _ => campaigns::expand(cx, &first.ticket, limit).map(drop),
                })
                .unwrap();
            steps += 1;
        }
    }
}

/// Something in every table of the rooms that send: a text that came in, half of another, one that waits, one that was taken, a report of
/// nothing, and a campaign half way.
pub fn furnish(house: &House, workspace: &Workspace) {
    let shop = Shop::in_workspace(house, workspace.clone());
    let text = Inbound { key: "id:1".to_owned(), ..shop.inbound(BEN, "Hello?") };
    let line = conversation_of(house, shop.receive(house, text).message);
    let taken = shop.say(house, line, "Hello Ben.").id;
    shop.say(house, line, "How are you?");
    shop.accept(house, taken, &["4711"]);
    shop.report(house, "4712", BEN, Delivery::Delivered);
    let ticket = shop.send(house, Send { request_id: Some("r-1".to_owned()), ..to_many(3) }).unwrap().ticket;
    let price = Price { product: "rcs".to_owned(), country: String::new(), amount_micro: 1 };
    let on_phone = Text {
        phone: BEN.to_owned(),
        message: taken,
        from: "12345".to_owned(),
        text: "Hello Ben.".to_owned(),
        at: Time(0),
    };
    let half = Part {
        carrier: shop.carrier.id,
        from: BEN.to_owned(),
        to: "12345".to_owned(),
        reference: "8:7".to_owned(),
        total: 2,
        number: 1,
        piece: Piece { coding: 0, octets: b"Half of".to_vec() },
    };
    house
        .write(shop.operator, move |cx| {
            part::receive(cx, &half, |_| String::new())?;
            price::set(cx, &price)?;
            handset::deliver(cx, &on_phone)?;
            campaigns::expand(cx, &ticket, 1)
        })
        .unwrap();
}

/// A campaign to these numbers.
pub fn to(phones: &[&str]) -> Send {
    Send {
        channel: Channel::Sms,
        product: "sms_premium".to_owned(),
        text: "Hello.".to_owned(),
        recipients: phones.iter().map(|phone| recipient(phone)).collect(),
        sender: None,
        purpose: Purpose::Alert,
        send_at: None,
        simulated: false,
        request_id: None,
        draft: false,
        list_name: None,
    }
}

pub fn recipient(phone: &str) -> contact::New {
    contact::New { phone: Some(phone.to_owned()), ..contact::New::default() }
}

/// So many numbers.
pub fn phones(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("+336{number:08}")).collect()
}

pub fn to_many(count: usize) -> Send {
    let phones = phones(count);
    to(&phones.iter().map(String::as_str).collect::<Vec<_>>())
}

pub fn conversation_of(house: &House, message: MessageId) -> ConversationId {
    let rows = house.database.rows(&format!("SELECT conversation FROM message WHERE id = '{message}'"));
    rows[0].parse().expect("an id is stored")
}

/// How far a message came, as it is stored.
pub fn delivery(house: &House, message: MessageId) -> String {
    house.database.rows(&format!("SELECT delivery FROM message WHERE id = '{message}'")).remove(0)
}

/// How many times the log tells of how far messages came.
pub fn told(house: &House) -> usize {
    house.database.rows("SELECT seq FROM event WHERE kind = 'message.delivery'").len()
}
