//! Thousands of random verbs, each held against a model in memory that knows the rules and nothing of databases.
//!
//! `PARLANCE_TEST_SEED=7` plays another game, `PARLANCE_TEST_STEPS=100000` a longer one.

mod model;
mod outcome;
mod player;
mod verb;

use std::collections::{BTreeSet, HashMap};

use parlance_engine::conversation::{Listing, Order};
use parlance_engine::db::Address;
use parlance_engine::event::{self, Event, Kind as What};
use parlance_engine::person::Kind;
use parlance_engine::{Principal, Time, conversation, message, participant};

use self::model::Space;
use self::player::{Player, sorted};
use crate::support::{House, caller, on_both};

on_both! {
    fn random_verbs_do_what_the_model_says_in_the_first_game(house: &House) {
        play(house, 1);
    }

    fn random_verbs_do_what_the_model_says_in_the_second_game(house: &House) {
        play(house, 2);
    }

    fn random_verbs_do_what_the_model_says_in_the_third_game(house: &House) {
        play(house, 3);
    }
}

fn play(house: &House, seed: u64) {
    let seed = number("PARLANCE_TEST_SEED").unwrap_or(seed);
    let default = if matches!(house.database.address, Address::Sqlite(_)) { 3_000 } else { 1_200 };
    let steps = number("PARLANCE_TEST_STEPS").unwrap_or(default);
    let mut game = Game { seed, step: 0 };
    let mut player = Player::new(house, seed);
    for slug in ["shop", "bazaar", "desk"] {
        let space = populate(house, slug);
        player.spaces.push(space);
        (0..8).for_each(|_| player.add_a_token(player.spaces.len() - 1));
    }
    while game.step < steps {
        player.step();
        game.step += 1;
        if game.step.is_multiple_of(300) || game.step == steps {
            (0..player.spaces.len()).for_each(|at| audit(&mut player, at));
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a whole number"))
}

/// Says where a game stood when it fails.
struct Game {
    seed: u64,
    step: u64,
}

impl Drop for Game {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("it failed at step {} of PARLANCE_TEST_SEED={}", self.step, self.seed);
        }
    }
}

fn populate(house: &House, slug: &'static str) -> Space {
    let workspace = house.workspace(slug);
    let kinds = [Kind::Customer, Kind::Customer, Kind::Customer, Kind::Customer, Kind::Contact, Kind::Agent];
    let mut space = Space {
        people: Vec::new(),
        members: BTreeSet::new(),
        tokens: Vec::new(),
        talks: Vec::new(),
        files: Vec::new(),
        events: Vec::new(),
        kept: HashMap::new(),
        workspace,
    };
    for (n, kind) in kinds.into_iter().enumerate() {
        let now = house.clock.next();
        let mut person = house.person(&space.workspace, kind, &format!("p{n}"));
        // What is not known of somebody is stored as nothing at all.
        let figures = [
            &mut person.facts.reviews,
            &mut person.facts.rating_milli,
            &mut person.facts.score_milli,
            &mut person.facts.sales,
            &mut person.facts.purchases,
        ];
        figures.into_iter().for_each(|figure| *figure = Some(0));
        space.happened(now, What::PersonAdded, |e| Event { person: Some(person.id), ..e });
        space.people.push(person);
    }
    space
}

/// Everything there is, looked at by everybody.
fn audit(player: &mut Player<'_>, at: usize) {
    let (house, space) = (player.house, &player.spaces[at]);
    for person in &space.people {
        let who = caller(&space.workspace, person);
        assert_eq!(house.read(who, participant::unread), Ok(space.unread(person.id)), "unread");
        for (order, descending) in
            [Order::Created, Order::Updated].into_iter().flat_map(|o| [(o, true), (o, false)])
        {
            let listing = Listing { skip: 0, limit: 1_000, order, descending };
            let page = house.read(who, move |cx| conversation::page(cx, listing)).map(sorted);
            assert_eq!(page, Ok(space.page(person.id, listing)), "all pages");
        }
    }
    let agent = caller(&space.workspace, space.people.last().expect("people"));
    for talk in &space.talks {
        let id = talk.conversation.id;
        let page = house.read(agent, move |cx| message::page(cx, id, 0, 1_000)).expect("an agent sees it");
        assert!(page.messages.iter().rev().eq(&talk.messages), "the messages of {id}");
        assert!(page.messages.iter().rev().map(|m| m.index).eq(1..=talk.messages.len() as i64));
    }
    log_is_whole(house, space);
}

/// Exactly what happened is in the log, numbered without a hole.
fn log_is_whole(house: &House, space: &Space) {
    let operator = Principal::Operator(Some(space.workspace.id));
    let mut seq = 0;
    loop {
        let page = house.read(operator, move |cx| event::page(cx, seq, 500)).expect("the log can be read");
        if page.is_empty() {
            break;
        }
        for numbered in page {
            seq += 1;
            assert_eq!(numbered.seq, seq, "the log has a hole");
            let event = space.events.get(seq as usize - 1);
            assert_eq!(Some(&numbered.event), event, "event {seq} of {}", space.workspace.slug);
        }
    }
    assert_eq!(seq as usize, space.events.len(), "the log is too short");
    assert!(space.events.iter().all(|e| e.at > Time(0)));
}
