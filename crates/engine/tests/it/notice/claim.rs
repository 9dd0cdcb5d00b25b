//! What becomes of an e-mail that is on its way, whoever dies or fails meanwhile.

use parlance_engine::notice::{self, ATTEMPTS_MAX, Failure};

use super::{TIMING, claim, due, fail, hello, send, shop, told};
use crate::support::{House, on_both};

on_both! {
    fn only_one_sender_may_send_an_e_mail(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let due = due(house, &shop)[0];
        assert!(claim(house, &shop, due).is_some());
        assert!(claim(house, &shop, due).is_none());
    }

    fn an_e_mail_whose_sender_died_is_sent_by_another_and_is_still_the_same(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let first = claim(house, &shop, due(house, &shop)[0]).unwrap();
        assert_eq!(due(house, &shop), []);
        house.clock.forward(TIMING.lease_seconds);
        house.post(shop.anna, id, "Said meanwhile").unwrap();
        let again = send(house, &shop);
        assert_eq!(told(&again), [("ben@shop.test", vec!["Hello", "Said meanwhile"])]);
        assert_eq!((again[0].since_index, again[0].claim.attempt), (first.since_index, 2));
        // The one who was too slow has nothing more to say.
        assert_eq!(fail(house, &shop, &first, Failure::Temporary), Some(60));
        house.clock.forward(2_000);
        assert_eq!(send(house, &shop), []);
    }

    fn what_is_said_while_an_e_mail_is_sent_is_in_the_next(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let digest = claim(house, &shop, due(house, &shop)[0]).unwrap();
        house.post(shop.anna, id, "One more thing").unwrap();
        assert_eq!(due(house, &shop), []);
        house.write(shop.operator(), move |cx| notice::sent(cx, &digest.claim, &TIMING)).unwrap();
        house.clock.forward(TIMING.digest_seconds);
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["One more thing"])]);
    }

    fn what_an_e_mail_told_before_the_follower_came_to_it_is_not_told_again(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let due = due(house, &shop)[0];
        house.post(shop.anna, id, "Not yet followed").unwrap();
        let digest = claim(house, &shop, due).unwrap();
        assert_eq!(digest.lines.len(), 2);
        house.write(shop.operator(), move |cx| notice::sent(cx, &digest.claim, &TIMING)).unwrap();
        assert_eq!(send(house, &shop), []);
        house.clock.forward(2_000);
        assert_eq!(send(house, &shop), []);
    }

    fn a_failure_that_may_pass_is_tried_again_later_and_later_and_given_up_in_the_end(house: &House) {
        let shop = shop(house);
        let id = hello(house, &shop);
        let mut pauses = Vec::new();
        loop {
            let digest = claim(house, &shop, due(house, &shop)[0]).expect("it is owed");
            let Some(pause) = fail(house, &shop, &digest, Failure::Temporary) else { break };
            assert_eq!(due(house, &shop), []);
            pauses.push(pause);
            house.clock.forward(pause);
        }
        assert_eq!(pauses[..8], [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(pauses.len() as i64, ATTEMPTS_MAX - 1);
        house.clock.forward(100_000);
        assert_eq!(send(house, &shop), []);
        house.post(shop.anna, id, "Try again").unwrap();
        assert_eq!(told(&send(house, &shop)), [("ben@shop.test", vec!["Try again"])]);
    }

    fn a_failure_for_good_ends_it_at_once(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let digest = claim(house, &shop, due(house, &shop)[0]).unwrap();
        assert_eq!(fail(house, &shop, &digest, Failure::Permanent), None);
        house.clock.forward(100_000);
        assert_eq!(send(house, &shop), []);
    }

    fn whoever_dies_with_each_try_does_not_try_for_ever(house: &House) {
        let shop = shop(house);
        hello(house, &shop);
        let mut tries = 0;
        while let Some(due) = due(house, &shop).first() {
            tries += i64::from(claim(house, &shop, *due).is_some());
            house.clock.forward(TIMING.lease_seconds);
        }
        assert_eq!(tries, ATTEMPTS_MAX);
    }
}
