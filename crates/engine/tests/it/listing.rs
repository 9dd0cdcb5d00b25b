use parlance_engine::credential::password;
use parlance_engine::credential::token::{self, New};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::{Error, Principal, event};

use crate::support::{House, on_both};

on_both! {
    fn the_memberships_of_a_person_are_listed_part_by_part(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.person(&shop, Kind::Agent, "ada").id, house.person(&shop, Kind::Agent, "bob").id);
        let operator = Principal::Operator(Some(shop.id));
        let name = |n: usize| Aggregate { domain: format!("d{}", n % 2), kind: format!("k{}", n % 3), id: n.to_string() };
        for n in 0..7 {
            house.write(operator, move |cx| membership::add(cx, ada, &name(n), "owner")).unwrap();
        }
        house.write(operator, move |cx| membership::add(cx, bob, &name(7), "owner")).unwrap();

        let whole = house.read(operator, move |cx| membership::page(cx, ada, None, 100)).unwrap();
        assert_eq!(whole.len(), 7);
        let mut parts = Vec::new();
        loop {
            let after = parts.last().map(|m: &membership::Membership| m.aggregate.clone());
            let part = house.read(operator, move |cx| membership::page(cx, ada, after.as_ref(), 2)).unwrap();
            if part.is_empty() {
                break;
            }
            parts.extend(part);
        }
        assert_eq!(parts, whole);
    }

    fn the_tokens_of_a_person_are_listed_part_by_part(house: &House) {
        let shop = house.workspace("shop");
        let person = house.person(&shop, Kind::Agent, "ada").id;
        let operator = Principal::Operator(Some(shop.id));
        let new = New { person, label: None, can_write: true, expires_at: None };
        let minted: Vec<_> = (0..5)
            .map(|_| {
                let new = new.clone();
                house.clock.forward(1);
                house.write(operator, move |cx| token::add(cx, &new)).unwrap().0.id
            })
            .collect();
        let part = |after, limit| house.read(operator, move |cx| token::page(cx, person, after, limit)).unwrap();
        let ids = |tokens: Vec<token::Token>| tokens.into_iter().map(|t| t.id).collect::<Vec<_>>();
        assert_eq!(ids(part(None, 3)), minted[..3]);
        assert_eq!(ids(part(Some(minted[2]), 3)), minted[3..]);
    }

    fn a_person_has_one_login_and_an_address_is_one_person_s(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.person(&shop, Kind::Agent, "ada").id, house.person(&shop, Kind::Agent, "bob").id);
        let operator = Principal::Operator(Some(shop.id));
        let set = |person, email: &'static str| {
            let hash = password::hash("correct horse").unwrap();
            house.write(operator, move |cx| password::set(cx, person, email, &hash))
        };
        set(ada, "ada@shop.example").unwrap();
        assert!(matches!(set(bob, "Ada@shop.example"), Err(Error::Conflict(_))));
        set(ada, "ada@home.example").expect("a new address takes the place of the old one");
        set(bob, "ada@shop.example").expect("the old address is free");
        assert!(matches!(set(ada, "ada@shop.example"), Err(Error::Conflict(_))));
        assert!(matches!(set(bob, "ada@home.example"), Err(Error::Conflict(_))), "a refusal frees nothing");
    }

    fn an_import_adds_who_is_new_and_changes_who_is_known(house: &House) {
        let shop = house.workspace("shop");
        let operator = Principal::Operator(Some(shop.id));
        house.person(&shop, Kind::Agent, "u7");
        let line = |n: usize, sales: Option<i64>| Change {
            facts: Facts { external_id: Some(format!("u{n}")), sales, ..Facts::default() },
            ..Change::default()
        };
        // More than one lookup, and somebody who comes twice.
        let mut people: Vec<Change> = (0..200).map(|n| line(n, Some(1))).collect();
        people.push(line(199, Some(2)));
        people.push(line(300, None));
        people.push(line(300, Some(3)));
        let import = |people: &[Change]| {
            let people = people.to_vec();
            house.write(operator, move |cx| person::import(cx, &people))
        };
        assert_eq!(import(&people), Ok(200), "all of 201 but u7 are new");
        assert_eq!(import(&people), Ok(0));
        let found = |id: &'static str| house.read(operator, move |cx| person::by_reference(cx, id)).unwrap();
        assert_eq!((found("u7").kind, found("u7").facts.sales), (Kind::Agent, Some(1)));
        assert_eq!((found("u199").facts.sales, found("u300").facts.sales), (Some(2), Some(3)));
        let events = house.read(operator, |cx| event::page(cx, 0, 10_000)).unwrap();
        let added = events.iter().filter(|e| e.event.kind == event::Kind::PersonAdded).count();
        assert_eq!(added, 201);

        people.push(Change::default());
        assert!(matches!(import(&people), Err(Error::Invalid { field: "external_id", .. })));
    }
}
