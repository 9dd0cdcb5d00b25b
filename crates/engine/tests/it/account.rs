//! Accounts: what a workspace and its sub-accounts say of how they want to be called back.

use parlance_engine::access::Caller;
use parlance_engine::account::sub_account::{self, Change, New, SUB_ACCOUNTS_MAX, SubAccount};
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::credential::{self, password};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Error, Principal, Result, person};

use crate::support::{House, caller, on_both};

fn new(email: &str) -> New {
    New {
        email: email.to_owned(),
        first_name: "Zoë".into(),
        last_name: "Roy".into(),
        company_name: String::new(),
        password: None,
        parameters: Parameters::new(),
    }
}

fn create(house: &House, who: impl Into<Principal>, new: New) -> Result<(SubAccount, String)> {
    house.write(who, move |cx| sub_account::create(cx, &new))
}

/// A sub-account, ready to ask.
fn sub(house: &House, shop: &Workspace, who: Caller, email: &str) -> Caller {
    let (made, _) = create(house, who, new(email)).expect("a sub-account");
    let operator = Principal::Operator(Some(shop.id));
    let person = house.read(operator, move |cx| person::get(cx, made.person)).expect("a person");
    caller(shop, &person)
}

fn say(house: &House, who: impl Into<Principal>, said: &[(Parameter, &str)]) -> Result<()> {
    let said: Parameters = said.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    house.write(who, move |cx| account::set_parameters(cx, &said))
}

fn said(house: &House, who: impl Into<Principal>) -> Vec<(Parameter, String)> {
    house.read(who, account::parameters).expect("parameters").into_iter().collect()
}

on_both! {
    fn what_an_agent_says_holds_for_the_workspace_until_it_is_taken_back(house: &House) {
        let shop = house.workspace("shop");
        let (ada, bob) = (house.agent(&shop, "ada"), house.agent(&shop, "bob"));
        say(house, ada, &[(Parameter::DeliveryUrl, "https://a.example/x"), (Parameter::AlertBound, "12000")]).unwrap();
        say(house, ada, &[(Parameter::AlertBound, " 7 ")]).unwrap();
        let operator = Principal::Operator(Some(shop.id));
        for who in [Principal::from(ada), bob.into(), operator] {
            assert_eq!(
                said(house, who),
                [(Parameter::AlertBound, "7".to_owned()), (Parameter::DeliveryUrl, "https://a.example/x".to_owned())]
            );
        }
        say(house, bob, &[(Parameter::DeliveryUrl, "")]).unwrap();
        assert_eq!(said(house, ada), [(Parameter::AlertBound, "7".to_owned())]);
    }

    fn a_phone_number_is_one_of_the_workspace_s_country_or_says_its_own(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        say(house, ada, &[(Parameter::AlertPhone, " 06 12 34 56 78 "), (Parameter::TestPhone, "+49 151 12345678")]).unwrap();
        let both = [(Parameter::AlertPhone, "+33612345678".to_owned()), (Parameter::TestPhone, "+4915112345678".to_owned())];
        assert_eq!(said(house, ada), both);
        say(house, ada, &[(Parameter::AlertPhone, ""), (Parameter::TestPhone, " ")]).unwrap();
        assert_eq!(said(house, ada), []);
    }

    fn a_sub_account_speaks_for_itself(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let zoe = sub(house, &shop, ada, " Zoe@Shop.Example ");
        say(house, ada, &[(Parameter::InboundUrl, "https://a.example")]).unwrap();
        assert_eq!(said(house, zoe), []);
        say(house, zoe, &[(Parameter::InboundUrl, "https://z.example\nhttp://y.example")]).unwrap();
        assert_eq!(said(house, ada), [(Parameter::InboundUrl, "https://a.example".to_owned())]);
        let seen = house.read(ada, |cx| sub_account::get(cx, "ZOE@shop.example")).unwrap();
        assert_eq!(seen.parameters[&Parameter::InboundUrl], "https://z.example\nhttp://y.example");
        assert_eq!((seen.email.as_str(), seen.first_name.as_str()), ("zoe@shop.example", "Zoë"));
        assert_eq!(house.read(zoe, |cx| sub_account::get(cx, "zoe@shop.example")), Ok(seen));
    }

    fn the_token_of_a_sub_account_is_an_agent_s(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let hash = password::hash("correct horse battery").unwrap();
        let (zoe, secret) = create(house, ada, New { password: Some(hash), ..new("zoe@shop.example") }).unwrap();
        let session = house.read(Principal::Nobody, move |cx| credential::by_token(cx, &secret)).unwrap();
        assert_eq!((session.caller.person, session.caller.kind), (zoe.person, person::Kind::Agent));
        let operator = Principal::Operator(Some(shop.id));
        let person = house.read(operator, move |cx| person::get(cx, zoe.person)).unwrap();
        assert_eq!(person.facts.name.as_deref(), Some("Zoë Roy"));
        assert_eq!(person.facts.email.as_deref(), Some("zoe@shop.example"));
    }

    fn what_is_no_url_or_no_text_is_refused_and_changes_nothing(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let six = "https://a.example\n".repeat(6);
        let long = format!("https://{}", "a".repeat(2_000));
        for (name, value) in [
            (Parameter::DeliveryUrl, "a.example"), (Parameter::DeliveryUrl, "javascript:alert(1)"),
            (Parameter::InboundUrl, "https://a.example https://b.example"), (Parameter::OptOutUrl, "https://a\u{0}b"),
            (Parameter::DeliveryUrl, &six), (Parameter::VisitUrl, &long), (Parameter::SmsSender, "a\u{1b}b"),
            (Parameter::AlertPhone, "call me"), (Parameter::TestPhone, "12"), (Parameter::TestPhone, "0612345678\n0612345679"),
            (Parameter::AlertType, "credit"), (Parameter::InboundMetadata, "perhaps"), (Parameter::VoiceSender, "a\nb"),
        ] {
            let refused = say(house, ada, &[(Parameter::AlertType, "sms_premium"), (name, value)]);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{name:?} {value:?}: {refused:?}");
        }
        assert_eq!(said(house, ada), []);
        for address in ["", "zoe", "@shop.example", "zoe@shop", "z oe@shop.example"] {
            assert!(matches!(create(house, ada, new(address)), Err(Error::Invalid { .. })), "{address}");
        }
        let odd = New { first_name: "a\nb".into(), ..new("zoe@shop.example") };
        assert!(matches!(create(house, ada, odd), Err(Error::Invalid { .. })));
    }

    fn only_agents_know_of_accounts_and_only_those_of_the_workspace_make_them(house: &House) {
        let shop = house.workspace("shop");
        let (ada, carl) = (house.agent(&shop, "ada"), house.customer(&shop, "carl"));
        let zoe = sub(house, &shop, ada, "zoe@shop.example");
        sub(house, &shop, ada, "yves@shop.example");
        let forbidden = |outcome: Result<()>| matches!(outcome, Err(Error::Forbidden(_)));
        assert!(forbidden(house.read(carl, account::parameters).map(drop)));
        assert!(forbidden(say(house, carl, &[(Parameter::AlertType, "rcs")])));
        assert!(forbidden(say(house, Caller { can_write: false, ..ada }, &[(Parameter::AlertType, "rcs")])));
        for who in [carl, zoe, Caller { can_write: false, ..ada }] {
            assert!(forbidden(create(house, who, new("new@shop.example")).map(drop)));
        }
        for who in [carl, zoe] {
            assert_eq!(house.read(who, |cx| sub_account::get(cx, "yves@shop.example")), Err(Error::NotFound));
            let edit = house.write(who, |cx| sub_account::edit(cx, "yves@shop.example", &Change::default()));
            assert_eq!(edit, Err(Error::NotFound));
        }
        let other = house.workspace("other");
        let eve = house.agent(&other, "eve");
        assert_eq!(house.read(eve, |cx| sub_account::get(cx, "zoe@shop.example")), Err(Error::NotFound));
        assert_eq!(said(house, eve), []);
    }

    fn a_change_of_a_sub_account_leaves_what_it_does_not_name(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let zoe = sub(house, &shop, ada, "zoe@shop.example");
        say(house, zoe, &[(Parameter::AlertType, "sms_premium")]).unwrap();
        let change = Change {
            last_name: Some("Dupont".into()),
            parameters: [(Parameter::AlertBound, "3".to_owned())].into(),
            ..Change::default()
        };
        let edited = house.write(ada, move |cx| sub_account::edit(cx, "zoe@shop.example", &change)).unwrap();
        assert_eq!((edited.first_name.as_str(), edited.last_name.as_str()), ("Zoë", "Dupont"));
        assert_eq!(edited.parameters.len(), 2);
        let operator = Principal::Operator(Some(shop.id));
        let person = house.read(operator, move |cx| person::get(cx, zoe.person)).unwrap();
        assert_eq!(person.facts.name.as_deref(), Some("Zoë Dupont"));
    }

    fn an_address_is_one_sub_account_s_and_there_are_twenty(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        for n in 1..=SUB_ACCOUNTS_MAX {
            create(house, ada, new(&format!("zoe{n}@shop.example"))).unwrap();
        }
        let conflict = |new: New| matches!(create(house, ada, new), Err(Error::Conflict(_)));
        assert!(conflict(new("zoe21@shop.example")));
        let other = house.workspace("other");
        let eve = house.agent(&other, "eve");
        let hash = || Some(password::hash("correct horse battery").unwrap());
        create(house, eve, New { password: hash(), ..new("eve@shop.example") }).unwrap();
        assert!(matches!(create(house, eve, new("EVE@shop.example")), Err(Error::Conflict(_))));
        let third = house.workspace("third");
        let max = house.agent(&third, "max");
        let taken = create(house, max, New { password: hash(), ..new("eve@shop.example") });
        assert!(matches!(taken, Err(Error::Conflict(_))), "a login is one in the whole installation");
        assert_eq!(house.read(max, |cx| sub_account::get(cx, "eve@shop.example")), Err(Error::NotFound));
    }
}
