//! Notices: who is owed an e-mail, when, about what, and what becomes of it.

mod claim;
mod role;

use parlance_engine::access::Caller;
use parlance_engine::notice::{self, Digest, Due, Failure, Timing};
use parlance_engine::person::{self, Change, Facts};
use parlance_engine::{ConversationId, Error, PersonId, Result, participant, presence};

use crate::notification::Shop;
use crate::support::{House, on_both};

const TIMING: Timing =
    Timing { inactive_seconds: 300, digest_seconds: 900, lease_seconds: 120, retry_seconds: 60 };

/// Gives everybody of the shop an address.
fn shop(house: &House) -> Shop {
    let shop = Shop::open(house);
    for (who, email) in
        [(&shop.anna, "anna@shop.test"), (&shop.ben, "ben@shop.test"), (&shop.agent, "agent@shop.test")]
    {
        give_address(house, &shop, who.person, email);
    }
    shop
}

fn give_address(house: &House, shop: &Shop, id: PersonId, email: &str) {
    let change =
        Change { facts: Facts { email: Some(email.to_owned()), ..Facts::default() }, ..Change::default() };
    house.write(shop.operator(), move |cx| person::set(cx, id, &change)).expect("an address");
}

fn see(house: &House, shop: &Shop, who: Caller) {
    let at = house.clock.next();
    house
        .write(shop.operator(), move |cx| presence::note(cx, &[(who.person, at)]))
        .expect("presence is noted");
}

/// What is due after the follower has come to the end of the log.
fn due(house: &House, shop: &Shop) -> Vec<Due> {
    while house.write(shop.operator(), |cx| notice::follow(cx, &TIMING, 3)).expect("the log is followed") {}
    house.clock.forward(3);
    house.read(shop.operator(), |cx| notice::due(cx, 100)).expect("a list")
}

fn claim(house: &House, shop: &Shop, due: Due) -> Option<Digest> {
    house.write(shop.operator(), move |cx| notice::claim(cx, &due, &TIMING)).expect("a claim is made or not")
}

/// Every e-mail that goes out now.
fn send(house: &House, shop: &Shop) -> Vec<Digest> {
    let mut out: Vec<Digest> =
        due(house, shop).into_iter().filter_map(|due| claim(house, shop, due)).collect();
    for digest in &out {
        let claim = digest.claim;
        house
            .write(shop.operator(), move |cx| notice::sent(cx, &claim, &TIMING))
            .expect("it is noted as sent");
    }
    out.sort_by_key(|digest| digest.recipient.facts.email.clone());
    out
}

fn fail(house: &House, shop: &Shop, digest: &Digest, failure: Failure) -> Option<i64> {
    let claim = digest.claim;
    let at = house.write(shop.operator(), move |cx| notice::failed(cx, &claim, failure, &TIMING));
    at.expect("the failure is noted").map(|at| (at.0 - house.clock.next().0 + 500_000) / 1_000_000)
}

fn told(digests: &[Digest]) -> Vec<(&str, Vec<&str>)> {
    let told = digests.iter().map(|digest| {
        let email = digest.recipient.facts.email.as_deref().unwrap_or_default();
        (email, digest.lines.iter().map(|line| line.body.as_str()).collect())
    });
    told.collect()
}

fn deactivate(house: &House, shop: &Shop, id: PersonId) {
    let change = Change { active: Some(false), ..Change::default() };
    house.write(shop.operator(), move |cx| person::set(cx, id, &change)).expect("somebody is deactivated");
}

fn set_wanted(house: &House, shop: &Shop, id: PersonId, wanted: bool) -> Result<()> {
    house.write(shop.operator(), move |cx| notice::set_wanted(cx, id, wanted))
}

fn hello(house: &House, shop: &Shop) -> ConversationId {
    house.start(shop.anna, "ben", "1", "Hello").expect("a conversation starts")
}

on_both! {
    fn whoever_is_not_there_is_owed_an_e_mail_and_the_author_is_not(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let out = send(house, &shop);
        assert_eq!(told(&out), [("ben@shop.test", vec!["Hello"])]);
        assert_eq!((out[0].claim.conversation, out[0].short_id, out[0].more), (id, 1, 0));
        assert_eq!((out[0].since_index, out[0].claim.last_index, out[0].claim.attempt), (0, 1, 1));
        assert_eq!(out[0].lines[0].author.as_deref(), Some("anna"));
        assert_eq!(send(house, &shop), []);
    }

    fn whoever_is_there_is_owed_nothing_until_they_have_been_away_for_five_minutes(house: &House) {
        let shop = shop(house);
        see(house, &shop, shop.ben);
        house.clock.forward(10);
        hello(house, &shop);
        assert_eq!(send(house, &shop), []);
        house.clock.forward(280);
        assert_eq!(send(house, &shop), []);
        house.clock.forward(10);
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["Hello"])]);
    }

    fn whoever_was_there_after_it_was_said_gets_no_e_mail_about_it(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        see(house, &shop, shop.ben);
        assert_eq!(send(house, &shop), []);
        house.clock.forward(400);
        assert_eq!(send(house, &shop), []);
        house.post(shop.anna, id, "Are you there?").unwrap();
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["Are you there?"])]);
    }

    fn whoever_has_read_it_gets_no_e_mail_about_it(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        house.write(shop.ben, move |cx| participant::mark_read(cx, id, 1)).unwrap();
        assert_eq!(send(house, &shop), []);
        house.post(shop.anna, id, "And this?").unwrap();
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["And this?"])]);
    }

    fn what_is_said_within_a_quarter_of_an_hour_is_one_e_mail(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        assert_eq!(send(house, &shop).len(), 1);
        for body in ["Two", "Three"] {
            house.clock.forward(60);
            house.post(shop.anna, id, body).unwrap();
            assert_eq!(send(house, &shop), []);
        }
        house.clock.forward(900);
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["Two", "Three"])]);
        house.clock.forward(2_000);
        assert_eq!(send(house, &shop), []);
    }

    fn each_conversation_has_e_mails_of_its_own(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        assert_eq!(send(house, &shop).len(), 1);
        house.start(shop.anna, "ben", "2", "Another matter").unwrap();
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["Another matter"])]);
    }

    fn an_e_mail_shows_the_newest_ten_messages_and_says_how_many_there_are(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        for n in 2..=13 {
            house.post(shop.anna, id, &n.to_string()).unwrap();
        }
        let out = send(house, &shop);
        assert_eq!((out[0].lines.len(), out[0].more), (10, 3));
        assert_eq!((out[0].lines[0].index, out[0].claim.last_index), (4, 13));
    }

    fn who_was_deactivated_meanwhile_gets_nothing(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let due = due(house, &shop)[0];
        deactivate(house, &shop, shop.ben.person);
        assert!(claim(house, &shop, due).is_none());
        hello(house, &shop);
        assert_eq!(send(house, &shop), []);
    }

    fn who_may_no_longer_see_it_gets_nothing(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let due = due(house, &shop)[0];
        house.database.execute(&format!("DELETE FROM participant WHERE person = '{}'", shop.ben.person));
        assert!(claim(house, &shop, due).is_none());
    }

    fn who_has_no_address_gets_nothing(house: &House) {
        let shop = Shop::open(house);
        hello(house, &shop);
        assert_eq!(due(house, &shop), []);
    }

    fn who_wants_none_gets_none_until_they_want_them_again(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let due = due(house, &shop)[0];
        let ben = shop.ben.person;
        for _ in 0..2 {
            set_wanted(house, &shop, ben, false).unwrap();
        }
        assert_eq!(house.read(shop.operator(), move |cx| notice::is_wanted(cx, ben)), Ok(false));
        assert!(claim(house, &shop, due).is_none());
        house.post(shop.anna, id, "Anybody?").unwrap();
        assert_eq!(send(house, &shop), []);
        for _ in 0..2 {
            set_wanted(house, &shop, ben, true).unwrap();
        }
        house.post(shop.anna, id, "And now?").unwrap();
        let out = send(house, &shop);
        assert_eq!(told(&out).len(), 1);
        assert!(told(&out)[0].1.contains(&"And now?"));
    }

    fn about_what_was_said_the_day_before_yesterday_nobody_is_written_to(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        house.clock.forward(2 * 24 * 60 * 60);
        house.post(shop.anna, id, "Good morning").unwrap();
        let out = send(house, &shop);
        assert_eq!(told(&out), [("ben@shop.test", vec!["Good morning"])]);
    }

    fn the_operator_alone_deals_with_notices(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let due = due(house, &shop)[0];
        let digest = claim(house, &shop, due).unwrap();
        let ben = shop.ben.person;
        let forbidden = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
        for who in [shop.ben, shop.agent] {
            forbidden(house.write(who, |cx| notice::follow(cx, &TIMING, 1).map(drop)));
            forbidden(house.read(who, |cx| notice::due(cx, 1).map(drop)));
            forbidden(house.write(who, move |cx| notice::claim(cx, &due, &TIMING).map(drop)));
            let claim = digest.claim;
            forbidden(house.write(who, move |cx| notice::sent(cx, &claim, &TIMING)));
            forbidden(house.write(who, move |cx| notice::failed(cx, &claim, Failure::Permanent, &TIMING).map(drop)));
            forbidden(house.write(who, move |cx| notice::set_wanted(cx, ben, false)));
            forbidden(house.read(who, move |cx| notice::is_wanted(cx, ben).map(drop)));
            forbidden(house.write(who, move |cx| presence::note(cx, &[(ben, parlance_engine::Time(1))])));
        }
    }

    fn presence_never_moves_back(house: &House) {
        let shop = shop(house);
        let ben = shop.ben.person;
        for at in [3, 1, 2] {
            let at = parlance_engine::Time(at);
            house.write(shop.operator(), move |cx| presence::note(cx, &[(ben, at)])).unwrap();
        }
        let last = house.read(shop.operator(), move |cx| presence::last(cx, ben)).unwrap();
        assert_eq!(last, Some(parlance_engine::Time(3)));
    }
}
