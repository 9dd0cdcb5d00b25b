//! Followers of the event log: they come to every event once, whoever does their work.

use parlance_engine::access::Caller;
use parlance_engine::follower::{self, Position};
use parlance_engine::{Cx, Error, Principal, Result, WorkspaceId};

use crate::support::{House, on_both};

const NAME: &str = "reader";

/// Two people of a shop who have talked.
fn shop(house: &House, slug: &str) -> (Principal, Caller) {
    let workspace = house.workspace(slug);
    let (anna, _) = (house.customer(&workspace, "anna"), house.customer(&workspace, "ben"));
    house.start(anna, "ben", "1", "Good morning").expect("a conversation starts");
    (Principal::Operator(Some(workspace.id)), anna)
}

fn position(house: &House, who: Principal) -> Position {
    house.read(who, |cx| follower::position(cx, NAME)).expect("a position")
}

fn behind(house: &House, name: &'static str) -> Vec<WorkspaceId> {
    let all = move |cx: &mut Cx<'_>| follower::behind(cx, name, WorkspaceId(0), 10);
    house.read(Principal::OPERATOR, all).expect("a list")
}

/// What a follower's work looks like: here it only looks.
fn step(cx: &mut Cx<'_>, limit: i64) -> Result<Vec<i64>> {
    let events = follower::next(cx, NAME, limit)?;
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    seqs.last().map_or(Ok(()), |last| follower::advance(cx, NAME, *last))?;
    Ok(seqs)
}

on_both! {
    fn a_follower_comes_to_every_event_once_and_in_order(house: &House) {
        let (operator, anna) = shop(house, "shop");
        let newest = position(house, operator).newest;
        assert!(newest > 3, "the talk left {newest} events");
        let mut seen = Vec::new();
        loop {
            let some = house.write(operator, |cx| step(cx, 2)).unwrap();
            if some.is_empty() {
                break;
            }
            assert!(some.len() <= 2);
            seen.extend(some);
        }
        assert_eq!(seen, (1..=newest).collect::<Vec<_>>());
        assert_eq!(position(house, operator), Position { reached: newest, newest });
        house.start(anna, "ben", "2", "Again").unwrap();
        let more = house.write(operator, |cx| step(cx, 100)).unwrap();
        assert_eq!(more.first(), Some(&(newest + 1)));
    }

    fn work_that_fails_is_met_again(house: &House) {
        let (operator, _) = shop(house, "shop");
        let failed = house.write(operator, |cx| {
            step(cx, 100)?;
            Err::<(), _>(Error::Conflict("the work went wrong".into()))
        });
        assert!(failed.is_err());
        assert_eq!(position(house, operator).reached, 0);
        assert_eq!(house.write(operator, |cx| step(cx, 1)).unwrap(), [1]);
    }

    fn a_cursor_never_moves_back(house: &House) {
        let (operator, _) = shop(house, "shop");
        for seq in [3, 1, 2] {
            house.write(operator, move |cx| follower::advance(cx, NAME, seq)).unwrap();
        }
        assert_eq!(position(house, operator).reached, 3);
    }

    fn each_follower_has_its_own_cursor_in_each_workspace(house: &House) {
        let ((one, _), (two, _)) = (shop(house, "one"), shop(house, "two"));
        assert_eq!(behind(house, NAME).len(), 2);
        house.write(one, |cx| step(cx, 100)).unwrap();
        assert_eq!(behind(house, NAME), [two.workspace().unwrap()]);
        assert_eq!(behind(house, "another").len(), 2);
        let after = one.workspace().unwrap();
        let rest = house.read(Principal::OPERATOR, move |cx| follower::behind(cx, "another", after, 10));
        assert_eq!(rest.unwrap(), [two.workspace().unwrap()]);
        house.write(two, |cx| step(cx, 100)).unwrap();
        assert!(behind(house, NAME).is_empty());
    }

    fn nobody_but_the_operator_follows(house: &House) {
        let (_, anna) = shop(house, "shop");
        let forbidden = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::Forbidden(_))), "{outcome:?}");
        forbidden(house.write(anna, |cx| follower::next(cx, NAME, 1).map(drop)));
        forbidden(house.write(anna, |cx| follower::advance(cx, NAME, 1)));
        forbidden(house.read(anna, |cx| follower::behind(cx, NAME, WorkspaceId(0), 1).map(drop)));
        assert_eq!(position(house, anna.into()).reached, 0);
    }

    fn a_commit_rings_when_it_left_something_in_the_log_and_only_then(house: &House) {
        let (operator, anna) = shop(house, "shop");
        let mut news = house.engine.news();
        news.borrow_and_update();
        house.write(operator, |cx| follower::advance(cx, NAME, 1)).unwrap();
        let failed = house.write(anna, |_| Err::<(), _>(Error::NotFound));
        assert!(failed.is_err());
        assert!(!news.has_changed().unwrap());
        house.start(anna, "ben", "2", "Again").unwrap();
        assert!(news.has_changed().unwrap());
    }
}

#[test]
fn two_nodes_that_follow_at_once_share_the_work() {
    let Some(house) = House::on_postgres() else { return };
    let (operator, anna) = shop(&house, "shop");
    for order in 2..20 {
        house.start(anna, "ben", &order.to_string(), "One more").unwrap();
    }
    let other = house.another_node();
    let newest = position(&house, operator).newest;
    let follow = |engine: &parlance_engine::Engine| {
        let mut seen = Vec::new();
        while position(&house, operator).reached < newest {
            seen.extend(engine.write_blocking(operator, |cx| step(cx, 3)).unwrap());
        }
        seen
    };
    let (mut seen, theirs) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| follow(&other));
        (follow(&house.engine), theirs.join().unwrap())
    });
    seen.extend(theirs);
    seen.sort_unstable();
    assert_eq!(seen, (1..=newest).collect::<Vec<_>>());
}
