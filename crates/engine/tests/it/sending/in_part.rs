//! Long messages of which a carrier takes one part and not another.

use std::collections::BTreeSet;

use parlance_engine::MessageId;
use parlance_engine::message::Delivery;
use parlance_engine::submission;
use proptest::prelude::*;

use super::{ADA, Shop, delivery};
use crate::support::{House, on_both};

impl Shop {
    /// The carrier takes these parts, each under its number, and the others not yet.
    fn take(&self, house: &House, id: MessageId, parts: &[i64]) {
        let parts: Vec<(i64, String)> = parts.iter().map(|part| (*part, name(*part))).collect();
        house.write(self.operator, move |cx| submission::taken_in_part(cx, id, &parts, "throttled")).unwrap();
    }

    /// A message of three parts that waits.
    fn say_long(&self, house: &House) -> MessageId {
        let line = self.hear(house, ADA, "Hello?");
        self.say(house, line, &"a".repeat(400)).id
    }

    /// The parts of the only message that waits which are not sent again, when it is tried again.
    fn taken(&self, house: &House) -> Vec<i64> {
        house.clock.forward(5 * 60);
        self.due(house).remove(0).taken
    }
}

/// The carrier's id of a part.
fn name(part: i64) -> String {
    format!("p-{part}")
}

on_both! {
    fn what_was_taken_of_a_message_is_not_sent_again(house: &House) {
        let shop = Shop::open(house);
        let id = shop.say_long(house);
        assert_eq!(shop.taken(house), [] as [i64; 0]);
        shop.take(house, id, &[2]);
        assert_eq!((shop.taken(house), delivery(house, id).as_str()), (vec![2], "queued"));
        shop.take(house, id, &[0]);
        assert_eq!(shop.taken(house), [0, 2], "also not when another node looks");
        shop.accept(house, id, &["p-1"]);
        assert_eq!((shop.due(house).len(), delivery(house, id).as_str()), (0, "accepted"));
        for part in [1, 0] {
            assert!(shop.report(house, &name(part), ADA, Delivery::Delivered));
            assert_eq!(delivery(house, id), "accepted", "part {part} alone");
        }
        shop.report(house, "p-2", ADA, Delivery::Delivered);
        assert_eq!(delivery(house, id), "delivered");
    }

    fn a_report_of_a_part_is_heeded_while_others_wait(house: &House) {
        let shop = Shop::open(house);
        let id = shop.say_long(house);
        shop.report(house, "p-0", ADA, Delivery::Undelivered);
        shop.take(house, id, &[0, 1]);
        assert!(shop.report(house, "p-1", ADA, Delivery::Delivered), "it is known already");
        assert_eq!(delivery(house, id), "queued");
        shop.accept(house, id, &["p-2"]);
        assert_eq!(delivery(house, id), "undelivered", "a part has not arrived");
    }

    fn a_part_without_an_id_of_its_own_is_sent_again(house: &House) {
        let shop = Shop::open(house);
        let id = shop.say_long(house);
        let parts = [(0, String::new()), (1, "same".to_owned()), (2, "same".to_owned())];
        house.write(shop.operator, move |cx| submission::taken_in_part(cx, id, &parts, "")).unwrap();
        assert_eq!(shop.taken(house), [1]);
    }

    fn what_is_given_up_in_part_is_given_up(house: &House) {
        let shop = Shop::open(house);
        let id = shop.say_long(house);
        let before = shop.balance(house);
        house.clock.forward(submission::PATIENCE_SECONDS);
        shop.take(house, id, &[0]);
        assert_eq!((shop.due(house).len(), delivery(house, id).as_str()), (0, "unknown"));
        assert!(shop.balance(house) > before, "it is paid back");
        shop.take(house, id, &[1]);
        shop.report(house, "p-0", ADA, Delivery::Delivered);
        assert_eq!(delivery(house, id), "unknown");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_carrier_takes_at_each_try_it_gets_every_part_once(
        tries in prop::collection::vec(prop::collection::btree_set(0..3_i64, 0..3), 0..6),
        reports in Just(vec![0, 1, 2]).prop_shuffle(),
        early in 0..3_usize,
    ) {
        let house = House::on_sqlite();
        let shop = Shop::open(&house);
        let id = shop.say_long(&house);
        let mut missing = BTreeSet::from([0, 1, 2]);
        for taken in tries {
            // A carrier takes what it is given.
            let taken: Vec<i64> = taken.intersection(&missing).copied().collect();
            if taken.len() == missing.len() {
                break;
            }
            shop.take(&house, id, &taken);
            missing.retain(|part| !taken.contains(part));
            let known: BTreeSet<i64> = shop.taken(&house).into_iter().collect();
            prop_assert!(known.is_disjoint(&missing) && known.len() + missing.len() == 3, "{:?}", known);
        }
        for part in &reports[..early] {
            shop.report(&house, &name(*part), ADA, Delivery::Delivered);
        }
        let names: Vec<String> = missing.iter().map(|part| name(*part)).collect();
        shop.accept(&house, id, &names.iter().map(String::as_str).collect::<Vec<_>>());
        for part in &reports[early..] {
            prop_assert_eq!(delivery(&house, id), "accepted");
            shop.report(&house, &name(*part), ADA, Delivery::Delivered);
        }
        prop_assert_eq!(delivery(&house, id), "delivered");
    }
}
