//! When a callback is made, made again, and made no more.

use parlance_engine::account::Parameter;
use parlance_engine::callback::{self, Asking, Callback, Claim, State};
use parlance_engine::message::Delivery;
use parlance_engine::{Error, Principal, Result};

use super::{Shop, due};
use crate::support::{House, on_both};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

on_both! {
    fn a_callback_is_made_by_one_until_the_claim_ends(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        shop.hears("Bonjour");
        shop.follow();
        let seen = due(house, 10);
        let mine = shop.claim(&seen);
        assert_eq!((mine.len(), mine[0].attempts), (1, 1));
        assert_eq!(shop.claim(&seen), [], "somebody else saw it as well");
        assert_eq!(due(house, 10), []);
        house.clock.forward(21);
        let again = shop.claim_one();
        assert_eq!((again.id.clone(), again.attempts), (mine[0].id.clone(), 2));
        let late = Claim::of(&mine[0]);
        house.write(shop.operator(), move |cx| callback::answered(cx, &late, "answered 200")).unwrap();
        assert_eq!(shop.log()[0].state, State::Waiting, "the first claim has ended");
        let claim = Claim::of(&again);
        house.write(shop.operator(), move |cx| callback::answered(cx, &claim, "answered 200")).unwrap();
        let log = shop.log();
        assert_eq!((log[0].state, log[0].outcome.as_str()), (State::Answered, "answered 200"));
        house.clock.forward(DAY);
        assert_eq!(due(house, 10), []);
    }

    fn who_does_not_answer_is_called_again_ever_later_for_three_days(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        shop.hears("Bonjour");
        shop.follow();
        for seconds in [3, 30, 300, 1_800, 2 * HOUR, 8 * HOUR, DAY, DAY] {
            let made = shop.claim_one();
            assert_eq!(shop.fails(&made), Some(seconds));
            house.clock.forward(seconds - 1);
            assert_eq!(due(house, 10), []);
            house.clock.forward(2);
        }
        let made = shop.claim_one();
        assert_eq!(made.attempts, 9);
        assert_eq!(shop.fails(&made), None);
        let log = shop.log();
        assert_eq!((log[0].state, log[0].outcome.as_str()), (State::GivenUp, "answered 500"));
        house.clock.forward(10 * DAY);
        assert_eq!(due(house, 10), []);
    }

    fn what_waited_while_nobody_could_call_is_still_told_once(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example");
        shop.hears("Bonjour");
        shop.follow();
        house.clock.forward(10 * DAY);
        let made = shop.claim_one();
        assert_eq!(shop.fails(&made), None);
    }

    fn an_older_report_is_not_repeated_when_more_is_known(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::DeliveryUrl, "https://a.example");
        let sent = shop.sends(shop.agent, "Bonjour");
        shop.arrived(sent, Delivery::Accepted);
        shop.follow();
        let made = shop.claim_one();
        shop.arrived(sent, Delivery::Delivered);
        shop.follow();
        assert_eq!(shop.fails(&made), None);
        let last = shop.claim_one();
        assert_eq!(last.delivery, Some(Delivery::Delivered));
        assert_eq!(shop.fails(&last), Some(3), "nothing is newer than this one");
    }

    fn however_much_is_due_to_one_host_the_others_have_their_share(house: &House) {
        let (one, other) = (Shop::open(house), Shop::called(house, "other"));
        one.want(one.agent, Parameter::InboundUrl, "https://slow.example/1\nhttps://quick.example");
        other.want(other.agent, Parameter::InboundUrl, "https://SLOW.example/2\nhttps://third.example:8443/");
        for n in 0..20 {
            one.hears(&n.to_string());
        }
        other.hears("Bonjour");
        one.follow();
        other.follow();
        let hosts = |asking: Asking| {
            let due = house.read(Principal::OPERATOR, move |cx| callback::due(cx, &asking)).unwrap();
            due.into_iter().map(|due| due.host).collect::<Vec<_>>()
        };
        let asking = Asking { after_host: String::new(), hosts: 10, each: 2 };
        let two_of_each = ["quick.example", "quick.example", "slow.example", "slow.example", "third.example:8443"];
        assert_eq!(hosts(asking.clone()), two_of_each);
        assert_eq!(hosts(Asking { hosts: 1, ..asking.clone() }), two_of_each[..2]);
        assert_eq!(hosts(Asking { after_host: "quick.example".into(), ..asking }), two_of_each[2..]);
        let of_slow = due(house, 100).into_iter().filter(|due| due.host == "slow.example").count();
        assert_eq!(of_slow, 21);
        let mine = one.claim(&due(house, 100));
        assert!(mine.iter().all(|made| !made.url.contains("third")), "what is another workspace's is not claimed");
        assert_eq!(other.log().iter().map(|made| made.attempts).collect::<Vec<_>>(), [0, 0]);
    }

    fn the_log_is_read_page_by_page_and_swept_when_it_is_old(house: &House) {
        let shop = Shop::open(house);
        shop.want(shop.agent, Parameter::InboundUrl, "https://a.example\nhttps://b.example");
        for text in ["1", "2", "3"] {
            shop.hears(text);
        }
        let all = shop.log();
        let (mut read, mut before) = (Vec::new(), None::<Callback>);
        loop {
            let from = before.clone();
            let page = house.read(shop.operator(), move |cx| {
                callback::page(cx, from.as_ref().map(|c| (c.happened_at, c.id.as_str())), 2)
            });
            let page = page.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.clone());
            read.extend(page);
        }
        read.reverse();
        assert_eq!(read, all);
        let other = Shop::called(house, "other");
        assert_eq!(other.log(), []);
        let made = shop.claim(&due(house, 1));
        assert_eq!(made.len(), 2, "one of each host");
        let claim = Claim::of(&made[0]);
        house.write(shop.operator(), move |cx| callback::answered(cx, &claim, "answered 200")).unwrap();
        house.clock.forward(31 * DAY);
        assert_eq!(house.write(other.operator(), |cx| callback::sweep(cx, 100)), Ok(0));
        assert_eq!(house.write(shop.operator(), |cx| callback::sweep(cx, 100)), Ok(1), "what waits is kept");
        assert_eq!(shop.log().len(), 5);
    }

    fn only_the_operator_sees_and_makes_callbacks(house: &House) {
        let shop = Shop::open(house);
        let forbidden = |outcome: Result<()>| {
            matches!(outcome, Err(Error::Forbidden(_)))
        };
        let asking = Asking { after_host: String::new(), hosts: 1, each: 1 };
        assert!(forbidden(house.read(shop.agent, |cx| callback::page(cx, None, 1).map(drop))));
        assert!(forbidden(house.read(shop.agent, move |cx| callback::due(cx, &asking).map(drop))));
        assert!(forbidden(house.write(shop.agent, |cx| callback::claim(cx, &[], 1).map(drop))));
        assert!(forbidden(house.write(shop.agent, |cx| callback::follow(cx, 1).map(drop))));
        assert!(forbidden(house.write(shop.agent, |cx| callback::sweep(cx, 1).map(drop))));
    }
}
