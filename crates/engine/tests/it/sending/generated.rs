//! Any order of queueing, accepting, refusing and reporting: no message is lost, and none comes back from its end.

use std::collections::HashMap;

use parlance_engine::message::Delivery;
use parlance_engine::{MessageId, credit};
use proptest::prelude::*;

use super::{ADA, CREDIT_MICRO, Shop, TEXT_MICRO, delivery};
use crate::support::House;

/// What happens next; messages and ids are named by small numbers, so that they meet.
#[derive(Debug, Clone)]
enum Act {
    Say,
    Accept(usize, Vec<u8>),
    Refuse(usize, Delivery),
    Report(u8, Delivery),
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let outcome = prop::sample::select(Delivery::ALL.to_vec());
    let refusal = prop::sample::select(vec![
        Delivery::Undelivered,
        Delivery::BadDestination,
        Delivery::NotAllowed,
        Delivery::Unknown,
    ]);
    prop_oneof![
        3 => Just(Act::Say),
        3 => (0..8_usize, prop::collection::vec(0..20_u8, 0..3)).prop_map(|(which, ids)| Act::Accept(which, ids)),
        1 => (0..8_usize, refusal).prop_map(|(which, outcome)| Act::Refuse(which, outcome)),
        5 => (0..20_u8, outcome).prop_map(|(id, outcome)| Act::Report(id, outcome)),
        1 => Just(Act::Wait),
    ]
}

fn is_final(delivery: &str) -> bool {
    !matches!(delivery, "queued" | "accepted" | "unknown")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_message_is_lost_and_none_comes_back_from_its_end(acts in prop::collection::vec(act(), 1..40)) {
        let house = House::on_sqlite();
        let shop = Shop::open(&house);
        let line = shop.hear(&house, ADA, "Hello?");
        let mut known: Vec<MessageId> = Vec::new();
        let mut before: HashMap<MessageId, String> = HashMap::new();
        for act in acts {
            match act {
                Act::Say => known.push(shop.say(&house, line, "Hello.").id),
                Act::Accept(which, ids) => {
                    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
                    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                    known.get(which).into_iter().for_each(|id| shop.accept(&house, *id, &ids));
                }
                Act::Refuse(which, outcome) => {
                    known.get(which).into_iter().for_each(|id| shop.refuse(&house, *id, outcome));
                }
                Act::Report(id, outcome) => drop(shop.report(&house, &id.to_string(), ADA, outcome)),
                Act::Wait => house.clock.forward(60),
            }
            let due = shop.due_ids(&house);
            for id in &known {
                let now = delivery(&house, *id);
                let was = before.insert(*id, now.clone()).unwrap_or_else(|| "queued".to_owned());
                prop_assert!(!is_final(&was) || was == now, "{was} became {now}");
                prop_assert!(now != "queued" || was == "queued", "{was} waits again");
                prop_assert_eq!(due.contains(id), now == "queued", "what is queued is due, and nothing else");
            }
        }
        let refused = house.database.rows("SELECT message FROM submission WHERE state = 'refused'").len() as i64;
        let paid = (known.len() as i64 - refused) * TEXT_MICRO;
        prop_assert_eq!(house.read(shop.operator, credit::balance), Ok(CREDIT_MICRO - paid));
    }

    #[test]
    fn nothing_that_a_carrier_says_stops_the_queue(
        given in prop::collection::vec("\\PC{0,80}|[0-9a-fA-F]{0,70}|[\0-\u{1f}]{0,5}", 0..4),
        reported in "\\PC{0,80}|[0-9a-fA-F]{0,70}",
        to in "\\PC{0,40}|\\+?[0-9]{0,20}",
        detail in ".{0,300}",
    ) {
        let house = House::on_sqlite();
        let shop = Shop::open(&house);
        let line = shop.hear(&house, ADA, "Hello?");
        let id = shop.say(&house, line, "Hello.").id;
        shop.report(&house, &reported, &to, Delivery::Delivered);
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        shop.accept(&house, id, &given);
        let why = detail.clone();
        house.write(shop.operator, move |cx| parlance_engine::submission::postponed(cx, id, &why)).unwrap();
        for text in given.iter().chain([&reported.as_str(), &detail.as_str()]) {
            shop.report(&house, text, &to, Delivery::Undelivered);
        }
        prop_assert!(shop.due(&house).is_empty());
    }
}
