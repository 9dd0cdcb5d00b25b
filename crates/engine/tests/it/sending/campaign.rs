//! Campaigns that wait: for somebody to confirm them, or for their time.

use parlance_engine::campaign::{self, Purpose, Send, State, Ticket};
use parlance_engine::contact::list::{self, Kind};
use parlance_engine::contact::{self, Saving};
use parlance_engine::message::Delivery;
use parlance_engine::{Error, Result};

use super::{ADA, BEN, CREDIT_MICRO, Shop, TEXT_MICRO, ledger, recipient, to, to_many};
use crate::support::{House, on_both};

fn change(
    house: &House,
    shop: &Shop,
    ticket: &str,
    verb: fn(&mut parlance_engine::Cx<'_>, &str) -> Result<Ticket>,
) -> Result<Ticket> {
    let ticket = ticket.to_owned();
    house.write(shop.agent, move |cx| verb(cx, &ticket))
}

on_both! {
    fn a_draft_is_paid_and_sent_when_it_is_confirmed(house: &House) {
        let shop = Shop::open(house);
        let draft = shop.send(house, Send { draft: true, ..to(&[ADA, BEN]) }).unwrap();
        assert_eq!((draft.state, draft.cost_micro, draft.residual_micro), (State::Draft, 2 * TEXT_MICRO, CREDIT_MICRO));
        house.clock.forward(1_000);
        assert_eq!(shop.expand_all(house, 10), 0);
        let sent = change(house, &shop, &draft.ticket, campaign::confirm).unwrap();
        assert_eq!((sent.state, sent.residual_micro), (State::Sending, CREDIT_MICRO - 2 * TEXT_MICRO));
        assert!(sent.send_at > draft.send_at, "it is sent now");
        let again = change(house, &shop, &draft.ticket, campaign::confirm);
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        shop.expand_all(house, 10);
        let state = || change(house, &shop, &draft.ticket, campaign::status).map(|t| t.state);
        let [first, second] = shop.due_ids(house)[..] else { panic!("two wait") };
        for (id, expected) in [(first, State::Sending), (second, State::Done)] {
            shop.accept(house, id, &[&id.to_string()]);
            assert_eq!(state(), Ok(expected), "it was sent when its carrier has all of it");
        }
    }

    fn a_draft_that_cannot_be_paid_stays_a_draft(house: &House) {
        let shop = Shop::open(house);
        let draft = shop.send(house, Send { draft: true, ..to(&[ADA]) }).unwrap();
        house.database.execute("UPDATE wallet SET balance_micro = 1");
        assert_eq!(change(house, &shop, &draft.ticket, campaign::confirm), Err(Error::OutOfCredit));
        assert_eq!(change(house, &shop, &draft.ticket, campaign::status).map(|t| t.state), Ok(State::Draft));
    }

    fn a_campaign_waits_for_its_time(house: &House) {
        let shop = Shop::open(house);
        let at = house.clock.next().plus_seconds(3_600);
        let ticket = shop.send(house, Send { send_at: Some(at), ..to(&[ADA]) }).unwrap();
        assert_eq!((ticket.state, ticket.send_at), (State::Scheduled, at));
        assert_eq!(ticket.residual_micro, CREDIT_MICRO - TEXT_MICRO, "it is paid for");
        house.clock.forward(3_500);
        assert_eq!((shop.expand_all(house, 10), shop.due(house).len()), (0, 0));
        house.clock.forward(100);
        assert_eq!((shop.expand_all(house, 10), shop.due(house).len()), (1, 1));
        let past = house.clock.next().plus_seconds(-3_600);
        let ticket = shop.send(house, Send { send_at: Some(past), ..to(&[ADA]) }).unwrap();
        assert_eq!(ticket.state, State::Sending, "what has passed is now");
    }

    fn what_is_called_off_is_paid_back_as_far_as_it_was_not_sent(house: &House) {
        let shop = Shop::open(house);
        let at = house.clock.next().plus_seconds(3_600);
        let scheduled = shop.send(house, Send { send_at: Some(at), ..to_many(20) }).unwrap();
        let off = change(house, &shop, &scheduled.ticket, campaign::cancel).unwrap();
        assert_eq!((off.state, off.residual_micro), (State::Cancelled, CREDIT_MICRO));
        let draft = shop.send(house, Send { draft: true, ..to_many(20) }).unwrap();
        let off = change(house, &shop, &draft.ticket, campaign::cancel).unwrap();
        assert_eq!((off.state, off.residual_micro), (State::Cancelled, CREDIT_MICRO), "it was never paid");
        let half = shop.send(house, to_many(20)).unwrap().ticket;
        let expanding = half.clone();
        assert_eq!(house.write(shop.operator, move |cx| campaign::expand(cx, &expanding, 5)), Ok(true));
        let sent = shop.due_ids(house)[0];
        shop.accept(house, sent, &["4711"]);
        let off = change(house, &shop, &half, campaign::cancel).unwrap();
        assert_eq!((off.state, off.residual_micro), (State::Cancelled, CREDIT_MICRO - TEXT_MICRO));
        assert_eq!(off.cost_micro, TEXT_MICRO, "what was sent is sent");
        house.clock.forward(7_200);
        assert_eq!((shop.expand_all(house, 10), shop.due(house).len()), (0, 0), "and what waited is not");
        let told = house.database.rows("SELECT delivery FROM message ORDER BY delivery");
        assert_eq!(told, ["accepted", "undelivered", "undelivered", "undelivered", "undelivered"]);
        for ticket in [scheduled.ticket, draft.ticket, half] {
            for verb in [campaign::cancel, campaign::confirm] {
                let outcome = change(house, &shop, &ticket, verb);
                assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
            }
        }
        assert_eq!(change(house, &shop, "sms_0000000000000", campaign::cancel), Err(Error::NotFound));
    }

    fn what_waits_for_its_carrier_is_called_off_a_few_at_a_time(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        shop.say(house, line, "Hello.");
        let other = shop.send(house, to(&[BEN])).unwrap().ticket;
        let ticket = shop.send(house, to_many(120)).unwrap().ticket;
        shop.expand_all(house, 50);
        let kept = CREDIT_MICRO - 2 * TEXT_MICRO;
        let off = change(house, &shop, &ticket, campaign::cancel).unwrap();
        assert_eq!((off.state, off.cost_micro, off.residual_micro), (State::Cancelled, 70 * TEXT_MICRO, kept - 70 * TEXT_MICRO));
        let again = change(house, &shop, &ticket, campaign::cancel);
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(shop.expand_all(house, 50), 2, "the others follow");
        let over = change(house, &shop, &ticket, campaign::status).unwrap();
        assert_eq!((over.state, over.cost_micro, over.residual_micro), (State::Cancelled, 0, kept));
        assert_eq!(shop.due(house).len(), 2, "nothing else is called off");
        let waiting = other.clone();
        house.write(shop.operator, move |cx| campaign::call_off(cx, &waiting)).unwrap();
        assert_eq!(change(house, &shop, &other, campaign::status).map(|t| t.state), Ok(State::Sending), "nor by mistake");
        ledger::check(house, &shop);
    }

    fn a_campaign_costs_what_was_paid_for_it_and_not_paid_back(house: &House) {
        let shop = Shop::open(house);
        let ticket = shop.send(house, to(&[ADA, BEN])).unwrap().ticket;
        shop.expand_all(house, 10);
        shop.refuse(house, shop.due_ids(house)[0], Delivery::BadDestination);
        let status = change(house, &shop, &ticket, campaign::status).unwrap();
        assert_eq!((status.cost_micro, status.number_of_contacts), (TEXT_MICRO, 2));
        let draft = shop.send(house, Send { draft: true, ..to(&[ADA]) }).unwrap();
        assert_eq!(change(house, &shop, &draft.ticket, campaign::cancel).map(|off| off.cost_micro), Ok(0), "it was not paid");
    }

    fn a_campaign_goes_to_everybody_on_a_list(house: &House) {
        let shop = Shop::open(house);
        let named = |phone: &str, name: &str| contact::New { first_name: name.into(), ..recipient(phone) };
        let by_mail = contact::New { email: Some("cy@shop.example".into()), ..contact::New::default() };
        let saving = Saving {
            contacts: vec![named(ADA, "Ada"), named(BEN, "Ben"), by_mail],
            lists: vec![(Kind::List, "friends".into()), (Kind::Tag, "vip".into())],
            ..Saving::default()
        };
        house.write(shop.agent, move |cx| contact::save(cx, &saving)).unwrap();
        let on = |kind, name: &'static str| {
            let new = Send { text: "Hi {first_name} (STOP)".into(), purpose: Purpose::Wholesale, ..to(&[]) };
            house.write(shop.agent, move |cx| campaign::on_list(cx, &new, kind, name))
        };
        let ready = on(Kind::List, "friends").unwrap();
        assert_eq!((ready.state, ready.number_of_contacts, ready.cost_micro), (State::Ready, 2, 2 * TEXT_MICRO));
        assert_eq!(ready.residual_micro, CREDIT_MICRO);
        change(house, &shop, &ready.ticket, campaign::confirm).unwrap();
        shop.expand_all(house, 10);
        let mut texts: Vec<String> = shop.due(house).into_iter().map(|due| due.text).collect();
        texts.sort();
        assert_eq!(texts, ["Hi Ada (STOP)", "Hi Ben (STOP)"]);
        assert_eq!(on(Kind::Tag, "vip").map(|ticket| ticket.number_of_contacts), Ok(2));
        assert_eq!(on(Kind::List, "foes"), Err(Error::NotFound));
        house.write(shop.agent, |cx| list::create(cx, "nobody")).unwrap();
        assert!(matches!(on(Kind::List, "nobody"), Err(Error::Invalid { field: "phone", .. })));
    }
}
