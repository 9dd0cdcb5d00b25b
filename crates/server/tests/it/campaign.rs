//! Campaigns while a server runs: accepted at once, sent a few at a time, and nobody holds up the others.

use parlance_engine::access::{Caller, Scope};
use parlance_engine::campaign::{self, Purpose, Send, State, Ticket};
use parlance_engine::carrier;
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard, Whose};
use parlance_engine::message::{self, Post};
use parlance_engine::person::Kind;
use parlance_engine::workspace::Workspace;
use parlance_engine::{contact, conversation, credit, handset};

use crate::support::{Database, Server, on_both, until};

/// What a text of one part costs, in millionths.
const TEXT_MICRO: i64 = 50_000;

/// A workspace with credit and a simulated carrier, and its agent.
fn shop(server: &Server) -> (Workspace, Caller) {
    let shop = server.workspace("shop");
    server.operator(Some(&shop), |cx| {
        credit::add(cx, 1_000 * TEXT_MICRO, "added")?;
        let (kind, address) = (carrier::Kind::Handset, "12345".to_owned());
        carrier::add(cx, &carrier::New { kind, address, url: None })
    });
    let person = server.user(&shop, Kind::Agent, "eve").id;
    let eve = Caller {
        workspace: shop.id,
        person,
        kind: Kind::Agent,
        can_write: true,
        token: None,
        scope: Scope::All,
    };
    (shop, eve)
}

fn phone(number: usize) -> String {
    format!("+336{number:08}")
}

fn send(server: &Server, who: Caller, count: usize) -> Ticket {
    let new = |number| contact::New { phone: Some(phone(number)), ..contact::New::default() };
    let send = Send {
        channel: Channel::Sms,
        product: "sms_premium".to_owned(),
        text: "Hello.".to_owned(),
        recipients: (0..count).map(new).collect(),
        sender: None,
        purpose: Purpose::Alert,
        send_at: None,
        simulated: false,
        request_id: None,
        draft: false,
        list_name: None,
    };
    server.engine.write_blocking(who.into(), move |cx| campaign::send(cx, &send)).expect("it is accepted")
}

/// Waits until nothing of it is left to send; what the workspace has left then.
fn sent(server: &Server, who: Caller, ticket: &Ticket) -> i64 {
    let status = || {
        let name = ticket.ticket.clone();
        server.engine.read_blocking(who.into(), move |cx| campaign::status(cx, &name)).expect("it is known")
    };
    until("the end of the campaign", || status().state == State::Done);
    status().residual_micro
}

fn texts(server: &Server, shop: &Workspace, number: usize) -> usize {
    server.operator(Some(shop), move |cx| handset::read(cx, &phone(number), None, 10)).len()
}

on_both! {
    fn what_is_accepted_arrives_on_every_telephone_once(server: &Server) {
        let (shop, eve) = shop(server);
        let ticket = send(server, eve, 120);
        assert_eq!(sent(server, eve, &ticket), (1_000 - 120) * TEXT_MICRO);
        for number in 0..120 {
            until("a text", || texts(server, &shop, number) > 0);
            assert_eq!(texts(server, &shop, number), 1);
        }
    }

    fn whoever_cannot_be_written_to_is_passed_over_and_paid_back(server: &Server) {
        let (shop, eve) = shop(server);
        let heard = Heard {
            from: phone(7),
            our_address: "12345".to_owned(),
            channel: Channel::Sms,
            text: "Hello?".to_owned(),
        };
        server.operator(Some(&shop), move |cx| line::hear(cx, &heard));
        server.engine.write_blocking(eve.into(), |cx| {
            let id = line::messages(cx, &Whose::Phone(phone(7)), 0, 1)?.messages[0].conversation;
            message::post(cx, &Post::new(id, "That is all.".to_owned()))?;
            conversation::lock(cx, id)
        }).expect("the line is locked");
        let ticket = send(server, eve, 25);
        assert_eq!(sent(server, eve, &ticket), (1_000 - 25) * TEXT_MICRO, "one text by hand, and 24");
        for number in 0..25 {
            until("a text", || texts(server, &shop, number) > 0);
        }
        let text = server.operator(Some(&shop), |cx| handset::read(cx, &phone(7), None, 10)).remove(0);
        assert_eq!(text.text, "That is all.");
    }
}
