//! Many writes, one commit: each stands or falls alone, and none is forgotten.

use parlance_engine::access::Caller;
use parlance_engine::conversation::{self, Listing, Order, Source, SourceKind, Start};
use parlance_engine::error::Cause;
use parlance_engine::message::{self, Post};
use parlance_engine::{ConversationId, Cx, Error, Principal, Result, credential, event, file, participant};

use crate::support::{Gate, House, on_both, options, queue, queue_numbered};

on_both! {
    fn a_verb_that_fails_or_panics_undoes_its_own_work_and_nobody_elses(house: &House) {
        let (ada, _, id) = talk(house);
        let before = log_length(house, ada);
        let gate = held_up(house, ada);
        let queued: Vec<_> = (0..30)
            .map(|n| {
                let post = Post::new(id, format!("number {n}"));
                queue(&house.engine, ada, move |cx| {
                    let message = message::post(cx, &post)?;
                    match n % 3 {
                        0 => Ok(message.index),
                        1 => Err(Error::invalid("n", "It is not to be.")),
                        _ => panic!("a verb that panics on purpose"),
                    }
                })
            })
            .collect();
        gate.open();

        for (n, queued) in queued.into_iter().enumerate() {
            let answer = queued.answer();
            match n % 3 {
                0 => assert_eq!(answer, Ok(n as i64 / 3 + 2)),
                1 => assert!(matches!(answer, Err(Error::Invalid { field: "n", .. })), "{answer:?}"),
                _ => assert!(matches!(answer, Err(Error::Internal(_))), "{answer:?}"),
            }
        }
        let bodies: Vec<String> = said(house, ada, id).into_iter().skip(1).collect();
        assert_eq!(bodies, (0..10).map(|n| format!("number {}", n * 3)).collect::<Vec<_>>());
        assert_eq!(log_length(house, ada), before + 10, "only what happened is in the log");
    }

    fn a_verb_that_fails_alone_leaves_nothing_behind(house: &House) {
        let (ada, _, id) = talk(house);
        for panics in [false, true] {
            let post = Post::new(id, "never said".into());
            let answer: Result<()> = house.write(ada, move |cx| {
                message::post(cx, &post)?;
                assert!(!panics, "a verb that panics on purpose");
                Err(Error::Locked)
            });
            assert!(answer.is_err());
        }
        assert_eq!(said(house, ada, id), ["Hello."]);
        assert_eq!(house.post(ada, id, "Still there?").map(|m| m.index), Ok(2));
    }

    fn many_threads_at_once_leave_no_hole_and_lose_no_count(house: &House) {
        let talks: Vec<_> = ["shop", "bazaar", "desk"].map(|slug| talk_in(house, slug)).into();
        std::thread::scope(|scope| {
            for thread in 0..9 {
                let (ada, bob, id) = talks[thread % 3];
                let who = if thread < 6 { ada } else { bob };
                scope.spawn(move || {
                    for n in 0..20 {
                        house.post(who, id, &format!("{thread} says {n}")).expect("there is room for all");
                    }
                });
            }
        });
        for (ada, bob, id) in talks {
            let page = house.read(ada, move |cx| message::page(cx, id, 0, 1_000)).unwrap();
            assert!(page.messages.iter().rev().map(|m| m.index).eq(1..=61));
            assert_eq!(house.read(bob, participant::unread), Ok(41));
            assert_eq!(house.read(ada, participant::unread), Ok(20));
            log_length(house, ada);
        }
    }

    fn a_full_queue_is_busy_at_once_and_takes_again_afterwards(house: &House) {
        let (ada, _, id) = talk(house);
        let gate = held_up(house, ada);
        let room = options(house.database.address.clone()).queue_max;
        let post = |n: usize| {
            let post = Post::new(id, format!("number {n}"));
            queue(&house.engine, ada, move |cx| message::post(cx, &post).map(|m| m.index))
        };
        let accepted: Vec<_> = (0..room).map(post).collect();
        let mut refused = post(room);
        let answer = refused.answered().expect("it is refused while the writer is still held up");
        assert!(matches!(answer, Err(Error::Busy { cause: Cause::Queue, .. })), "{answer:?}");
        gate.open();
        for (n, queued) in accepted.into_iter().enumerate() {
            assert_eq!(queued.answer(), Ok(n as i64 + 2));
        }
        assert_eq!(house.post(ada, id, "now").map(|m| m.index), Ok(room as i64 + 2));
    }

    fn who_hangs_up_leaves_the_whole_message_with_its_event(house: &House) {
        let (ada, bob, id) = talk(house);
        let before = log_length(house, ada);
        let gate = held_up(house, ada);
        let post = Post::new(id, "gone before the answer".into());
        drop(queue(&house.engine, ada, move |cx| message::post(cx, &post)));
        gate.open();
        assert_eq!(house.post(ada, id, "behind it").map(|m| m.index), Ok(3));
        assert_eq!(said(house, bob, id), ["Hello.", "gone before the answer", "behind it"]);
        assert_eq!(log_length(house, ada), before + 2);
        assert_eq!(house.read(bob, participant::unread), Ok(3));
    }

    fn a_verb_keeps_to_its_budget_of_statements(house: &House) {
        let (ada, bob, id) = talk(house);
        let place = hang_a_file(house, ada, id);
        let start = |order: &str| Start {
            source: Some(Source { kind: SourceKind::Order, id: order.into() }),
            recipient: Some("bob".into()),
            shared_with: None,
            body: "Hello.".into(),
        };
        let (new, known) = (start("another"), start("o-1"));
        let post = Post::new(id, "Hello.".into());
        let write = |who, verb: fn(&mut Cx<'_>, &Start, &Post) -> Result<()>, start: &Start| {
            let (start, post) = (start.clone(), post.clone());
            house.write(who, move |cx| counted(cx, |cx| verb(cx, &start, &post)))
        };
        assert_eq!(write(ada, |cx, s, _| conversation::start(cx, s).map(drop), &new), Ok(13));
        assert_eq!(write(ada, |cx, s, _| conversation::start(cx, s).map(drop), &known), Ok(7));
        assert_eq!(write(ada, |cx, _, p| message::post(cx, p).map(drop), &known), Ok(5));
        assert_eq!(write(bob, |cx, _, p| participant::mark_read(cx, p.conversation, 3), &known), Ok(7));
        assert_eq!(write(bob, |cx, _, p| participant::mark_read(cx, p.conversation, 3), &known), Ok(1));

        let newest = Listing { skip: 0, limit: 20, order: Order::Updated, descending: true };
        let page = house.read(ada, move |cx| counted(cx, |cx| conversation::page(cx, newest)));
        assert_eq!(page, Ok(2), "a page is one range, and oneself");
        let messages = house.read(ada, move |cx| counted(cx, |cx| message::page(cx, id, 0, 20)));
        assert_eq!(messages, Ok(4), "the conversation, its messages, the files of one, its people");
        assert_eq!(house.read(ada, |cx| counted(cx, participant::unread)), Ok(1));
        let unknown = house.read(Principal::Nobody, |cx| {
            counted(cx, |cx| credential::by_token(cx, "nobody's").or(Ok::<_, Error>(NOBODY)))
        });
        assert_eq!(unknown, Ok(1));
        assert_eq!(write(ada, |cx, _, p| conversation::lock(cx, p.conversation), &known), Ok(4));
        assert_eq!(place.conversation, id);
    }

    fn a_write_knows_the_number_under_which_it_can_be_seen(house: &House) {
        let (ada, _, id) = talk(house);
        let mut last = house.read(ada, event::newest).unwrap();
        for n in 0..3 {
            let post = Post::new(id, format!("number {n}"));
            let (message, number) = queue_numbered(&house.engine, ada, move |cx| message::post(cx, &post)).answer().unwrap();
            assert!(number > last, "{number} after {last}");
            assert_eq!(house.read(ada, event::newest), Ok(number));
            let same = queue_numbered(&house.engine, ada, move |_| Ok(message.index)).answer().unwrap();
            assert_eq!(same, (n + 2, number), "a verb that tells nothing is seen by whoever sees the rest");
            last = number;
        }
        let elsewhere = queue_numbered(&house.engine, Principal::OPERATOR, |_| Ok(())).answer();
        assert!(matches!(elsewhere, Err(Error::Forbidden(_))), "{elsewhere:?}");
    }

    fn a_read_cannot_write(house: &House) {
        let (ada, _, id) = talk(house);
        let post = Post::new(id, "by the back door".into());
        assert!(house.read(ada, move |cx| message::post(cx, &post)).is_err());
        assert_eq!(said(house, ada, id), ["Hello."]);
        assert!(house.post(ada, id, "by the front door").is_ok());
    }
}

mod what_was_accepted_is_done_before_the_engine_stops {
    use super::*;

    fn body(house: House) {
        let (ada, _, id) = talk(&house);
        let gate = held_up(&house, ada);
        for n in 0..100 {
            let post = Post::new(id, format!("number {n}"));
            house.engine.write_later(ada.into(), move |cx| message::post(cx, &post).map(drop));
        }
        let opener = std::thread::spawn(move || gate.open());
        let house = house.reopened();
        opener.join().unwrap();
        assert_eq!(said(&house, ada, id).len(), 101);
    }

    #[test]
    fn sqlite() {
        body(House::on_sqlite());
    }

    #[test]
    fn postgres() {
        if let Some(house) = House::on_postgres() {
            body(house);
        }
    }
}

/// Stands for the session of a token that is nobody's.
const NOBODY: credential::Session = credential::Session {
    caller: Caller {
        workspace: parlance_engine::WorkspaceId(0),
        person: parlance_engine::PersonId(uuid::Uuid::nil()),
        kind: parlance_engine::person::Kind::Bot,
        can_write: false,
        token: None,
        scope: parlance_engine::access::Scope::All,
    },
    inbox_version: 0,
    people_version: 0,
    event_number: 0,
    used_at: None,
    unnamed: false,
};

/// How many statements a verb takes.
fn counted<T>(cx: &mut Cx<'_>, verb: impl FnOnce(&mut Cx<'_>) -> Result<T>) -> Result<u64> {
    let before = cx.statements();
    verb(cx)?;
    Ok(cx.statements() - before)
}

/// Ada has said hello to Bob about an order.
pub fn talk(house: &House) -> (Caller, Caller, ConversationId) {
    talk_in(house, "shop")
}

pub fn talk_in(house: &House, slug: &str) -> (Caller, Caller, ConversationId) {
    let workspace = house.workspace(slug);
    let (ada, bob) = (house.customer(&workspace, "ada"), house.customer(&workspace, "bob"));
    (ada, bob, house.start(ada, "bob", "o-1", "Hello.").expect("a conversation begins"))
}

fn hang_a_file(house: &House, who: Caller, conversation: ConversationId) -> file::Place {
    let page = house.read(who, move |cx| message::page(cx, conversation, 0, 1)).unwrap();
    let place = file::Place { conversation, message: page.messages[0].id };
    let verdict =
        file::Verdict::Image { content_type: "image/png", size_bytes: 9, width_px: 3, height_px: 3 };
    house
        .write(who, move |cx| {
            let id = file::draft(cx, place)?.file;
            file::uploaded(cx, id, &verdict)?;
            file::attach(cx, place, id)
        })
        .expect("a file is attached");
    place
}

/// The writer of this workspace stands still until the gate is opened, and then has nothing to commit.
pub fn held_up(house: &House, who: Caller) -> Gate {
    let gate = Gate::new();
    let inside = gate.clone();
    house.engine.write_later(who.into(), move |_| {
        inside.pass();
        Err(Error::NotFound)
    });
    gate.until_reached();
    gate
}

/// The bodies of a conversation, oldest first.
pub fn said(house: &House, who: Caller, id: ConversationId) -> Vec<String> {
    let page = house.read(who, move |cx| message::page(cx, id, 0, 1_000)).expect("they may see it");
    assert!(page.messages.iter().rev().map(|m| m.index).eq(1..=page.messages.len() as i64), "a hole");
    page.messages.into_iter().rev().map(|m| m.body).collect()
}

/// How many events the log of a workspace has; they are numbered without a hole.
pub fn log_length(house: &House, who: Caller) -> usize {
    let operator = Principal::Operator(Some(who.workspace));
    let log = house.read(operator, |cx| event::page(cx, 0, 10_000)).expect("the log can be read");
    assert!(log.iter().map(|e| e.seq).eq(1..=log.len() as i64), "the log has a hole");
    log.len()
}
