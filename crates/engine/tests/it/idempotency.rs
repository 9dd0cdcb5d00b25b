use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parlance_engine::idempotency::{self, Answer, KEPT_SECONDS, KEY_CHARS_MAX, Once};
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, Cx, Error, Principal, Result};
use proptest::prelude::*;

use crate::support::{Gate, House, on_both, queue, until};
use crate::writer::{said, talk};

on_both! {
    fn the_same_request_is_done_once_and_answered_alike(house: &House) {
        let (ada, bob, id) = talk(house);
        let first = house.write(ada, once("k", "post", id)).unwrap();
        assert_eq!(house.write(ada, once("k", "post", id)), Ok(first.clone()));
        assert_eq!(house.write(ada, once("k", "another request", id)), Err(Error::KeyReused));
        assert_eq!(said(house, ada, id).len(), 2);

        let bobs = house.write(bob, once("k", "post", id)).unwrap();
        assert_ne!(bobs, first, "a key is its sender's own");
    }

    fn a_request_that_failed_may_be_tried_again_with_its_key(house: &House) {
        let (ada, _, id) = talk(house);
        let verb = once("k", "post", id);
        let failed: Result<Answer> = house.write(ada, move |cx| verb(cx).and(Err(Error::Locked)));
        assert_eq!(failed, Err(Error::Locked));
        assert!(house.write(ada, once("k", "another request", id)).is_ok());
        assert_eq!(said(house, ada, id).len(), 2);
    }

    fn a_key_is_good_for_a_day_and_then_swept_away(house: &House) {
        let (ada, _, id) = talk(house);
        let operator = Principal::Operator(Some(ada.workspace));
        house.write(ada, once("old", "post", id)).unwrap();
        house.clock.forward(KEPT_SECONDS - 1);
        house.write(ada, once("new", "post", id)).unwrap();
        assert!(house.write(ada, once("old", "post", id)).is_ok());
        assert_eq!(house.write(operator, |cx| idempotency::sweep(cx, 10)), Ok(0));
        assert_eq!(said(house, ada, id).len(), 3);

        house.clock.forward(1);
        assert_eq!(house.write(operator, |cx| idempotency::sweep(cx, 10)), Ok(1), "the old one, not the new");
        assert!(house.write(ada, once("new", "post", id)).is_ok());
        assert_eq!(said(house, ada, id).len(), 3);
        house.write(ada, once("old", "another request, a day later", id)).unwrap();
        assert_eq!(said(house, ada, id).len(), 4);
    }

    fn an_old_answer_is_not_given_even_before_it_is_swept(house: &House) {
        let (ada, _, id) = talk(house);
        let first = house.write(ada, once("k", "post", id)).unwrap();
        house.clock.forward(KEPT_SECONDS);
        let second = house.write(ada, once("k", "another request", id)).unwrap();
        assert_ne!(first, second);
        assert_eq!(house.write(ada, once("k", "another request", id)), Ok(second), "kept anew");
    }

    fn the_second_of_two_twins_waits_for_the_first(house: &House) {
        let (ada, _, id) = talk(house);
        let (gate, times) = (Gate::new(), Arc::new(AtomicUsize::new(0)));
        let twins = [0; 2].map(|_| queue(&house.engine, ada, slow_once(&gate, &times, id)));
        gate.until_reached();
        gate.open();
        let [one, two] = twins.map(|twin| twin.answer().unwrap());
        assert_eq!(one, two);
        assert_eq!(times.load(Ordering::Relaxed), 1, "only one of the two ran");
        assert_eq!(said(house, ada, id).len(), 2);
    }

    fn a_key_is_printable_ascii_and_not_too_long(house: &House) {
        let (ada, _, id) = talk(house);
        let longest = "k".repeat(KEY_CHARS_MAX);
        for (key, fits) in [("~ !", true), (&longest[..], true), ("", false), ("é", false), ("a\0", false), ("a\n", false)] {
            assert_eq!(house.write(ada, once(key, "post", id)).is_ok(), fits, "{key:?}");
        }
        let too_long = house.write(ada, once(&"k".repeat(KEY_CHARS_MAX + 1), "post", id));
        assert!(matches!(too_long, Err(Error::Invalid { field: "Idempotency-Key", .. })), "{too_long:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_answered_comes_back_letter_for_letter(status in 200_u16..600, body in "[^\0]*", key in "[ -~]{1,255}") {
        let house = House::on_sqlite();
        let (ada, _, _) = talk(&house);
        let (once, answer) = (Once { key, request_hash: "h".into() }, Answer { status, body });
        let keep = (once.clone(), answer.clone());
        house.write(ada, move |cx| idempotency::once(cx, Some(&keep.0), |_| Ok(keep.1.clone()))).unwrap();
        let again = house.write(ada, move |cx| idempotency::once(cx, Some(&once), |_| Err(Error::Locked)));
        prop_assert_eq!(again, Ok(answer));
    }
}

/// Two nodes of one PostgreSQL: the twin on the other node waits behind the workspace's counter row.
#[test]
fn the_second_of_two_twins_waits_for_the_first_on_another_node() {
    let Some(house) = House::on_postgres() else { return };
    let (other, (ada, _, id)) = (house.another_node(), talk(&house));
    let (gate, times) = (Gate::new(), Arc::new(AtomicUsize::new(0)));
    let first = queue(&house.engine, ada, slow_once(&gate, &times, id));
    gate.until_reached();
    let mut second = queue(&other, ada, slow_once(&gate, &times, id));
    until("the twin waits for a lock", || house.database.waiting_for_locks() == 1);
    assert_eq!(second.answered(), None);
    gate.open();
    assert_eq!(first.answer().unwrap(), second.answer().unwrap());
    assert_eq!(times.load(Ordering::Relaxed), 1, "only one of the two ran");
    assert_eq!(said(&house, ada, id).len(), 2);
}

/// Posts once under this key; the answer is the message's id.
fn once(
    key: &str,
    request_hash: &str,
    id: ConversationId,
) -> impl Fn(&mut Cx<'_>) -> Result<Answer> + Send + 'static {
    let once = Once { key: key.to_owned(), request_hash: request_hash.to_owned() };
    let post = Post::new(id, "Once.".into());
    move |cx| {
        idempotency::once(cx, Some(&once), |cx| {
            Ok(Answer { status: 201, body: message::post(cx, &post)?.id.to_string() })
        })
    }
}

/// The same, but it stands before a gate in the middle, and counts how often it came so far.
fn slow_once(
    gate: &Gate,
    times: &Arc<AtomicUsize>,
    id: ConversationId,
) -> impl Fn(&mut Cx<'_>) -> Result<Answer> + Send + 'static {
    let (gate, times) = (gate.clone(), Arc::clone(times));
    let once = Once { key: "k".into(), request_hash: "post".into() };
    let post = Post::new(id, "Once.".into());
    move |cx| {
        idempotency::once(cx, Some(&once), |cx| {
            let message = message::post(cx, &post)?;
            times.fetch_add(1, Ordering::Relaxed);
            gate.pass();
            Ok(Answer { status: 201, body: message.id.to_string() })
        })
    }
}
