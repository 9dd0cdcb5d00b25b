//! Credit that has become low.

use parlance_engine::account::Parameter;
use parlance_engine::memo::{Low, Occasion};
use parlance_engine::message::Delivery;
use parlance_engine::{ConversationId, Error, Result, campaign, credit};

use super::{ADA, addresses, say, sent, sub};
use crate::sending::{Shop, to_many};
use crate::support::{House, on_both};

/// What a text costs, in millionths.
const TEXT_MICRO: i64 = 50_000;

/// A unit of credit, in millionths.
const UNIT_MICRO: i64 = 1_000_000;

fn spend(house: &House, shop: &Shop, line: ConversationId, texts: usize) {
    for _ in 0..texts {
        shop.say(house, line, "Hello.");
    }
}

fn low(sent: &[(String, Occasion)]) -> Vec<(i64, i64)> {
    let of = |(_, occasion): &(String, Occasion)| match occasion {
        Occasion::Credit(Low { balance_micro, bound_micro }) => (*balance_micro, *bound_micro),
        Occasion::Text(text) => panic!("{text:?}"),
    };
    sent.iter().map(of).collect()
}

on_both! {
    fn what_is_no_bound_is_refused(house: &House) {
        let shop = Shop::open(house);
        for value in ["-1", "1.5", "much", "1000000001", "1\n2"] {
            let refused = say(house, shop.agent, Parameter::AlertBound, value);
            assert!(matches!(refused, Err(Error::Invalid { field: "alert_bound", .. })), "{value:?}: {refused:?}");
        }
        say(house, shop.agent, Parameter::AlertBound, "1000000000").unwrap();
    }

    fn credit_that_falls_to_a_bound_is_told_once_until_there_is_more_again(house: &House) {
        let shop = Shop::open(house);
        let line = shop.hear(house, ADA, "Hello?");
        house.database.execute(&format!("UPDATE wallet SET balance_micro = {}", UNIT_MICRO + 2 * TEXT_MICRO));
        say(house, shop.agent, Parameter::AlertBound, "1").unwrap();
        say(house, shop.agent, Parameter::AlertEmails, "boss@shop.example\ndesk@shop.example").unwrap();
        spend(house, &shop, line, 1);
        assert_eq!(sent(house, &shop), [], "there is more than the bound");
        spend(house, &shop, line, 1);
        let told = sent(house, &shop);
        assert_eq!(addresses(&told), ["boss@shop.example", "desk@shop.example"]);
        assert_eq!(low(&told), [(UNIT_MICRO, UNIT_MICRO); 2], "at the bound is low");
        spend(house, &shop, line, 3);
        assert_eq!(sent(house, &shop), []);
        let given_back = shop.due_ids(house)[0];
        shop.refuse(house, given_back, Delivery::NotAllowed);
        spend(house, &shop, line, 1);
        assert_eq!(sent(house, &shop), [], "it was not above the bound meanwhile");
        house.write(shop.operator, |cx| credit::add(cx, UNIT_MICRO, "added")).unwrap();
        assert_eq!(sent(house, &shop), []);
        spend(house, &shop, line, 20);
        assert_eq!(low(&sent(house, &shop)), [(UNIT_MICRO, UNIT_MICRO); 2]);
    }

    fn each_account_has_its_bound_and_a_campaign_may_cross_several(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::AlertBound, "99").unwrap();
        say(house, shop.agent, Parameter::AlertEmails, "boss@shop.example").unwrap();
        sub(house, &shop, Parameter::AlertBound, "98");
        assert_eq!(sent(house, &shop), []);
        let ticket = shop.send(house, to_many(50)).unwrap();
        assert_eq!(low(&sent(house, &shop)), [(ticket.residual_micro, 99 * UNIT_MICRO)], "who named no address is not told");
        shop.send(house, to_many(500)).unwrap();
        assert_eq!(sent(house, &shop), []);
    }

    fn what_is_not_spent_after_all_is_not_told(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::AlertBound, "99").unwrap();
        say(house, shop.agent, Parameter::AlertEmails, "boss@shop.example").unwrap();
        let rolled_back: Result<()> = house.write(shop.agent, |cx| {
            campaign::send(cx, &to_many(50))?;
            Err(Error::Locked)
        });
        assert_eq!((rolled_back, sent(house, &shop)), (Err(Error::Locked), vec![]));
    }

    fn however_many_spend_at_once_one_of_them_is_told(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::AlertBound, "96").unwrap();
        say(house, shop.agent, Parameter::AlertEmails, "boss@shop.example").unwrap();
        std::thread::scope(|scope| {
            for number in 0..32 {
                let shop = &shop;
                scope.spawn(move || shop.send(house, to_many(3 + number % 7)).unwrap());
            }
        });
        assert!(shop.balance(house) < 96 * UNIT_MICRO);
        let told = low(&sent(house, &shop));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0 <= 96 * UNIT_MICRO && told[0].0 > 96 * UNIT_MICRO - 9 * TEXT_MICRO, "{told:?}");
    }
}
