//! The queue of a carrier.

use parlance_engine::message::Delivery;
use parlance_engine::submission::{self, PATIENCE_SECONDS, pause_seconds};
use parlance_engine::{Error, Principal, carrier};

use super::{ADA, BEN, CREDIT_MICRO, Shop, TEXT_MICRO, delivery, told};
use crate::support::{House, on_both};

on_both! {
    fn what_an_agent_answers_is_queued_and_paid_for(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let said = shop.say(house, line, "Hello Ada.");
        let due = shop.due(house);
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].message, due[0].text.as_str(), due[0].attempts), (said.id, "Hello Ada.", 0));
        assert_eq!((due[0].from.as_str(), due[0].to.as_str(), due[0].queued_at), ("12345", ADA, said.created_at));
        assert_eq!(delivery(house, said.id), "queued");
        assert_eq!(shop.balance(house), CREDIT_MICRO - TEXT_MICRO);
        shop.say(house, line, &"é".repeat(161));
        assert_eq!(shop.balance(house), CREDIT_MICRO - 3 * TEXT_MICRO, "two parts are paid for twice");
    }

    fn what_cannot_be_paid_is_not_said(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        house.database.execute("UPDATE wallet SET balance_micro = 50000");
        shop.say(house, line, "The last one.");
        assert_eq!(house.post(shop.agent, line, "One more."), Err(Error::OutOfCredit));
        assert_eq!((shop.due(house).len(), shop.balance(house)), (1, 0));
        assert_eq!(house.database.rows("SELECT idx FROM message").len(), 2, "nothing is left of it");
    }

    fn without_a_carrier_nothing_is_said_and_nothing_paid(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        let refused = house.post(shop.agent, line, "Hello.");
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert_eq!(shop.balance(house), CREDIT_MICRO);
    }

    fn what_was_accepted_is_not_due_again_and_stays_accepted(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        shop.accept(house, id, &["1"]);
        assert_eq!((shop.due(house), delivery(house, id).as_str(), told(house)), (vec![], "accepted", 1));
        shop.accept(house, id, &["2"]);
        shop.refuse(house, id, Delivery::Undelivered);
        house.write(shop.operator, move |cx| submission::postponed(cx, id, "later")).unwrap();
        assert_eq!((shop.due(house), delivery(house, id).as_str(), told(house)), (vec![], "accepted", 1));
        assert!(!shop.report(house, "2", ADA, Delivery::Delivered), "the second answer gave it no second id");
        assert_eq!(shop.balance(house), CREDIT_MICRO - TEXT_MICRO, "and nothing is paid back");
    }

    fn what_waits_is_due_in_the_order_of_its_time(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let ids: Vec<_> = (0..3).map(|n| shop.say(house, line, &format!("number {n}")).id).collect();
        assert_eq!(shop.due_ids(house), ids);
        let (first, carrier) = (ids[0], shop.carrier.id);
        assert_eq!(house.read(shop.operator, move |cx| submission::due(cx, carrier, 2)).unwrap().len(), 2);
        house.write(shop.operator, move |cx| submission::postponed(cx, first, "throttled")).unwrap();
        assert_eq!(shop.due_ids(house), ids[1..]);
        house.clock.forward(pause_seconds(0));
        assert_eq!(shop.due_ids(house), [ids[1], ids[2], ids[0]]);
        assert_eq!(shop.due(house)[2].attempts, 1);
    }

    fn a_message_that_no_carrier_takes_is_given_up_after_two_days_and_paid_back(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        let postpone = || house.write(shop.operator, move |cx| submission::postponed(cx, id, "down")).unwrap();
        house.clock.forward(PATIENCE_SECONDS - 60);
        postpone();
        assert_eq!((shop.due(house).len(), delivery(house, id).as_str()), (0, "queued"));
        house.clock.forward(60);
        postpone();
        assert_eq!((shop.due(house).len(), delivery(house, id).as_str()), (0, "unknown"));
        assert_eq!(shop.balance(house), CREDIT_MICRO);
    }

    fn what_a_carrier_refuses_is_told_and_paid_back_once(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        for outcome in [Delivery::BadDestination, Delivery::NotAllowed, Delivery::Undelivered] {
            let id = shop.say(house, line, "Hello.").id;
            shop.refuse(house, id, outcome);
            shop.refuse(house, id, Delivery::Unknown);
            assert_eq!((delivery(house, id).as_str(), shop.balance(house)), (outcome.as_str(), CREDIT_MICRO));
        }
    }

    fn what_waits_for_a_carrier_that_was_taken_away_is_given_up(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let ids: Vec<_> = (0..3).map(|_| shop.say(house, line, "Hello.").id).collect();
        let give_up = || house.write(shop.operator, |cx| submission::give_up(cx, 2)).unwrap();
        assert_eq!(give_up(), 0);
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        assert_eq!([give_up(), give_up(), give_up()], [2, 1, 0]);
        for id in ids {
            assert_eq!(delivery(house, id), "unknown");
        }
        assert_eq!(shop.balance(house), CREDIT_MICRO);
    }

    fn nothing_of_another_workspace_is_due_taken_or_reported(house: &House) {
        let [ours, theirs] = ["ours", "theirs"].map(|slug| Shop::named(house, slug));
        let line = theirs.hear(house, ADA, "Hello?");
        let [queued, sent] = [(); 2].map(|()| theirs.say(house, line, "Hello.").id);
        theirs.accept(house, sent, &["77"]);
        let before = house.database.dump_what_there_is(theirs.workspace.id);
        let stranger = Shop { carrier: theirs.carrier.clone(), ..ours };
        assert_eq!(stranger.due(house), []);
        stranger.accept(house, queued, &["78"]);
        stranger.refuse(house, queued, Delivery::Undelivered);
        house.write(stranger.operator, move |cx| submission::postponed(cx, queued, "no")).unwrap();
        let part = [(0, "78".to_owned())];
        house.write(stranger.operator, move |cx| submission::taken_in_part(cx, queued, &part, "no")).unwrap();
        assert!(!stranger.report(house, "77", ADA, Delivery::Undelivered));
        let text = stranger.inbound(BEN, "Hello?");
        let refused = house.write(stranger.operator, move |cx| carrier::receive(cx, &text).map(drop));
        assert_eq!(refused, Err(Error::NotFound));
        assert_eq!(house.database.dump_what_there_is(theirs.workspace.id), before);
    }

    fn the_queue_is_the_operators(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        let carrier = shop.carrier.id;
        for who in [Principal::from(shop.agent), Principal::Nobody, Principal::OPERATOR] {
            let due = house.read(who, move |cx| submission::due(cx, carrier, 1).map(drop));
            let accepted = house.write(who, move |cx| submission::accepted(cx, id, &["1".into()]));
            let postponed = house.write(who, move |cx| submission::postponed(cx, id, ""));
            let in_part = house.write(who, move |cx| submission::taken_in_part(cx, id, &[(0, "1".into())], ""));
            let given_up = house.write(who, |cx| submission::give_up(cx, 1).map(drop));
            for outcome in [due, accepted, postponed, in_part, given_up] {
                assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
            }
        }
    }
}

on_both! {
    fn what_was_queued_outlives_the_server(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        // Handed over, and the answer never stored: as after a crash, it stands in the queue for whoever looks next.
        let node = house.another_node();
        let carrier = shop.carrier.id;
        let due = node.read_blocking(shop.operator, move |cx| submission::due(cx, carrier, 10)).unwrap();
        assert_eq!(due.iter().map(|due| due.message).collect::<Vec<_>>(), [id]);
    }
}

#[test]
fn pauses_double_up_to_five_minutes() {
    assert_eq!([0, 1, 2, 8, 9, 1_000].map(pause_seconds), [1, 2, 4, 256, 300, 300]);
}
