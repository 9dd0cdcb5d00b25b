//! Texts that came in.

use parlance_engine::Error;
use parlance_engine::account::Parameter;
use parlance_engine::memo::{self, Due, Occasion, Text};
use parlance_engine::notice::{ATTEMPTS_MAX, Failure};

use super::{ADA, TIMING, addresses, claim, due, follow, say, sent, sub};
use crate::sending::Shop;
use crate::support::{House, on_both};

on_both! {
    fn a_text_that_comes_in_goes_once_to_every_address_that_an_account_has_named(house: &House) {
        let shop = Shop::open(house);
        shop.hear(house, ADA, "Before anybody wanted it");
        follow(house, &shop);
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example\nBoss@shop.example").unwrap();
        sub(house, &shop, Parameter::InboundEmail, "boss@shop.example\nzoe@home.example");
        let line = shop.hear(house, ADA, "Hello?");
        shop.say(house, line, "What we answer is no text that came in.");
        let sent_now = sent(house, &shop);
        assert_eq!(addresses(&sent_now), ["boss@shop.example", "desk@shop.example", "zoe@home.example"]);
        let Occasion::Text(text) = &sent_now[0].1 else { panic!("{sent_now:?}") };
        let expected = Text { conversation: line, from: ADA.into(), name: None, our_address: "12345".into(), body: "Hello?".into(), ..text.clone() };
        assert_eq!(text, &expected);
        assert_eq!(sent(house, &shop), []);
        assert_eq!(house.database.rows("SELECT id FROM memo"), Vec::<String>::new());
    }

    fn an_address_hears_of_its_own_workspace_alone(house: &House) {
        let (shop, mall) = (Shop::named(house, "shop"), Shop::named(house, "mall"));
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example").unwrap();
        mall.hear(house, ADA, "Hello?");
        follow(house, &mall);
        assert_eq!(sent(house, &shop), []);
        shop.hear(house, ADA, "Hello?");
        follow(house, &shop);
        let theirs = Due { workspace: mall.agent.workspace, ..due(house)[0] };
        assert_eq!(claim(house, theirs), None, "it is none of theirs");
    }

    fn what_came_in_more_than_a_day_ago_is_not_mailed_any_more(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example").unwrap();
        shop.hear(house, ADA, "While no e-mail was sent");
        house.clock.forward(25 * 60 * 60);
        shop.hear(house, ADA, "Now");
        follow(house, &shop);
        assert_eq!(due(house).len(), 1);
        house.clock.forward(25 * 60 * 60);
        assert_eq!(due(house), []);
        assert_eq!(house.write(shop.operator, |cx| memo::sweep(cx, 10)), Ok(1));
        assert_eq!(house.write(shop.operator, |cx| memo::sweep(cx, 10)), Ok(0));
    }

    fn a_memo_is_one_sender_s_until_the_claim_ends(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example").unwrap();
        shop.hear(house, ADA, "Hello?");
        follow(house, &shop);
        let first = due(house)[0];
        let memo = claim(house, first).unwrap();
        assert_eq!((claim(house, first), due(house)), (None, vec![]));
        house.clock.forward(31);
        let second = claim(house, due(house)[0]).unwrap();
        assert_eq!((second.claim.attempt, second.claim.id), (2, memo.claim.id));
        let ended = memo.claim;
        house.write(shop.operator, move |cx| memo::sent(cx, &ended)).unwrap();
        assert_eq!(house.database.rows("SELECT attempts FROM memo"), ["2"], "a claim that has ended changes nothing");
    }

    fn what_could_not_be_sent_is_tried_ever_later_and_then_given_up(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example").unwrap();
        shop.hear(house, ADA, "Hello?");
        follow(house, &shop);
        let mut pauses = Vec::new();
        while let Some(next) = due(house).first().copied() {
            let made = claim(house, next).unwrap().claim;
            let now = house.clock.next();
            let again = house.write(shop.operator, move |cx| memo::failed(cx, &made, Failure::Temporary, &TIMING)).unwrap();
            let pause = again.map_or(0, |at| (at.0 - now.0 + 500_000) / 1_000_000);
            pauses.push(pause);
            house.clock.forward(pause + 1);
        }
        assert_eq!(pauses.len() as i64, ATTEMPTS_MAX);
        assert_eq!(pauses[..7], [60, 120, 240, 480, 960, 1_920, 3_600]);
        assert_eq!(house.database.rows("SELECT id FROM memo"), Vec::<String>::new());
        shop.hear(house, ADA, "Hello again?");
        follow(house, &shop);
        let made = claim(house, due(house)[0]).unwrap().claim;
        let never = house.write(shop.operator, move |cx| memo::failed(cx, &made, Failure::Permanent, &TIMING));
        assert_eq!((never, house.database.rows("SELECT id FROM memo").len()), (Ok(None), 0));
    }

    fn a_memo_whose_senders_die_is_given_up_as_well(house: &House) {
        let shop = Shop::open(house);
        say(house, shop.agent, Parameter::InboundEmail, "desk@shop.example").unwrap();
        shop.hear(house, ADA, "Hello?");
        follow(house, &shop);
        let mut claims = 0;
        while let Some(next) = due(house).first().copied() {
            claims += i64::from(claim(house, next).is_some());
            house.clock.forward(31);
        }
        assert_eq!(claims, ATTEMPTS_MAX);
    }

    fn what_is_no_address_is_refused(house: &House) {
        let shop = Shop::open(house);
        let six = "a@b.example\n".repeat(6);
        for (parameter, value) in [
            (Parameter::InboundEmail, "desk"), (Parameter::InboundEmail, "desk@shop.example, boss@shop.example"),
            (Parameter::InboundEmail, "Desk <desk@shop.example>"), (Parameter::AlertEmails, "a b@shop.example"),
            (Parameter::AlertEmails, &six),
        ] {
            let refused = say(house, shop.agent, parameter, value);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{parameter:?} {value:?}: {refused:?}");
        }
    }
}
