//! Texts that come in, and come in again after a crash.

use parlance_engine::carrier::{self, Inbound, Outcome};
use parlance_engine::{CarrierId, Error, Principal};

use super::{ADA, BEN, Shop};
use crate::support::{House, on_both};

fn texts(house: &House) -> usize {
    house.database.rows("SELECT id FROM message").len()
}

fn answered(house: &House, shop: &Shop, outcome: &Outcome) {
    let (id, keys) = (shop.carrier.id, [outcome.key.clone()]);
    house.write(shop.operator, move |cx| carrier::answered(cx, id, &keys)).unwrap();
}

on_both! {
    fn a_text_that_comes_again_after_a_crash_is_the_one_that_was_stored(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "Hello?");
        let first = shop.receive(house, text.clone());
        assert!(first.is_new);
        let again = shop.receive(house, Inbound { session: "two".into(), ..text });
        assert_eq!((again.message, again.is_new, texts(house)), (first.message, false, 1));
    }

    fn the_same_words_in_one_session_are_said_twice(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "ok");
        let both = [(); 2].map(|()| shop.receive(house, text.clone()));
        assert!(both.iter().all(|outcome| outcome.is_new));
        // The server dies; both come again, and then a third.
        let again = Inbound { session: "two".into(), ..text };
        let known = [(); 3].map(|()| shop.receive(house, again.clone()));
        assert_eq!(known.each_ref().map(|outcome| outcome.is_new), [false, false, true]);
        assert_eq!([known[0].message, known[1].message], [both[0].message, both[1].message]);
        assert_eq!(texts(house), 3);
    }

    fn what_the_carrier_was_told_is_forgotten_one_by_one(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "ok");
        let [first, second] = [(); 2].map(|()| shop.receive(house, text.clone()));
        answered(house, &shop, &first);
        let again = Inbound { session: "two".into(), ..text };
        let outcome = shop.receive(house, again.clone());
        assert_eq!((outcome.message, outcome.is_new), (second.message, false));
        answered(house, &shop, &outcome);
        assert!(shop.receive(house, again).is_new, "a new text with the same words");
    }

    fn the_same_words_an_hour_later_are_new(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "ok");
        shop.receive(house, text.clone());
        house.clock.forward(60 * 60);
        assert!(shop.receive(house, Inbound { session: "two".into(), ..text }).is_new);
    }

    fn a_text_with_a_name_is_stored_once_within_a_week(house: &House) {
        let shop = Shop::open(house);
        let text = Inbound { key: "id:m-1".into(), ..shop.inbound(ADA, "Hello?") };
        let first = shop.receive(house, text.clone());
        answered(house, &shop, &first);
        for session in ["one", "two"] {
            house.clock.forward(3 * 24 * 60 * 60);
            let again = shop.receive(house, Inbound { session: session.into(), ..text.clone() });
            assert_eq!((again.message, again.is_new), (first.message, false));
        }
        assert_eq!(house.write(shop.operator, |cx| carrier::sweep(cx, 10)), Ok(0));
        house.clock.forward(2 * 24 * 60 * 60);
        assert_eq!(house.write(shop.operator, |cx| carrier::sweep(cx, 10)), Ok(1));
    }

    fn different_words_and_different_people_are_different_texts(house: &House) {
        let shop = Shop::open(house);
        for text in [shop.inbound(ADA, "Hello?"), shop.inbound(ADA, "Hello!"), shop.inbound(BEN, "Hello?")] {
            assert!(shop.receive(house, Inbound { session: text.text.clone(), ..text }).is_new);
        }
    }

    fn a_text_is_for_a_carrier_that_there_is(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "Hello?");
        let nobodys = Inbound { carrier: CarrierId(uuid::Uuid::nil()), ..text.clone() };
        let receive = |who: Principal, text: Inbound| house.write(who, move |cx| carrier::receive(cx, &text).map(drop));
        assert_eq!(receive(shop.operator, nobodys), Err(Error::NotFound));
        assert!(matches!(receive(shop.agent.into(), text.clone()), Err(Error::Forbidden(_))));
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        assert_eq!(receive(shop.operator, text), Err(Error::NotFound));
        assert_eq!(texts(house), 0);
    }
}
