//! What a campaign is accepted for, and what it costs.

use parlance_engine::campaign::{self, RECIPIENTS_MAX, Send, State};
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::TEXT_CHARS_MAX;
use parlance_engine::credit::price::{self, Price};
use parlance_engine::person::Kind;
use parlance_engine::{Error, carrier, contact};

use super::{ADA, BEN, CREDIT_MICRO, Shop, TEXT_MICRO, recipient, to, to_many};
use crate::support::{House, caller, on_both};

fn field(outcome: &parlance_engine::Result<campaign::Ticket>) -> &'static str {
    match outcome {
        Err(Error::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

/// Somebody of whom this is said.
fn with_param(phone: &str, param1: &str) -> contact::New {
    let [_, others @ ..] = <[String; 5]>::default();
    let [second, third, fourth, fifth] = others;
    contact::New { params: [param1.to_owned(), second, third, fourth, fifth], ..recipient(phone) }
}

on_both! {
    fn a_campaign_is_paid_for_when_it_is_accepted(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to(&[ADA, "06 12 34 56 79"])).unwrap();
        assert_eq!((ticket.state, ticket.number_of_contacts, ticket.parts), (State::Sending, 2, 1));
        assert_eq!((ticket.cost_micro, ticket.residual_micro), (2 * TEXT_MICRO, CREDIT_MICRO - 2 * TEXT_MICRO));
        let digits = ticket.ticket.strip_prefix("sms_").expect("a ticket as the original has them");
        assert!(digits.len() == 13 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{digits}");
        assert_eq!(shop.balance(house), ticket.residual_micro);
        let name = ticket.ticket.clone();
        assert_eq!(house.read(shop.agent, move |cx| campaign::status(cx, &name)), Ok(ticket));
    }

    fn a_number_counts_once_and_what_is_no_number_not_at_all(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to(&[ADA, "0612345678", "33612345678", "call me", "12", "", BEN])).unwrap();
        assert_eq!((ticket.number_of_contacts, ticket.cost_micro), (2, 2 * TEXT_MICRO));
    }

    fn everybodys_text_is_measured_with_what_is_filled_in(house: &House) {
        let shop = Shop::open(house);
        let long = with_param(ADA, &"x".repeat(155));
        let text = "Hello {param1}!".to_owned();
        let ticket = shop.send(house, Send { text, recipients: vec![long, recipient(BEN)], ..to(&[]) }).unwrap();
        assert_eq!((ticket.parts, ticket.cost_micro), (2, 3 * TEXT_MICRO));
        let text = "{param1}".repeat(150);
        let refused = shop.send(house, Send { text, recipients: vec![with_param(ADA, &"x".repeat(200))], ..to(&[]) });
        assert_eq!(field(&refused), "text");
    }

    fn what_is_said_of_somebody_is_sent_whole_or_refused_by_their_number(house: &House) {
        let shop = Shop::open(house);
        let whole = "x".repeat(TEXT_CHARS_MAX);
        let send = |one: contact::New| {
            let recipients = vec![recipient(BEN), one];
            shop.send(house, Send { text: "{param1}.".into(), recipients, ..to(&[]) })
        };
        assert_eq!(field(&send(with_param(ADA, &whole))), "text", "there is no room for the point");
        let too_long = [
            with_param(ADA, &format!("{whole}x")),
            contact::New { last_name: "x".repeat(101), ..recipient(ADA) },
        ];
        for refused in too_long.map(send) {
            let Err(Error::Invalid { field: "value", problem }) = refused else { panic!("{refused:?}") };
            assert!(problem.contains(ADA), "{problem}");
        }
        assert_eq!(shop.balance(house), CREDIT_MICRO);
        let kept = &whole[1..];
        send(with_param(ADA, kept)).unwrap();
        shop.expand_all(house, 10);
        assert!(shop.due(house).iter().any(|due| due.to == ADA && due.text == format!("{kept}.")));
        assert_eq!(house.database.rows("SELECT param1 FROM contact ORDER BY param1 DESC")[0], kept, "and is known whole");
    }

    fn nobody_is_sent_or_charged_for_a_text_that_says_nothing(house: &House) {
        let shop = Shop::open(house);
        for blank in ["", " ", "\u{a0}\u{2003}"] {
            let recipients = vec![with_param(BEN, "Hello."), with_param(ADA, blank)];
            let refused = shop.send(house, Send { text: "{param1}".into(), recipients, ..to(&[]) });
            let named = matches!(&refused, Err(Error::Invalid { field: "text", problem }) if problem.contains(ADA));
            assert!(named, "{blank:?}: {refused:?}");
        }
        assert_eq!(shop.balance(house), CREDIT_MICRO);
        shop.opt_out(house, ADA);
        let recipients = vec![with_param(BEN, "Hello."), recipient(ADA)];
        let sent = shop.send(house, Send { text: "{param1}".into(), recipients, ..to(&[]) }).unwrap();
        assert_eq!((sent.number_of_contacts, sent.parts), (1, 1), "who is not written to stands in nobody's way");
    }

    fn each_country_has_its_price(house: &House) {
        let shop = Shop::open(house);
        let price = Price { product: "sms_low_cost".into(), country: "DE".into(), amount_micro: 70_000 };
        house.write(shop.operator, move |cx| price::set(cx, &price)).unwrap();
        let new = Send { product: "sms_low_cost".into(), ..to(&[ADA, "+4915112345678"]) };
        assert_eq!(shop.send(house, new).unwrap().cost_micro, TEXT_MICRO + 70_000);
        let unknown = Send { product: "carrier pigeon".into(), ..to(&["+4915112345678"]) };
        assert_eq!(shop.send(house, unknown).unwrap().cost_micro, TEXT_MICRO, "sold as what the channel is sold as");
    }

    fn what_cannot_be_sent_is_refused_and_nothing_is_paid(house: &House) {
        let shop = Shop::open(house);
        let text = |text: String| shop.send(house, Send { text, ..to(&[ADA]) });
        for refused in [text(String::new()), text(" \n".into()), text("x".repeat(TEXT_CHARS_MAX + 1))] {
            assert_eq!(field(&refused), "text");
        }
        assert_eq!(field(&shop.send(house, to(&[]))), "recipients");
        assert_eq!(field(&shop.send(house, to_many(RECIPIENTS_MAX + 1))), "recipients");
        assert_eq!(field(&shop.send(house, to(&["call me"]))), "phone");
        for channel in [Channel::Email, Channel::Chat, Channel::Facebook, Channel::Instagram] {
            assert_eq!(field(&shop.send(house, Send { channel, ..to(&[ADA]) })), "channel");
        }
        let name = Some("x".repeat(201));
        assert_eq!(field(&shop.send(house, Send { sender: name.clone(), ..to(&[ADA]) })), "sender");
        assert_eq!(field(&shop.send(house, Send { request_id: name, ..to(&[ADA]) })), "request");
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        assert_eq!(field(&shop.send(house, to(&[ADA]))), "sender");
        assert_eq!(shop.balance(house), CREDIT_MICRO);
        assert!(house.database.rows("SELECT ticket FROM campaign").is_empty());
        assert!(text("x".repeat(TEXT_CHARS_MAX)).is_err_and(|error| matches!(error, Error::Invalid { field: "sender", .. })));
    }

    fn without_enough_credit_a_campaign_is_refused_as_a_whole(house: &House) {
        let shop = Shop::open(house);
        house.database.execute("UPDATE wallet SET balance_micro = 99999");
        let new = Send { request_id: Some("r-1".into()), ..to(&[ADA, BEN]) };
        assert_eq!(shop.send(house, new.clone()), Err(Error::OutOfCredit));
        assert_eq!(shop.balance(house), 99_999);
        house.database.execute("UPDATE wallet SET balance_micro = 100000");
        assert_eq!(shop.send(house, new).map(|ticket| ticket.residual_micro), Ok(0), "its request id was not taken");
    }

    fn a_request_id_is_taken_for_a_day(house: &House) {
        let shop = Shop::open(house);
        let named = |id: &str| Send { request_id: Some(id.to_owned()), ..to(&[ADA]) };
        assert!(shop.send(house, named("r-1")).is_ok());
        assert_eq!(field(&shop.send(house, named("r-1"))), "request_id");
        assert!(shop.send(house, named("r-2")).is_ok());
        assert!(shop.send(house, named("")).is_ok() && shop.send(house, named("")).is_ok(), "none is none");
        house.clock.forward(24 * 60 * 60 - 60);
        assert_eq!(field(&shop.send(house, named("r-1"))), "request_id");
        house.clock.forward(60);
        assert!(shop.send(house, named("r-1")).is_ok());
        assert_eq!(house.write(shop.operator, |cx| campaign::sweep(cx, 10)), Ok(1), "r-2 is free; r-1 was taken anew");
        let desk = Shop::named(house, "desk");
        assert!(desk.send(house, named("r-1")).is_ok(), "another workspace has its own");
    }

    fn a_simulation_sends_nothing_and_costs_nothing(house: &House) {
        let shop = Shop::open(house);
        let new = Send { simulated: true, request_id: Some("r-1".into()), ..to(&[ADA, BEN]) };
        let ticket = shop.send(house, new.clone()).unwrap();
        assert_eq!((ticket.state, ticket.cost_micro, ticket.residual_micro), (State::Done, 2 * TEXT_MICRO, CREDIT_MICRO));
        assert_eq!(shop.expand_all(house, 10), 0);
        assert_eq!((shop.due(house), shop.balance(house)), (vec![], CREDIT_MICRO));
        assert!(shop.send(house, Send { simulated: false, ..new }).is_ok(), "nor is its request id taken");
    }

    fn campaigns_are_the_agents_of_their_workspace(house: &House) {
        let [shop, other] = ["shop", "other"].map(|slug| Shop::named(house, slug));
        let draft = shop.send(house, Send { draft: true, ..to(&[ADA]) }).unwrap().ticket;
        let reader = parlance_engine::access::Caller { can_write: false, ..shop.agent };
        let customer = caller(&shop.workspace, &house.person(&shop.workspace, Kind::Customer, "carl"));
        for who in [reader, customer] {
            let new = to(&[ADA]);
            let [confirmed, cancelled] = [draft.clone(), draft.clone()];
            let outcomes = [
                house.write(who, move |cx| campaign::send(cx, &new)),
                house.write(who, move |cx| campaign::confirm(cx, &confirmed)),
                house.write(who, move |cx| campaign::cancel(cx, &cancelled)),
            ];
            for outcome in outcomes {
                assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
            }
        }
        let ticket = draft.clone();
        assert!(matches!(house.read(customer, move |cx| campaign::status(cx, &ticket)), Err(Error::Forbidden(_))));
        type Verb = fn(&mut parlance_engine::Cx<'_>, &str) -> parlance_engine::Result<campaign::Ticket>;
        for verb in [campaign::status as Verb, campaign::confirm, campaign::cancel] {
            let ticket = draft.clone();
            assert_eq!(house.write(other.agent, move |cx| verb(cx, &ticket)), Err(Error::NotFound));
        }
        let ticket = draft.clone();
        assert_eq!(house.write(other.operator, move |cx| campaign::expand(cx, &ticket, 10)), Ok(false));
        assert_eq!(house.read(shop.agent, move |cx| campaign::status(cx, &draft)).map(|t| t.state), Ok(State::Draft));
    }

    fn accepting_five_hundred_recipients_is_one_write_of_few_statements(house: &House) {
        let shop = Shop::open(house);
        let new = Send { request_id: Some("r-1".into()), text: "Hello {first_name}.".into(), ..to_many(500) };
        let count = house.write(shop.agent, move |cx| {
            let before = cx.statements();
            campaign::send(cx, &new)?;
            Ok(cx.statements() - before)
        });
        assert_eq!(count, Ok(20), "eight of them look for opt-outs, 64 numbers each");
        assert_eq!(shop.expand_all(house, 10), 50, "and it is sent in many small ones");
        assert_eq!(shop.due(house).len(), 500);
    }
}
