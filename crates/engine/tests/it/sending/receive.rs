//! Texts that come in, and come in again after a crash.

use parlance_engine::carrier::{self, Inbound, Outcome};
use parlance_engine::{CarrierId, Error, Principal};
use proptest::prelude::*;

use super::{ADA, BEN, Shop};
use crate::support::{House, on_both};

fn texts(house: &House) -> usize {
    house.database.rows("SELECT id FROM message").len()
}

fn answered(house: &House, shop: &Shop, outcome: &Outcome) {
    let (id, keys) = (shop.carrier.id, [outcome.key.clone()]);
    house.write(shop.operator, move |cx| carrier::answered(cx, id, &keys)).unwrap();
}

fn settled(house: &House, shop: &Shop, session: &str) {
    let (id, session) = (shop.carrier.id, session.to_owned());
    house.write(shop.operator, move |cx| carrier::settled(cx, id, &session)).unwrap();
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

    fn a_text_comes_again_to_the_next_session_however_long_there_was_none(house: &House) {
        let shop = Shop::open(house);
        let text = shop.inbound(ADA, "ok");
        let first = shop.receive(house, text.clone());
        house.clock.forward(2 * 24 * 60 * 60);
        let again = shop.receive(house, Inbound { session: "two".into(), ..text });
        assert_eq!((again.message, again.is_new), (first.message, false));
    }

    fn what_a_session_settles_is_what_earlier_ones_left_in_doubt(house: &House) {
        let shop = Shop::open(house);
        let [ok, yes] = ["ok", "yes"].map(|words| shop.inbound(ADA, words));
        let named = Inbound { key: "id:m-1".into(), ..shop.inbound(ADA, "named") };
        for text in [&ok, &named] {
            shop.receive(house, text.clone());
        }
        let in_two = |text: &Inbound| Inbound { session: "two".into(), ..text.clone() };
        shop.receive(house, in_two(&yes));
        settled(house, &shop, "two");
        assert!(shop.receive(house, in_two(&ok)).is_new, "somebody says it again");
        assert!(!shop.receive(house, named).is_new, "a name is a name");
        let in_three = [&ok, &yes].map(|text| Inbound { session: "three".into(), ..text.clone() });
        let known = in_three.map(|text| shop.receive(house, text).is_new);
        assert_eq!(known, [false, false], "what this session has brought is still in doubt");
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
        let id = shop.carrier.id;
        let settled = house.write(shop.agent, move |cx| carrier::settled(cx, id, "one"));
        assert!(matches!(settled, Err(Error::Forbidden(_))), "what is in doubt is the operator's");
        house.write(shop.operator, |cx| carrier::remove(cx, "12345")).unwrap();
        assert_eq!(receive(shop.operator, text), Err(Error::NotFound));
        assert_eq!(texts(house), 0);
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The carrier reads the answer and proves it.
    Proven,
    /// The carrier reads the answer, and the session breaks before it has proven that.
    Read,
    /// The carrier does not read the answer, and delivers the text again to the next session.
    Unread,
}

/// What happens next.
#[derive(Debug, Clone)]
enum Act {
    /// Somebody says one of a few words.
    Say(usize, Fate),
    /// Another session begins; how what comes again is answered.
    Break(Fate),
    /// The session has lasted for some minutes.
    Settle,
}

const WORDS: [&str; 2] = ["ok", "yes"];

fn act(fates: &'static [Fate]) -> impl Strategy<Value = Act> {
    let fate = prop::sample::select(fates);
    prop_oneof![
        6 => (0..WORDS.len(), fate.clone()).prop_map(|(word, fate)| Act::Say(word, fate)),
        3 => fate.prop_map(Act::Break),
        1 => Just(Act::Settle),
    ]
}

/// A carrier that delivers again what it has not read an answer to.
struct Centre<'h> {
    house: &'h House,
    shop: Shop,
    session: usize,
    unread: Vec<usize>,
    /// How often each word was said, and how often its answer was read and not proven.
    said: [usize; WORDS.len()],
    doubted: [usize; WORDS.len()],
}

impl Centre<'_> {
    /// Whether it was new.
    fn deliver(&mut self, word: usize, fate: Fate) -> bool {
        let text = Inbound { session: self.session.to_string(), ..self.shop.inbound(ADA, WORDS[word]) };
        let outcome = self.shop.receive(self.house, text);
        match fate {
            Fate::Proven => answered(self.house, &self.shop, &outcome),
            Fate::Read => self.doubted[word] += 1,
            Fate::Unread => self.unread.push(word),
        }
        outcome.is_new
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Say(word, fate) => {
                self.said[word] += 1;
                self.deliver(word, fate);
            }
            Act::Break(fate) => {
                self.session += 1;
                for word in std::mem::take(&mut self.unread) {
                    assert!(!self.deliver(word, fate), "it is twice in the inbox");
                }
            }
            Act::Settle => {
                settled(self.house, &self.shop, &self.session.to_string());
                self.said[0] += 1;
                assert!(self.deliver(0, Fate::Proven), "nothing is in doubt any more");
            }
        }
    }

    fn check(&self) {
        for (word, text) in WORDS.iter().enumerate() {
            let sql = format!("SELECT id FROM message WHERE body = '{text}'");
            let (stored, said) = (self.house.database.rows(&sql).len(), self.said[word]);
            assert!(stored <= said, "{text:?} was said {said} times and is stored {stored} times");
            assert!(said - stored <= self.doubted[word], "each doubt costs one text at most");
        }
    }
}

fn live_through(acts: &[Act]) {
    let house = House::on_sqlite();
    let shop = Shop::open(&house);
    let (said, doubted) = Default::default();
    let mut centre = Centre { house: &house, shop, session: 1, unread: Vec::new(), said, doubted };
    for act in acts {
        centre.act(act);
        centre.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_twice_and_nothing_is_lost_where_answers_are_proven_or_unread(
        acts in prop::collection::vec(act(&[Fate::Proven, Fate::Unread]), 1..30),
    ) {
        live_through(&acts);
    }

    #[test]
    fn nothing_is_twice_and_a_doubt_costs_one_text_at_most(
        acts in prop::collection::vec(act(&[Fate::Proven, Fate::Read, Fate::Unread]), 1..30),
    ) {
        live_through(&acts);
    }
}
