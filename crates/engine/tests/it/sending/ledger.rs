//! The wallet while many spend from it.

use std::sync::atomic::{AtomicI64, Ordering};

use parlance_engine::message::Delivery;
use parlance_engine::{Error, credit};

use super::{ADA, Shop, TEXT_MICRO, phones, to, to_many};
use crate::support::{House, on_both};

/// That the lines of the ledger are numbered without holes, and add up to the balance after each of them.
pub fn check(house: &House, shop: &Shop) -> i64 {
    let mut lines = house.read(shop.operator, |cx| credit::page(cx, None, 100_000)).unwrap();
    lines.reverse();
    let mut balance = 0;
    for (number, line) in (1..).zip(&lines) {
        balance += line.amount_micro;
        assert_eq!((line.number, line.balance_micro), (number, balance));
        assert!(balance >= 0, "{line:?}");
    }
    assert_eq!(shop.balance(house), balance);
    balance
}

on_both! {
    fn thirty_two_campaigns_at_once_never_overspend(house: &House) {
        let shop = Shop::open(house);
        // There is credit for 100 texts, and 32 campaigns of 3 to 9 want more than that.
        house.database.execute(&format!("UPDATE wallet SET balance_micro = {}", 100 * TEXT_MICRO));
        house.database.execute(&format!("UPDATE ledger SET amount_micro = {0}, balance_micro = {0}", 100 * TEXT_MICRO));
        let accepted = AtomicI64::new(0);
        std::thread::scope(|scope| {
            for number in 0..32 {
                let (shop, accepted) = (&shop, &accepted);
                scope.spawn(move || match shop.send(house, to_many(3 + number % 7)) {
                    Ok(ticket) => {
                        accepted.fetch_add(ticket.number_of_contacts, Ordering::Relaxed);
                        assert!(ticket.residual_micro >= 0);
                    }
                    Err(error) => assert_eq!(error, Error::OutOfCredit),
                });
            }
        });
        let accepted = accepted.into_inner();
        assert!((92..=100).contains(&accepted), "as much as there is credit for: {accepted}");
        assert_eq!(check(house, &shop), (100 - accepted) * TEXT_MICRO);
        shop.expand_all(house, 50);
        assert_eq!(shop.due(house).len() as i64, accepted, "what was accepted is sent, and nothing else");
        assert_eq!(check(house, &shop), (100 - accepted) * TEXT_MICRO, "and costs nothing more");
    }

    fn whatever_is_given_back_is_in_the_ledger(house: &House) {
        let shop = Shop::open(house);
        let before = check(house, &shop);
        let line = shop.hear(house, ADA, "Hello?");
        let said = shop.say(house, line, "Hello.").id;
        shop.refuse(house, said, Delivery::NotAllowed);
        assert_eq!(check(house, &shop), before);
        let many = phones(4);
        let ticket = shop.send(house, to(&many.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
        shop.expand_all(house, 4);
        for id in shop.due_ids(house) {
            shop.refuse(house, id, Delivery::BadDestination);
        }
        assert_eq!(check(house, &shop), before);
        let about = house.read(shop.operator, |cx| credit::page(cx, None, 5)).unwrap();
        assert!(about.iter().all(|line| line.about == ticket.ticket), "{about:?}");
    }
}
