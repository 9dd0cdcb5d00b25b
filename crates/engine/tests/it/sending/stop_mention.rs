//! What advertises something in France says how to hear no more.

use parlance_engine::campaign::{PAGE_MAX, Purpose, Send, State};
use parlance_engine::channel::Channel;
use parlance_engine::workspace::{self, Change};
use parlance_engine::{Error, Principal, Result, contact};

use super::{ADA, BEN, CREDIT_MICRO, Shop, recipient, to, to_many};
use crate::support::{House, on_both};

const BERLIN: &str = "+4915112345678";
const REUNION: &str = "+262692123456";

/// What advertises something to these numbers.
fn sale(phones: &[&str]) -> Send {
    Send { purpose: Purpose::Wholesale, text: "Sale!".into(), ..to(phones) }
}

/// Why it was refused.
fn problem<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Invalid { field: "stop_mention", problem }) => problem,
        other => panic!("{other:?}"),
    }
}

on_both! {
    fn an_advertisement_in_france_without_a_stop_mention_is_refused_and_nothing_is_kept(house: &House) {
        let shop = Shop::open(house);
        for phones in [&[ADA][..], &[BERLIN, REUNION]] {
            let new = Send { request_id: Some("r-1".into()), ..sale(phones) };
            let said = problem(shop.send(house, new));
            assert!(said.starts_with("STOP mention ([STOP au 12345]) is missing from your text."), "{said}");
            assert!(said.contains("purpose alert"), "it says what else to do: {said}");
        }
        problem(shop.send(house, Send { draft: true, ..sale(&[ADA]) }));
        assert_eq!(shop.balance(house), CREDIT_MICRO);
        for table in ["campaign", "campaign_recipients", "campaign_request"] {
            assert!(house.database.rows(&format!("SELECT workspace FROM {table}")).is_empty(), "{table}");
        }
    }

    fn whatever_is_no_advertisement_in_france_needs_no_stop_mention(house: &House) {
        let shop = Shop::open(house);
        let allowed = [
            Send { text: "Sale! Stop au 12345".into(), ..sale(&[ADA]) },
            Send { text: "Sale! {param1}".into(), recipients: vec![with_mention(ADA)], ..sale(&[]) },
            Send { purpose: Purpose::Alert, ..sale(&[ADA]) },
            sale(&[BERLIN]),
            Send { channel: Channel::Voice, ..sale(&[ADA]) },
            Send { channel: Channel::Rcs, ..sale(&[ADA]) },
            Send { simulated: true, ..sale(&[ADA]) },
        ];
        for new in allowed {
            let outcome = shop.send(house, new.clone());
            assert!(outcome.is_ok(), "{new:?}: {outcome:?}");
        }
        shop.opt_out(house, BEN);
        assert!(shop.send(house, sale(&[BEN, BERLIN])).is_ok(), "nothing goes to who opted out");
    }

    fn everybody_gets_the_mention_or_nobody_anything(house: &House) {
        let shop = Shop::open(house);
        let text = "Sale! {param1}".to_owned();
        problem(shop.send(house, Send { text, recipients: vec![with_mention(ADA), recipient(BEN)], ..sale(&[]) }));
        assert_eq!(shop.expand_all(house, 10), 0);
    }

    fn a_workspace_can_do_without(house: &House) {
        let shop = Shop::open(house);
        let demand = |stop_mention| {
            let change = Change { stop_mention: Some(stop_mention), ..Change::default() };
            house.write(Principal::OPERATOR, move |cx| workspace::set(cx, "shop", &change)).unwrap().stop_mention
        };
        assert!(shop.workspace.stop_mention, "it is demanded at first");
        assert!(!demand(false));
        assert!(shop.send(house, sale(&[ADA])).is_ok());
        assert!(demand(true));
        problem(shop.send(house, sale(&[ADA])));
    }

    fn a_list_with_somebody_in_france_is_refused_at_once_or_fails_where_they_stand(house: &House) {
        let shop = Shop::open(house);
        let abroad: Vec<contact::New> = (0..PAGE_MAX).map(|n| recipient(&format!("+49151{n:08}"))).collect();
        shop.befriend(house, &abroad);
        assert_eq!(shop.to_friends(house, sale(&[])).map(|ticket| ticket.state), Ok(State::Ready));
        shop.befriend(house, &[recipient(ADA)]);
        let late = shop.to_friends(house, sale(&[])).unwrap();
        assert_eq!(late.state, State::Computing);
        let failed = shop.compute(house, &late.ticket);
        assert_eq!(failed.state, State::Failed);
        assert!(failed.problem.starts_with("STOP mention ([STOP au 12345])"), "{}", failed.problem);
        let desk = Shop::named(house, "desk");
        desk.befriend(house, &[recipient(ADA)]);
        problem(desk.to_friends(house, sale(&[])));
    }

    fn the_mention_names_the_address_that_was_asked_for(house: &House) {
        let shop = Shop::open(house);
        house.clock.forward(1);
        crate::carrier::add(house, shop.operator, parlance_engine::carrier::Kind::Handset, "+33600000000", None).unwrap();
        for (sender, address) in [("33600000000", "+33600000000"), ("Shop", "12345"), ("12345", "12345")] {
            let said = problem(shop.send(house, Send { sender: Some(sender.into()), ..sale(&[ADA]) }));
            assert!(said.contains(&format!("[STOP au {address}]")), "{sender}: {said}");
        }
        let many = Send { recipients: to_many(500).recipients, text: "Sale! STOP".into(), ..sale(&[]) };
        assert_eq!(shop.send(house, many).map(|ticket| ticket.number_of_contacts), Ok(500));
    }
}

/// Somebody for whom the mention stands in a field.
fn with_mention(phone: &str) -> contact::New {
    let params = ["STOP au 12345".to_owned(), String::new(), String::new(), String::new(), String::new()];
    contact::New { params, ..recipient(phone) }
}
