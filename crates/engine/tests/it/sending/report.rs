//! Reports of carriers: in any order, in any spelling, early, twice, and of messages that nobody knows.

use parlance_engine::message::Delivery;
use parlance_engine::{MessageId, submission};

use super::{ADA, BEN, Shop, delivery, told};
use crate::support::{House, on_both};

/// A message of the agent's to Ada that the carrier has taken under these ids.
fn sent(house: &House, shop: &Shop, ids: &[&str]) -> MessageId {
    let line = shop.hear(house, ADA, "Hello?");
    let id = shop.say(house, line, "Hello.").id;
    shop.accept(house, id, ids);
    id
}

on_both! {
    fn a_report_finds_its_message_in_every_spelling_of_its_id(house: &House) {
        let shop = Shop::open(house);
        for (given, reported) in [
            ("0000004711", "4711"), ("4712", "0000004712"), ("4713", "1269"), ("4714", "000000126A"),
            ("126b", "4715"), ("126C", "0000004716"), ("00126d", "126D"), ("Id-1", "Id-1"), ("  4718", "4718\0"),
        ] {
            let id = sent(house, &shop, &[given]);
            assert!(shop.report(house, reported, ADA, Delivery::Delivered), "{given} {reported}");
            assert_eq!(delivery(house, id), "delivered", "{given} {reported}");
        }
    }

    fn the_same_report_twice_is_told_once(house: &House) {
        let shop = Shop::open(house);
        let id = sent(house, &shop, &["1"]);
        for _ in 0..2 {
            assert!(shop.report(house, "1", ADA, Delivery::Delivered));
        }
        assert_eq!((delivery(house, id).as_str(), told(house)), ("delivered", 2));
    }

    fn what_has_come_to_its_end_stays_there(house: &House) {
        let shop = Shop::open(house);
        let ends = [Delivery::Delivered, Delivery::Undelivered, Delivery::BadDestination, Delivery::NotAllowed];
        for (number, end) in ends.into_iter().enumerate() {
            let number = format!("x{number}");
            let id = sent(house, &shop, &[&number]);
            shop.report(house, &number, ADA, end);
            for later in Delivery::ALL {
                shop.report(house, &number, ADA, later);
                assert_eq!(delivery(house, id), end.as_str(), "after {later:?}");
            }
        }
    }

    fn what_is_unknown_may_still_be_found_out(house: &House) {
        let shop = Shop::open(house);
        let id = sent(house, &shop, &["1"]);
        for (reported, known) in [
            (Delivery::Accepted, "accepted"), (Delivery::Unknown, "unknown"), (Delivery::Accepted, "unknown"),
            (Delivery::Delivered, "delivered"),
        ] {
            shop.report(house, "1", ADA, reported);
            assert_eq!(delivery(house, id), known);
        }
    }

    fn a_report_that_comes_before_the_answer_is_heeded_when_that_is_stored(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        assert!(!shop.report(house, "1267", ADA, Delivery::Delivered), "nobody knows it yet");
        assert!(!shop.report(house, "1267", ADA, Delivery::Unknown), "an end stays the end");
        assert_eq!(delivery(house, id), "queued");
        shop.accept(house, id, &["4711"]);
        assert_eq!(delivery(house, id), "delivered");
        assert!(house.database.rows("SELECT state FROM early_report").is_empty());
    }

    fn a_report_of_a_message_that_nobody_knows_is_forgotten_after_some_minutes(house: &House) {
        let shop = Shop::open(house);
        assert!(!shop.report(house, "4711", ADA, Delivery::Delivered));
        let sweep = || house.write(shop.operator, |cx| submission::sweep(cx, 100)).unwrap();
        house.clock.forward(9 * 60);
        assert_eq!(sweep(), 0);
        house.clock.forward(2 * 60);
        assert_eq!(sweep(), 1);
        let id = sent(house, &shop, &["4711"]);
        assert_eq!(delivery(house, id), "accepted");
    }

    fn ids_are_forgotten_when_nothing_more_is_reported(house: &House) {
        let shop = Shop::open(house);
        sent(house, &shop, &["4711"]);
        let sweep = || house.write(shop.operator, |cx| submission::sweep(cx, 100)).unwrap();
        house.clock.forward(13 * 24 * 60 * 60);
        assert_eq!(sweep(), 0);
        house.clock.forward(2 * 24 * 60 * 60);
        assert_eq!(sweep(), 3, "the id in each of its spellings");
        assert!(!shop.report(house, "4711", ADA, Delivery::Delivered));
    }

    fn a_message_in_parts_arrives_when_all_of_them_have(house: &House) {
        let shop = Shop::open(house);
        let id = sent(house, &shop, &["a1", "a2", "a3"]);
        for part in ["a3", "a1", "a1"] {
            shop.report(house, part, ADA, Delivery::Delivered);
            assert_eq!(delivery(house, id), "accepted", "{part}");
        }
        shop.report(house, "a2", ADA, Delivery::Delivered);
        assert_eq!((delivery(house, id).as_str(), told(house)), ("delivered", 2));
    }

    fn a_message_in_parts_has_not_arrived_when_one_has_not(house: &House) {
        let shop = Shop::open(house);
        let id = sent(house, &shop, &["b1", "b2", "b3"]);
        shop.report(house, "b1", ADA, Delivery::Delivered);
        shop.report(house, "b2", ADA, Delivery::Unknown);
        assert_eq!(delivery(house, id), "accepted");
        shop.report(house, "b3", ADA, Delivery::Undelivered);
        assert_eq!(delivery(house, id), "undelivered");
        shop.report(house, "b2", ADA, Delivery::Delivered);
        assert_eq!(delivery(house, id), "undelivered");
    }

    fn parts_that_are_reported_early_count_as_well(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        let id = shop.say(house, line, "Hello.").id;
        shop.report(house, "c2", ADA, Delivery::Delivered);
        shop.accept(house, id, &["c1", "c2"]);
        assert_eq!(delivery(house, id), "accepted");
        shop.report(house, "c1", ADA, Delivery::Delivered);
        assert_eq!(delivery(house, id), "delivered");
    }

    fn one_id_for_all_parts_is_one_part(house: &House) {
        let shop = Shop::open(house);
        let id = sent(house, &shop, &["d1", "d1", ""]);
        shop.report(house, "d1", ADA, Delivery::Delivered);
        assert_eq!(delivery(house, id), "delivered");
    }

    fn of_two_messages_under_one_id_the_number_tells_which_is_meant(house: &House) {
        let shop = Shop::open(house);
        let to_ada = sent(house, &shop, &["16"]);
        let line = shop.hear(house, BEN, "Hello?");
        let to_ben = shop.say(house, line, "Hello.").id;
        shop.accept(house, to_ben, &["10"]);
        // 10 is the id of the one, and in hexadecimal that of the other. National spellings count.
        assert!(shop.report(house, "10", "0612345678", Delivery::Delivered));
        assert_eq!([to_ada, to_ben].map(|id| delivery(house, id)), ["delivered", "accepted"]);
        assert!(!shop.report(house, "10", "+33600000000", Delivery::Undelivered), "neither of them");
        assert!(shop.report(house, "10", "33612345679", Delivery::Undelivered));
        assert_eq!([to_ada, to_ben].map(|id| delivery(house, id)), ["delivered", "undelivered"]);
    }

    fn a_carriers_way_of_spelling_is_learned(house: &House) {
        let shop = Shop::open(house);
        sent(house, &shop, &["4711"]);
        assert!(shop.report(house, "1267", ADA, Delivery::Delivered), "it reports in hexadecimal");
        let [sixteen, ten] = ["16", "10"].map(|given| sent(house, &shop, &[given]));
        assert!(shop.report(house, "10", ADA, Delivery::Delivered));
        assert_eq!([sixteen, ten].map(|id| delivery(house, id)), ["delivered", "accepted"]);
    }

    fn an_id_that_is_used_again_is_the_newer_message(house: &House) {
        let shop = Shop::open(house);
        let old = sent(house, &shop, &["500"]);
        house.clock.forward(1);
        let new = sent(house, &shop, &["500"]);
        shop.report(house, "500", ADA, Delivery::Delivered);
        assert_eq!([old, new].map(|id| delivery(house, id)), ["accepted", "delivered"]);
    }
}
