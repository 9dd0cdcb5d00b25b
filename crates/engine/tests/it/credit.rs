//! Credit: what is spent is there, every change of it is a line, and what costs how much is the operator's to say.

use parlance_engine::credit::affordable::{self, ENDLESS};
use parlance_engine::credit::price::{self, DEFAULT_MICRO, Price, Prices};
use parlance_engine::credit::{self, AMOUNT_MICRO_MAX, Line};
use parlance_engine::person::Kind;
use parlance_engine::workspace::{self, Change};
use parlance_engine::{Error, Principal, Result};

use crate::support::{House, caller, on_both};

on_both! {
    fn what_is_added_is_there_and_in_the_ledger(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        assert_eq!(house.read(operator, credit::balance), Ok(0));
        assert_eq!(house.read(operator, |cx| credit::page(cx, None, 10)), Ok(vec![]));
        assert_eq!(house.write(operator, |cx| credit::add(cx, 100_000_000, "added")), Ok(100_000_000));
        assert_eq!(house.write(operator, |cx| credit::add(cx, 50_000, "a gift")), Ok(100_050_000));
        assert_eq!(house.read(operator, credit::balance), Ok(100_050_000));
        let lines = house.read(operator, |cx| credit::page(cx, None, 10)).unwrap();
        let told = |line: &Line| (line.number, line.amount_micro, line.balance_micro, line.reason.clone());
        let expected = [(2, 50_000, 100_050_000, "a gift".into()), (1, 100_000_000, 100_000_000, "added".into())];
        assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected);
        assert_eq!(house.read(operator, |cx| credit::page(cx, Some(2), 10)).unwrap(), lines[1..]);
    }

    fn what_is_no_amount_is_refused_and_nothing_changes(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        for amount in [0, -1, i64::MIN, i64::MAX, AMOUNT_MICRO_MAX + 1] {
            let refused = house.write(operator, move |cx| credit::add(cx, amount, "added"));
            assert!(matches!(refused, Err(Error::Invalid { field: "amount", .. })), "{amount}: {refused:?}");
        }
        let reason = house.write(operator, |cx| credit::add(cx, 1, &"x".repeat(201)));
        assert!(matches!(reason, Err(Error::Invalid { field: "reason", .. })), "{reason:?}");
        assert_eq!(house.read(operator, credit::balance), Ok(0));
    }

    fn a_wallet_never_holds_more_than_can_be_counted(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let full = house.write(operator, |cx| {
            for _ in 0..1_000 {
                credit::add(cx, AMOUNT_MICRO_MAX, "added")?;
            }
            credit::balance(cx)
        });
        assert_eq!(full, Ok(1_000 * AMOUNT_MICRO_MAX));
        let more = house.write(operator, |cx| credit::add(cx, 1, "added"));
        assert!(matches!(more, Err(Error::Conflict(_))), "{more:?}");
    }

    fn a_price_is_of_a_product_in_a_country_or_anywhere(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let set = |product: &str, country: &str, amount_micro| {
            let price = Price { product: product.into(), country: country.into(), amount_micro };
            house.write(operator, move |cx| price::set(cx, &price))
        };
        let costs = |product: &'static str| {
            let of = |phone: &'static str| house.read(operator, move |cx| credit::price_of(cx, phone, product)).unwrap();
            ["+33612345678", "+4915112345678", "12345"].map(of)
        };
        assert_eq!(costs("sms_premium"), [DEFAULT_MICRO; 3]);
        set("sms_premium", "FR", 40_000).unwrap();
        assert_eq!(costs("sms_premium"), [40_000, DEFAULT_MICRO, DEFAULT_MICRO]);
        set("sms_premium", "", 60_000).unwrap();
        set("sms_premium", "FR", 41_000).unwrap();
        assert_eq!(costs("sms_premium"), [41_000, 60_000, 60_000]);
        assert_eq!(costs("rcs"), [DEFAULT_MICRO; 3], "another product has its own");
        let all = house.read(operator, price::list).unwrap();
        assert_eq!(all.iter().map(|p| (p.country.as_str(), p.amount_micro)).collect::<Vec<_>>(), [("", 60_000), ("FR", 41_000)]);
        assert_eq!(house.write(operator, |cx| price::remove(cx, "sms_premium", "FR")), Ok(()));
        assert_eq!(house.write(operator, |cx| price::remove(cx, "sms_premium", "FR")), Err(Error::NotFound));
        assert_eq!(costs("sms_premium"), [60_000; 3]);
        for (product, country, amount) in [("sms", "FR", 1), ("rcs", "fr", 1), ("rcs", "FRA", 1), ("rcs", "XX", 1), ("rcs", "FR", -1)] {
            assert!(matches!(set(product, country, amount), Err(Error::Invalid { .. })), "{product} {country} {amount}");
        }
    }

    fn nothing_costs_anything_while_billing_is_switched_off(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let switch = |billing| {
            let change = Change { billing: Some(billing), ..Change::default() };
            house.write(Principal::OPERATOR, move |cx| workspace::set(cx, "shop", &change)).unwrap().billing
        };
        let costs = |cx: &mut parlance_engine::Cx<'_>| Ok(Prices::of_product(cx, "rcs")?.to_country("FR"));
        assert_eq!((switch(false), house.read(operator, costs)), (false, Ok(0)));
        assert_eq!((switch(true), house.read(operator, costs)), (true, Ok(DEFAULT_MICRO)));
    }

    fn money_is_the_operators_to_give_and_the_agents_to_know(house: &House) {
        let shop = house.workspace("shop");
        let agent = house.agent(&shop, "eve");
        let forbidden = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
        let price = Price { product: "rcs".into(), country: "FR".into(), amount_micro: 0 };
        assert_eq!(house.read(agent, credit::balance), Ok(0));
        forbidden(house.write(agent, |cx| credit::add(cx, 1, "mine").map(drop)));
        forbidden(house.read(agent, |cx| credit::page(cx, None, 1).map(drop)));
        forbidden(house.write(agent, move |cx| price::set(cx, &price)));
        forbidden(house.write(agent, |cx| price::remove(cx, "rcs", "FR")));
        forbidden(house.read(agent, |cx| price::list(cx).map(drop)));
        for kind in [Kind::Customer, Kind::Contact, Kind::Bot] {
            let other = caller(&shop, &house.person(&shop, kind, kind.as_str()));
            forbidden(house.read(other, |cx| credit::balance(cx).map(drop)));
        }
        forbidden(house.read(Principal::Nobody, |cx| credit::balance(cx).map(drop)));
    }

    fn what_is_left_buys_as_much_as_prices_say(house: &House) {
        let shop = house.workspace("shop");
        let (operator, agent) = (Principal::Operator(Some(shop.id)), house.agent(&shop, "agnes"));
        house.write(operator, |cx| credit::add(cx, 1_000_000, "added")).unwrap();
        for (country, amount_micro) in [("ES", 300_000), ("IT", 0)] {
            let price = Price { product: "sms_premium".into(), country: country.into(), amount_micro };
            house.write(operator, move |cx| price::set(cx, &price)).unwrap();
        }
        let pieces = |product: &'static str, country: &'static str| {
            house.read(agent, move |cx| affordable::pieces(cx, product, country)).unwrap()
        };
        assert_eq!([pieces("sms_premium", "FR"), pieces("sms_premium", "ES"), pieces("sms_premium", "IT")], [20, 3, ENDLESS]);
        assert_eq!([pieces("vocal_sms", "ES"), pieces("hlr", "FR")], [20, 0]);
        let named = ["ES".to_owned(), "FR".to_owned()];
        let told = house.read(agent, move |cx| affordable::by_country(cx, &named)).unwrap();
        let told: Vec<_> = told.into_iter().map(|of| (of.country, of.sms_premium, of.sms_low_cost)).collect();
        assert_eq!(told, [("ES".to_owned(), 3, 20), ("FR".to_owned(), 20, 20)]);
        let own = house.read(agent, |cx| affordable::by_country(cx, &[])).unwrap();
        assert_eq!(own.iter().map(|of| of.country.as_str()).collect::<Vec<_>>(), ["FR"]);
        let customer = house.customer(&shop, "ada");
        let refused = house.read(customer, |cx| affordable::by_country(cx, &[]));
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
}
