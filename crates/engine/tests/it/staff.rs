//! Agents among themselves, and the e-mail addresses by which people log in.

use parlance_engine::credential::token;
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::{Error, Principal};

use crate::support::{House, caller, on_both};

on_both! {
    fn agents_are_told_in_the_order_in_which_they_came(house: &House) {
        let shop = house.workspace("shop");
        let operator = Principal::Operator(Some(shop.id));
        let people = ["agnes", "olga", "gone"].map(|name| house.person(&shop, Kind::Agent, name));
        let (first, second, gone) = (people[0].id, people[1].id, people[2].id);
        house.customer(&shop, "ada");
        house.agent(&house.workspace("mall"), "eve");
        house.write(operator, move |cx| person::set(cx, gone, &Change { active: Some(false), ..Change::default() })).unwrap();
        let used = house.write(operator, move |cx| {
            let new = token::New { person: second, label: None, can_write: true, expires_at: None };
            let id = token::add(cx, &new)?.0.id;
            token::used(cx, &[id])?;
            Ok(cx.now)
        });
        let staff = house.read(caller(&shop, &people[0]), person::agents).unwrap();
        let told: Vec<_> = staff.iter().map(|agent| (agent.person.id, agent.is_first, agent.seen_at)).collect();
        assert_eq!(told, [(first, true, None), (second, false, used.ok())]);
    }

    fn only_agents_know_the_agents(house: &House) {
        let shop = house.workspace("shop");
        for kind in [Kind::Customer, Kind::Contact, Kind::Bot] {
            let person = house.person(&shop, kind, kind.as_str());
            let told = house.read(caller(&shop, &person), person::agents);
            assert!(matches!(told, Err(Error::Forbidden(_))), "{kind:?}: {told:?}");
        }
    }

    fn an_address_is_known_without_regard_to_case_and_is_nobody_else_s(house: &House) {
        let (shop, mall) = (house.workspace("shop"), house.workspace("mall"));
        let operator = Principal::Operator(Some(shop.id));
        let (ada, bob) = (house.person(&shop, Kind::Customer, "ada"), house.person(&shop, Kind::Customer, "bob"));
        let facts = Facts { email: Some("Ada@Example.com".into()), ..Facts::default() };
        let (id, change) = (ada.id, Change { facts, ..Change::default() });
        house.write(operator, move |cx| person::set(cx, id, &change)).unwrap();
        let has = |workspace, id, email: &str| {
            let email = email.to_owned();
            house.read(Principal::Operator(Some(workspace)), move |cx| person::has_email(cx, id, &email)).unwrap()
        };
        for email in ["ada@example.com", "ADA@EXAMPLE.COM", " Ada@Example.com\n"] {
            assert!(has(shop.id, ada.id, email), "{email:?}");
        }
        for (id, email) in [(ada.id, "ada@example.org"), (ada.id, ""), (bob.id, "ada@example.com"), (bob.id, "")] {
            assert!(!has(shop.id, id, email), "{email:?}");
        }
        assert!(!has(mall.id, ada.id, "ada@example.com"));
    }
}
