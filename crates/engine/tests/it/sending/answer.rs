//! One text said in many conversations.

use parlance_engine::access::{Caller, Scope};
use parlance_engine::campaign::{self, Addressee, Answer, RECIPIENTS_MAX, Ticket};
use parlance_engine::contact::{self, Saving, list};
use parlance_engine::conversation::line::{self, TEXT_CHARS_MAX, Whose};
use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::conversation::{self, Status, set_status};
use parlance_engine::message::Delivery;
use parlance_engine::{ConversationId, Error, Result, Time};

use super::{ADA, BEN, CREDIT_MICRO, Shop, TEXT_MICRO, phones, recipient};
use crate::support::{House, on_both};

fn to(conversations: &[ConversationId]) -> Answer {
    let addressee = |id: &ConversationId| Addressee { conversation: id.to_string(), ..Addressee::default() };
    Answer {
        text: "Good day.".to_owned(),
        recipients: conversations.iter().map(addressee).collect(),
        send_at: None,
        draft: false,
        simulated: false,
        request_id: None,
        list_name: None,
    }
}

impl Shop {
    fn answer(&self, house: &House, new: Answer) -> Result<Ticket> {
        house.write(self.agent, move |cx| campaign::answer(cx, &new))
    }

    /// What was said in the lines of a number, newest first.
    fn said(&self, house: &House, phone: &str) -> Vec<String> {
        let whose = Whose::Phone(phone.to_owned());
        let all = house.read(self.agent, move |cx| line::messages(cx, &whose, 0, 100)).unwrap();
        all.messages.into_iter().map(|message| message.body).collect()
    }
}

#[track_caller]
fn field(outcome: Result<Ticket>) -> &'static str {
    match outcome {
        Err(Error::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

on_both! {
    fn a_text_is_said_in_each_conversation_as_an_answer_and_at_its_price(house: &House) {
        let shop = Shop::open(house);
        let (ada, ben) = (shop.hear(house, ADA, "Hello?"), shop.hear(house, BEN, "Hello?"));
        let ticket = shop.answer(house, to(&[ada, ben, ada])).unwrap();
        assert_eq!((ticket.number_of_contacts, ticket.parts, ticket.cost_micro), (2, 1, 2 * TEXT_MICRO));
        assert_eq!(ticket.residual_micro, CREDIT_MICRO - 2 * TEXT_MICRO);
        assert_eq!(shop.balance(house), ticket.residual_micro);
        assert!(ticket.ticket.starts_with("chat_") && ticket.ticket.len() == 18, "{}", ticket.ticket);
        assert_eq!(shop.said(house, ADA), ["Good day.", "Hello?"]);
        let due = shop.due(house);
        assert_eq!(due.iter().map(|one| (&*one.from, &*one.to)).collect::<Vec<_>>(), [("12345", ADA), ("12345", BEN)]);
        let tickets = house.database.rows("SELECT DISTINCT campaign FROM submission");
        assert_eq!(tickets, [ticket.ticket], "reports of it are told under its ticket");
        let who = shop.agent.person;
        let members = house.read(shop.agent, move |cx| ticket::members(cx, ada)).unwrap();
        assert!(members.iter().any(|member| member.person.id == who), "whoever answers takes part");
    }

    fn what_is_given_back_is_what_was_paid(house: &House) {
        let shop = Shop::open(house);
        let ada = shop.hear(house, ADA, "Hello?");
        shop.answer(house, to(&[ada])).unwrap();
        shop.refuse(house, shop.due_ids(house)[0], Delivery::BadDestination);
        assert_eq!(shop.balance(house), CREDIT_MICRO);
    }

    fn everybody_has_what_is_said_of_them_and_else_what_is_known(house: &House) {
        let shop = Shop::open(house);
        let known = contact::New { first_name: "Ada".into(), last_name: "L.".into(), ..recipient(ADA) };
        let saving = Saving { contacts: vec![known], ..Saving::default() };
        house.write(shop.agent, move |cx| contact::save(cx, &saving)).unwrap();
        let (ada, ben) = (shop.hear(house, ADA, "Hello?"), shop.hear(house, BEN, "Hello?"));
        let mut new = Answer { text: "Dear {first_name} {last_name}{param1}!".into(), ..to(&[ada, ben]) };
        new.recipients[0].said.last_name = "Lovelace".into();
        new.recipients[1].said.params[0] = "Sir".into();
        shop.answer(house, new).unwrap();
        assert_eq!(shop.said(house, ADA)[0], "Dear Ada Lovelace!");
        assert_eq!(shop.said(house, BEN)[0], "Dear  Sir!");
        let contact = house.read(shop.agent, |cx| contact::by_address(cx, &contact::Address::Phone(ADA.into())));
        assert_eq!(contact.unwrap().unwrap().last_name, "L.", "what is said for one text is not kept");
    }

    fn a_closed_conversation_is_open_again_and_answered(house: &House) {
        let shop = Shop::open(house);
        let ada = shop.hear(house, ADA, "Hello?");
        house.write(shop.agent, move |cx| set_status(cx, ada, Status::Closed)).unwrap();
        shop.answer(house, to(&[ada])).unwrap();
        let page = house.read(shop.agent, |cx| line::page(cx, 0, 10)).unwrap();
        assert_eq!(page.lines[0].conversation.status, Status::Answered);
    }

    fn what_stands_in_the_way_of_one_answer_stands_in_the_way_of_all(house: &House) {
        let shop = Shop::open(house);
        let (ada, ben) = (shop.hear(house, ADA, "Hello?"), shop.hear(house, BEN, "STOP"));
        let other = Shop::named(house, "other");
        let foreign = other.hear(house, ADA, "Hello?");
        let ticket = house.write(house.customer(&shop.workspace, "carl"), |cx| ticket::start(cx, &New::default())).unwrap();
        let before = house.database.dump_what_there_is(shop.workspace.id);
        let nothing = || assert_eq!(house.database.dump_what_there_is(shop.workspace.id), before);
        let opted_out = shop.answer(house, to(&[ada, ben]));
        assert!(matches!(&opted_out, Err(Error::Conflict(why)) if why.contains(BEN)), "{opted_out:?}");
        nothing();
        let nobody = ConversationId(shop.agent.person.0);
        for unknown in [foreign, ticket, nobody] {
            assert_eq!(field(shop.answer(house, to(&[ada, unknown]))), "conversation_id");
            nothing();
        }
        let mut unreadable = to(&[ada]);
        for id in ["", "x", "cid_", "\u{0}"] {
            unreadable.recipients[0].conversation = id.to_owned();
            assert_eq!(field(shop.answer(house, unreadable.clone())), "conversation_id");
        }
        house.database.execute(&format!("UPDATE conversation SET locked = 1 WHERE id = '{ada}'"));
        assert_eq!(shop.answer(house, to(&[ada])).map(drop), Err(Error::Locked));
    }

    fn what_makes_no_sense_is_refused_by_name(house: &House) {
        let shop = Shop::open(house);
        let ada = shop.hear(house, ADA, "Hello?");
        let later = Some(Time(house.clock.next().0 + 60_000_000));
        let many = vec![Addressee::default(); RECIPIENTS_MAX + 1];
        for (new, expected) in [
            (Answer { text: " ".into(), ..to(&[ada]) }, "text"),
            (Answer { text: "{param1}".into(), ..to(&[ada]) }, "text"),
            (Answer { text: "x".repeat(TEXT_CHARS_MAX + 1), ..to(&[ada]) }, "text"),
            (to(&[]), "recipients"),
            (Answer { recipients: many, ..to(&[]) }, "recipients"),
            (Answer { send_at: later, ..to(&[ada]) }, "send_at"),
            (Answer { draft: true, ..to(&[ada]) }, "draft"),
            (Answer { request_id: Some("x".repeat(201)), ..to(&[ada]) }, "request"),
            (Answer { list_name: Some("x".repeat(31)), ..to(&[ada]) }, "list_name"),
        ] {
            assert_eq!(field(shop.answer(house, new)), expected);
        }
        assert_eq!((shop.said(house, ADA).len(), shop.balance(house)), (1, CREDIT_MICRO));
        let past = Answer { send_at: Some(Time(1)), list_name: Some("asked".into()), ..to(&[ada]) };
        shop.answer(house, past).unwrap();
        let listed = house.read(shop.agent, |cx| list::members(cx, list::Kind::List, "asked", None, 10)).unwrap();
        assert_eq!(listed.len(), 1);
    }

    fn what_is_sent_for_show_costs_and_says_nothing(house: &House) {
        let shop = Shop::open(house);
        let (ada, ben) = (shop.hear(house, ADA, "Hello?"), shop.hear(house, BEN, "Hello?"));
        let before = house.database.dump_what_there_is(shop.workspace.id);
        let show = Answer { simulated: true, request_id: Some("r-1".into()), text: "x".repeat(161), ..to(&[ada, ben]) };
        let ticket = shop.answer(house, show.clone()).unwrap();
        assert_eq!((ticket.number_of_contacts, ticket.parts, ticket.cost_micro), (2, 2, 4 * TEXT_MICRO));
        assert_eq!(ticket.residual_micro, CREDIT_MICRO);
        assert_eq!(house.database.dump_what_there_is(shop.workspace.id), before);
        let real = Answer { simulated: false, ..show };
        let told = shop.answer(house, real.clone()).unwrap();
        assert_eq!((told.parts, told.cost_micro), (ticket.parts, ticket.cost_micro), "the show told the truth");
        assert_eq!(field(shop.answer(house, real.clone())), "request_id");
        house.clock.forward(24 * 60 * 60);
        shop.answer(house, real).unwrap();
    }

    fn without_enough_credit_nobody_is_answered(house: &House) {
        let shop = Shop::open(house);
        let all: Vec<ConversationId> = phones(3).iter().map(|phone| shop.hear(house, phone, "Hello?")).collect();
        house.database.execute(&format!("UPDATE wallet SET balance_micro = {}", 2 * TEXT_MICRO));
        assert_eq!(shop.answer(house, to(&all)).map(drop), Err(Error::OutOfCredit));
        assert_eq!((shop.due(house).len(), shop.balance(house)), (0, 2 * TEXT_MICRO));
        shop.answer(house, to(&all[..2])).unwrap();
        assert_eq!((shop.due(house).len(), shop.balance(house)), (2, 0));
    }

    fn only_agents_who_may_write_answer(house: &House) {
        let shop = Shop::open(house);
        let ada = shop.hear(house, ADA, "Hello?");
        let customer = house.customer(&shop.workspace, "carl");
        for who in [customer, Caller { can_write: false, ..shop.agent }] {
            let refused = house.write(who, move |cx| campaign::answer(cx, &to(&[ada])));
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        let inbox = Caller { scope: Scope::Inbox, ..shop.agent };
        house.write(inbox, move |cx| campaign::answer(cx, &to(&[ada]))).unwrap();
        assert_eq!(house.read(shop.agent, move |cx| conversation::get(cx, ada)).map(drop), Ok(()));
    }
}
