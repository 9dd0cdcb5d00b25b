//! Carriers as facts: what can be one, whose address it has, and what handsets keep.

use parlance_engine::carrier::{self, Carrier, Kind, New};
use parlance_engine::handset::{self, Said, Text};
use parlance_engine::{Engine, Error, MessageId, Principal, Result, Time};

use crate::support::{House, on_both};

on_both! {
    fn a_carrier_is_added_listed_and_taken_away(house: &House) {
        let shop = house.workspace("shop");
        let operator = Principal::Operator(Some(shop.id));
        let short = add(house, operator, Kind::Handset, " 12345 ", None).unwrap();
        let smpp = add(house, operator, Kind::Smpp, "+33 6 12 34 56 78", Some("smpp://user:password@127.0.0.1:2775")).unwrap();
        assert_eq!((short.address.as_str(), smpp.address.as_str()), ("12345", "+33612345678"));
        assert_eq!((short.state.as_str(), short.secret.is_some()), ("new", false));
        assert!(!format!("{smpp:?}").contains("password"), "no password in a log");
        assert_eq!(house.read(operator, carrier::list), Ok(vec![short.clone(), smpp.clone()]));
        let everywhere = house.read(Principal::OPERATOR, carrier::all).unwrap();
        assert_eq!(everywhere, [(shop.id, short.clone()), (shop.id, smpp.clone())]);
        let id = smpp.id;
        assert_eq!(house.read(Principal::OPERATOR, move |cx| carrier::by_id(cx, id)), Ok(Some((shop.id, smpp.clone()))));
        let taken = |reference: String| house.write(operator, move |cx| carrier::remove(cx, &reference));
        assert_eq!(taken("12345".into()), Ok(short.clone()));
        assert_eq!(taken("12345".into()), Err(Error::NotFound));
        assert_eq!(taken(smpp.id.to_string()), Ok(smpp));
        assert_eq!(house.read(operator, carrier::list), Ok(vec![]));
        assert_eq!(house.read(Principal::OPERATOR, move |cx| carrier::by_id(cx, id)), Ok(None));
        assert!(house.database.rows("SELECT url FROM carrier WHERE url IS NOT NULL").is_empty(), "its password is gone");
        assert!(add(house, operator, Kind::Handset, "12345", None).is_ok(), "the address is free again");
    }

    fn an_address_has_one_carrier_in_a_workspace(house: &House) {
        let [shop, desk] = ["shop", "desk"].map(|slug| Principal::Operator(Some(house.workspace(slug).id)));
        assert!(add(house, shop, Kind::Handset, "12345", None).is_ok());
        let again = add(house, shop, Kind::Http, "12345", Some("https://gateway.example"));
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert!(add(house, desk, Kind::Handset, "12345", None).is_ok(), "another workspace has its own");
    }

    fn a_number_of_ours_is_one_address_however_it_is_spelled(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let number = add(house, operator, Kind::Handset, "07 00 00 00 66", None).unwrap();
        assert_eq!(number.address, "+33700000066");
        for again in ["+33700000066", "0700000066", "33700000066", "0033 7 00 00 00 66", "+33 (0)7.00.00.00.66"] {
            let refused = add(house, operator, Kind::Handset, again, None);
            assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains("+33700000066")), "{again}: {refused:?}");
        }
        for kept in ["12345", "491123", "118 218", "DHL-Info", "Shop 0700000067", "my-agent-12345678"] {
            assert_eq!(add(house, operator, Kind::Handset, kept, None).map(|added| added.address).as_deref(), Ok(kept));
        }
        assert_eq!(house.write(operator, |cx| carrier::remove(cx, "07-00-00-00-66")), Ok(number));
    }

    fn an_address_that_was_kept_in_another_spelling_is_still_found(house: &House) {
        let shop = house.workspace("shop");
        let operator = Principal::Operator(Some(shop.id));
        let old = |address: &str, national: &str| {
            let added = add(house, operator, Kind::Handset, address, None).unwrap();
            house.database.execute(&format!("UPDATE carrier SET address = '{national}' WHERE id = '{}'", added.id));
            added.id
        };
        let first = old("+33700000066", "07 00 00 00 66");
        assert!(matches!(add(house, operator, Kind::Handset, "+33700000066", None), Err(Error::Conflict(_))));
        let said = |to: &'static str| house.write(operator, move |cx| {
            handset::say(cx, &Said { from: "+33600000001".into(), to: to.into(), text: "Hello?".into() })
        });
        assert!(said("+33700000066").is_ok() && said("0700000066").is_ok());
        assert_eq!(house.write(operator, |cx| carrier::remove(cx, "+33700000066")).map(|removed| removed.id), Ok(first));
        // There may even be both: each is then found as it is spelled.
        let both = [old("+33700000066", "0700000066"), add(house, operator, Kind::Handset, "+33700000067", None).unwrap().id];
        house.database.execute(&format!("UPDATE carrier SET address = '+33700000066' WHERE id = '{}'", both[1]));
        for (spelled, id) in [("+33700000066", both[1]), ("0700000066", both[0])] {
            assert_eq!(house.write(operator, move |cx| carrier::remove(cx, spelled)).map(|removed| removed.id), Ok(id));
        }
    }

    fn what_can_be_no_carrier_is_refused(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let field = |kind, address: &str, url| match add(house, operator, kind, address, url) {
            Err(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        for address in ["", "  ", "+33", "+0", "a\nb", &"1".repeat(101)] {
            assert_eq!(field(Kind::Handset, address, None), "address", "{address:?}");
        }
        assert_eq!(field(Kind::Handset, "1", Some("https://gateway.example")), "url");
        for kind in [Kind::Smpp, Kind::Http, Kind::Rcs] {
            for url in [None, Some(""), Some("gateway.example"), Some("file:///etc/passwd")] {
                assert_eq!(field(kind, "1", url), "url", "{kind:?} {url:?}");
            }
        }
        assert_eq!(field(Kind::Smpp, "1", Some("https://gateway.example")), "url");
        assert!(add(house, operator, Kind::Http, "1", Some("https://gateway.example")).unwrap().secret.is_some());
    }

    fn how_a_carrier_stands_is_noted_when_it_changes(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let id = add(house, operator, Kind::Handset, "12345", None).unwrap().id;
        let stands = |state: &'static str, detail: &'static str| {
            house.write(operator, move |cx| carrier::set_state(cx, id, state, detail)).unwrap();
            let now = house.read(operator, carrier::list).unwrap().remove(0);
            (now.state, now.state_detail, now.state_at)
        };
        let (state, detail, since) = stands("down", "refused\n");
        assert_eq!((state.as_str(), detail.as_str()), ("down", "refused"));
        assert_eq!(stands("down", "refused\n").2, since, "since then");
        assert!(stands("up", "").2 > since);
    }

    fn of_several_nodes_one_holds_a_carrier_until_its_time_is_up(house: &House) {
        let [shop, desk] = ["shop", "desk"].map(|slug| house.workspace(slug).id);
        let other = house.another_node();
        let hold = |engine: &Engine, node: &'static str| {
            engine.write_blocking(Principal::OPERATOR, move |cx| carrier::hold(cx, node)).unwrap();
        };
        let held = |node: &'static str| {
            let held = house.read(Principal::OPERATOR, move |cx| carrier::held(cx, node)).unwrap();
            (held.carriers.into_iter().map(|(workspace, _)| workspace).collect::<Vec<_>>(), held.is_due)
        };
        assert_eq!(held("a"), (vec![], false), "there is nothing to hold");
        add(house, Principal::Operator(Some(shop)), Kind::Handset, "12345", None).unwrap();
        assert_eq!([held("a"), held("b")], [(vec![], true), (vec![], true)]);
        hold(&house.engine, "a");
        hold(&other, "b");
        assert_eq!([held("a"), held("b")], [(vec![shop], false), (vec![], false)]);
        add(house, Principal::Operator(Some(desk)), Kind::Handset, "12345", None).unwrap();
        hold(&other, "b");
        assert_eq!([held("a"), held("b")], [(vec![shop], false), (vec![desk], false)]);
        house.clock.forward(4);
        assert_eq!([held("a"), held("b")], [(vec![shop], true), (vec![desk], true)], "it is time to say so again");
        hold(&house.engine, "a");
        house.clock.forward(4);
        assert_eq!([held("a"), held("b")], [(vec![shop], true), (vec![], true)], "b is silent");
        hold(&house.engine, "a");
        assert_eq!(held("a"), (vec![shop, desk], false), "a takes over what was b's");
        house.write(Principal::OPERATOR, |cx| carrier::let_go(cx, "a")).unwrap();
        hold(&other, "b");
        assert_eq!([held("a"), held("b")], [(vec![], false), (vec![shop, desk], false)]);
    }

    fn carriers_are_the_operators(house: &House) {
        let shop = house.workspace("shop");
        let operator = Principal::Operator(Some(shop.id));
        let id = add(house, operator, Kind::Handset, "12345", None).unwrap().id;
        let agent = house.agent(&shop, "eve");
        let forbidden = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
        forbidden(add(house, agent.into(), Kind::Handset, "1", None).map(drop));
        forbidden(house.read(agent, |cx| carrier::list(cx).map(drop)));
        forbidden(house.read(agent, |cx| carrier::all(cx).map(drop)));
        forbidden(house.read(agent, |cx| carrier::held(cx, "a").map(drop)));
        forbidden(house.write(agent, |cx| carrier::hold(cx, "a")));
        forbidden(house.write(agent, |cx| carrier::let_go(cx, "a")));
        forbidden(house.read(agent, move |cx| carrier::by_id(cx, id).map(drop)));
        forbidden(house.write(agent, |cx| carrier::remove(cx, "12345").map(drop)));
        forbidden(house.write(agent, move |cx| carrier::set_state(cx, id, "up", "")));
        forbidden(house.read(agent, |cx| handset::pick_up(cx, "+33600000001", "12345").map(drop)));
        forbidden(house.read(agent, |cx| handset::read(cx, "+33600000001", None, 1).map(drop)));
    }

    fn a_handset_has_a_number_and_says_something(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        add(house, operator, Kind::Handset, "12345", None).unwrap();
        add(house, operator, Kind::Http, "54321", Some("https://gateway.example")).unwrap();
        let say = |from: &str, to: &str, text: &str| {
            let said = Said { from: from.into(), to: to.into(), text: text.into() };
            house.write(operator, move |cx| handset::say(cx, &said).map(drop))
        };
        for (from, text, field) in [("abc", "Hello?", "from"), ("", "Hello?", "from"), ("06 00 00 00 01", "", "text"), ("06 00 00 00 01", " \n", "text")] {
            let refused = say(from, "12345", text);
            assert!(matches!(&refused, Err(Error::Invalid { field: of, .. }) if *of == field), "{from:?} {text:?}: {refused:?}");
        }
        for to in ["99", "", "54321"] {
            assert_eq!(say("+33600000001", to, "Hello?"), Err(Error::NotFound), "{to:?}");
        }
        assert_eq!(say("06 00 00 00 01", "12345", "Hello?"), Ok(()));
        assert_eq!(house.database.rows("SELECT phone FROM contact"), ["+33600000001"]);
    }

    fn a_handset_keeps_what_it_received_once_and_in_order(house: &House) {
        let operator = Principal::Operator(Some(house.workspace("shop").id));
        let text = |number: u128, phone: &str| Text {
            phone: phone.into(),
            message: MessageId(uuid::Uuid::from_u128(number)),
            from: "12345".into(),
            text: format!("text {number}"),
            at: Time(1_800_000_000_000_000 + number as i64),
        };
        let deliver = |text: Text| house.write(operator, move |cx| handset::deliver(cx, &text));
        let (first, second, other) = (text(1, "+33600000001"), text(2, "+33600000001"), text(3, "+33600000002"));
        for text in [&second, &first, &other] {
            assert_eq!(deliver(text.clone()), Ok(true));
        }
        assert_eq!(deliver(Text { text: "again".into(), ..first.clone() }), Ok(false));
        let read = |after, limit| house.read(operator, move |cx| handset::read(cx, "+33600000001", after, limit));
        assert_eq!(read(None, 10), Ok(vec![first.clone(), second.clone()]));
        assert_eq!(read(Some(first.message), 10), Ok(vec![second]));
        assert_eq!(read(None, 1), Ok(vec![first]));
        house.clock.forward(31 * 24 * 60 * 60);
        assert_eq!(house.write(operator, |cx| handset::sweep(cx, 2)), Ok(2));
        assert_eq!(house.write(operator, |cx| handset::sweep(cx, 2)), Ok(1));
    }
}

pub fn add(house: &House, who: Principal, kind: Kind, address: &str, url: Option<&str>) -> Result<Carrier> {
    let new = New { kind, address: address.to_owned(), url: url.map(str::to_owned) };
    house.write(who, move |cx| carrier::add(cx, &new))
}
