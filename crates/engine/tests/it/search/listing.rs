//! Pages of what was found: whom they are for, and in which order.

use parlance_engine::access::Caller;
use parlance_engine::conversation::ticket::{self, Listing, New, Order, Standing};
use parlance_engine::conversation::{self, Status};
use parlance_engine::membership::{self, Aggregate};
use parlance_engine::message::{self, Post};
use parlance_engine::search::Query;
use parlance_engine::workspace::Workspace;
use parlance_engine::{ConversationId, Principal};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::{catch_up, found, open};
use crate::support::{House, on_both};

const ALL: Listing = Listing { skip: 0, limit: 1_000, order: Vec::new(), standing: Standing::Any };

/// The short ids of a page of what was found, and how many there are in all.
fn page(house: &House, who: Caller, text: &str, listing: &Listing) -> (Vec<i64>, i64) {
    let listing = listing.clone();
    let query = Query::parse(text).expect("there is something to look for");
    let verb = move |cx: &mut parlance_engine::Cx<'_>, found: &_| ticket::found(cx, &listing, found);
    let page = house.engine.search_blocking(who.into(), query, verb).expect("a search is answered");
    (page.tickets.iter().map(|ticket| ticket.conversation.short_id).collect(), page.total)
}

/// The same without a search.
fn plain(house: &House, who: Caller, listing: &Listing) -> Vec<i64> {
    let listing = listing.clone();
    let page = house.read(who, move |cx| ticket::page(cx, &listing)).unwrap();
    page.tickets.iter().map(|ticket| ticket.conversation.short_id).collect()
}

/// Whether the conversation of this number has some word.
type Has = fn(i64) -> bool;

on_both! {
    fn nobody_finds_what_they_may_not_see(house: &House) {
        let (shop, cafe) = (house.workspace("shop"), house.workspace("cafe"));
        let [ada, bob, eve] = ["ada", "bob", "eve"].map(|name| house.customer(&shop, name));
        let (agent, foreign) = (house.agent(&shop, "max"), house.agent(&cafe, "mia"));
        let project = Aggregate { domain: "project".into(), kind: "project".into(), id: "p1".into() };
        let join = |who: Caller| {
            let project = project.clone();
            let operator = Principal::Operator(Some(shop.id));
            house.write(operator, move |cx| membership::add(cx, who.person, &project, "owner")).unwrap();
        };
        join(ada);
        join(bob);
        let shared = New { body: Some("secret word".into()), shared_with: Some(project.clone()), ..New::default() };
        house.write(ada, move |cx| ticket::start(cx, &shared)).unwrap();
        let private = open(house, ada, "secret word too");
        let note = Post { internal: true, ..Post::new(private, "whispered".into()) };
        house.write(agent, move |cx| message::post(cx, &note)).unwrap();
        open(house, eve, "nothing of the kind");
        catch_up(&house.engine);

        let find = |who, text| page(house, who, text, &ALL);
        assert_eq!(find(ada, "secret"), (vec![2, 1], 2), "who takes part");
        assert_eq!(find(bob, "secret"), (vec![1], 1), "a member of what it is shared with");
        assert_eq!(find(eve, "secret"), (vec![], 0), "a stranger");
        assert_eq!(find(agent, "secret"), (vec![2, 1], 2), "an agent");
        assert_eq!(find(foreign, "secret"), (vec![], 0), "an agent of another workspace");
        assert_eq!(find(ada, "whispered"), (vec![], 0), "an internal message");
        assert_eq!(find(ada, "secret whispered"), (vec![], 0));
        assert_eq!(find(agent, "secret whispered"), (vec![2], 1));

        let operator = Principal::Operator(Some(shop.id));
        house.write(operator, move |cx| membership::remove(cx, bob.person, &project)).unwrap();
        assert_eq!(find(bob, "secret"), (vec![], 0), "a former member, before the index hears of anything");
    }

    fn a_page_of_what_was_found_is_in_the_order_of_the_list(house: &House) {
        let shop = house.workspace("shop");
        let (ada, eve) = (house.customer(&shop, "ada"), house.agent(&shop, "eve"));
        let made = house.write(ada, |cx| {
            (0..700).map(|n| {
                let rare = if n % 97 == 0 { "rare" } else { "" };
                let some = if n % 3 == 0 { "some" } else { "" };
                let body = format!("common {some} {rare}");
                ticket::start(cx, &New { title: Some(format!("{} {n}", n * 7 % 10)), body: Some(body), ..New::default() })
            }).collect::<parlance_engine::Result<Vec<ConversationId>>>()
        }).unwrap();
        for at in (0..700).step_by(5) {
            let id = made[at];
            house.write(eve, move |cx| conversation::set_status(cx, id, Status::Closed)).unwrap();
        }
        for at in (0..700).step_by(60) {
            house.post(ada, made[at], "again").unwrap();
        }
        catch_up(&house.engine);
        let orders: [&[(Order, bool)]; 6] = [
            &[],
            &[(Order::LastMessage, false)],
            &[(Order::Title, true), (Order::Created, false)],
            &[(Order::Title, false)],
            &[(Order::ShortId, true), (Order::Title, true)],
            &[(Order::Id, true)],
        ];
        let has: [(&str, Has); 4] = [
            ("common", |_| true), ("some", |n| n % 3 == 0), ("rare", |n| n % 97 == 0), ("rare some", |n| n % 291 == 0),
        ];
        for (order, who) in orders.iter().zip([ada, eve].iter().cycle()) {
            for standing in [Standing::Any, Standing::Open, Standing::Closed] {
                let listing = Listing { order: order.to_vec(), standing, ..ALL };
                let list = plain(house, *who, &listing);
                for (text, has) in has {
                    let expected: Vec<i64> = list.iter().copied().filter(|number| has(number - 1)).collect();
                    for (skip, limit) in [(0, 20), (3, 1), (15, 500), (600, 1_000), (0, 0)] {
                        let listing = Listing { skip, limit, ..listing.clone() };
                        let some: Vec<i64> =
                            expected.iter().copied().skip(skip as usize).take(limit as usize).collect();
                        let found = page(house, *who, text, &listing);
                        assert_eq!(found, (some, expected.len() as i64), "{text}, {listing:?}");
                    }
                }
            }
        }
    }

    fn what_a_common_word_finds_is_kept_for_a_moment_and_no_longer(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let first = open(house, ada, "common");
        say_common(house, &shop, first);
        catch_up(&house.engine);
        assert_eq!(page(house, ada, "common", &ALL).1, 1);
        open(house, ada, "common and rare");
        catch_up(&house.engine);
        assert_eq!(page(house, ada, "rare", &ALL).1, 1, "what is rare is looked up each time");
        assert_eq!(page(house, ada, "common", &ALL).1, 1, "kept");
        let reached = house.engine.reached(shop.id);
        let verb = |_: &mut parlance_engine::Cx<'_>, found: &parlance_engine::search::Found| Ok(found.conversations.len());
        let query = Query::parse("common").unwrap().since(reached);
        assert_eq!(house.engine.search_blocking(ada.into(), query, verb), Ok(2), "but not for who asks for what is newer");
        open(house, ada, "common");
        catch_up(&house.engine);
        house.clock.forward(1);
        assert_eq!(page(house, ada, "common", &ALL).1, 3);
    }

    fn what_is_kept_for_a_common_word_follows_what_is_said(house: &House) {
        let shop = house.workspace("shop");
        let (ada, eve) = (house.customer(&shop, "ada"), house.agent(&shop, "eve"));
        let first = open(house, ada, "common");
        say_common(house, &shop, first);
        let mut random = StdRng::seed_from_u64(5);
        let mut said = Vec::new();
        for turn in 0..30 {
            for _ in 0..4 {
                let body = *["common", "a common word", "nothing", "word common"].choose(&mut random).unwrap();
                match random.random_range(0..3) {
                    0 => {
                        let id = open(house, ada, "begun");
                        said.push((id, house.post(ada, id, body).unwrap().id));
                    }
                    1 if !said.is_empty() => {
                        // Mostly one that was said since the last search.
                        let (id, message) = *said[said.len().saturating_sub(3)..].choose(&mut random).unwrap();
                        house.write(ada, move |cx| message::edit(cx, id, message, Some(body))).unwrap();
                    }
                    _ => {
                        let note = Post { internal: true, ..Post::new(said.last().map_or(first, |s| s.0), body.into()) };
                        house.write(eve, move |cx| message::post(cx, &note)).unwrap();
                    }
                }
                catch_up(&house.engine);
            }
            house.clock.forward(1);
            let fresh = house.another_node();
            for (who, text) in [(ada, "common"), (eve, "common"), (eve, "\"common word\""), (ada, "common begun")] {
                assert_eq!(found(&house.engine, who, text), found(&fresh, who, text), "{text} in turn {turn}");
            }
        }
    }
}

/// Has 4,500 messages with the word `common`: so many that what it finds is kept.
fn say_common(house: &House, workspace: &Workspace, id: ConversationId) {
    house.database.execute(&format!(
        "INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at)
         WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
         SELECT {}, '{id}', i, 'm' || i, '-', 'common', 0, 0 FROM n;
         UPDATE conversation SET message_count = 4500 WHERE id = '{id}'",
        workspace.id
    ));
}
