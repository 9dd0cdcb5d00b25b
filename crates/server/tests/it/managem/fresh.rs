//! A page is kept, and yet never stale once a write was answered, on any node.

use std::sync::atomic::{AtomicUsize, Ordering};

use parlance_engine::person::{self, Change, Facts};
use reqwest::Method;
use serde_json::{Value, json};

use super::talk::{Talk, png, text, until};
use crate::support::{Database, Server, User, on_both};

const WRITERS: usize = 4;
const ROUNDS: usize = 12;

/// Each writer says 1, 2, 3 … to bob; after each answer nobody may see less of it in bob's inbox or in their own.
fn alternate(server: &Server, nodes: &[&Server]) {
    let shop = server.workspace("shop");
    let bob = server.customer(&shop, "bob");
    let writers: Vec<User<'_>> = (0..WRITERS).map(|n| server.customer(&shop, &format!("w{n}"))).collect();
    let said: Vec<AtomicUsize> = (0..WRITERS).map(|_| AtomicUsize::new(0)).collect();
    std::thread::scope(|threads| {
        for (n, writer) in writers.iter().enumerate() {
            let (said, bob) = (&said, &bob);
            threads.spawn(move || {
                for round in 1..=ROUNDS {
                    let here = nodes[(n + round) % nodes.len()].bearing(writer, &writer.token);
                    let order = json!({"source": {"type": "ORDER", "id": format!("o-{n}")}, "recipientId": "bob", "body": round.to_string()});
                    here.post("/conversations", &order).expect(201);
                    said[n].store(round, Ordering::SeqCst);
                    for node in nodes {
                        let least: Vec<usize> = said.iter().map(|said| said.load(Ordering::SeqCst)).collect();
                        let page = node.bearing(bob, &bob.token).get("/conversations").expect(200);
                        assert_shown(&page, &least);
                        let unread = node.bearing(bob, &bob.token).get("/user/stats").expect(200)["messages"]["unread"].as_u64();
                        assert!(unread >= Some(least.iter().sum::<usize>() as u64), "{unread:?} of {least:?}");
                        let own = node.bearing(writer, &writer.token).get("/conversations").expect(200);
                        assert_eq!(own[0]["lastMessage"]["body"], round.to_string());
                    }
                }
            });
        }
    });
}

fn assert_shown(page: &Value, least: &[usize]) {
    for (n, least) in least.iter().enumerate().filter(|(_, least)| **least > 0) {
        let source = format!("o-{n}");
        let item = page.as_array().unwrap().iter().find(|item| item["source"]["id"] == source.as_str());
        let last: usize =
            text(&item.expect("the conversation is there")["lastMessage"], "body").parse().unwrap();
        assert!(last >= *least, "{source} shows {last}, {least} was answered");
    }
}

/// Whatever changes what a page shows, the next page shows it, on each of the nodes.
fn every_change_is_seen(server: &Server, nodes: &[&Server]) {
    let shop = server.workspace("shop");
    let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
    let talk = Talk::begin(server, &ada);
    let pages = || -> Value {
        let page =
            |node: &&Server| node.bearing(&ada, &ada.token).get("/conversations").expect(200)[0].clone();
        let mut pages: Vec<Value> = nodes.iter().map(page).collect();
        // Addresses differ between nodes; what they show does not.
        for page in &mut pages {
            let attachments = page["lastMessage"]["attachments"].as_array_mut().unwrap();
            attachments.iter_mut().for_each(|attachment| attachment["url"] = Value::Null);
        }
        pages.iter().for_each(|page| assert_eq!(*page, pages[0]));
        pages[0].clone()
    };
    assert_eq!(pages()["lastMessage"]["attachments"].as_array().unwrap().len(), 1);
    ada.patch(&talk.attachments(), &json!({"id": talk.uploaded})).expect(200);
    assert_eq!(pages()["lastMessage"]["attachments"].as_array().unwrap().len(), 2);
    ada.delete(&format!("{}/{}", talk.attachments(), talk.uploaded)).expect(204);
    assert_eq!(pages()["lastMessage"]["attachments"].as_array().unwrap().len(), 1);

    let facts = Facts { username: Some("robert".into()), ..Facts::default() };
    let (id, change) = (bob.id, Change { facts, ..Change::default() });
    server.operator(Some(&shop), move |cx| person::set(cx, id, &change));
    assert_eq!(pages()["userB"]["username"], "robert");

    assert_eq!(pages()["lastMessage"]["viewedAt"], Value::Null);
    let seen = bob.get(&talk.messages()).expect(200);
    assert_eq!(seen.as_array().unwrap().len(), 1);
    // It is noted after the answer; when bob's own count says so, every page says so.
    until("the note", || bob.get("/conversations/unread-count").expect(200)["unread"] == 0);
    assert!(pages()["lastMessage"]["viewedAt"].is_string());

    bob.post(&talk.messages(), &json!({"body": "Nice."})).expect(201);
    assert_eq!(pages()["lastMessage"]["body"], "Nice.");
    bob.post(&format!("/conversations/{}/lock", talk.conversation), &json!({})).expect(200);
    assert_eq!(pages()["locked"], true);
    server.send(server.request(Method::PUT, &talk.upload_url).body(png())).expect(409);
}

on_both! {
    fn a_page_shows_what_was_answered_while_many_write(server: &Server) {
        alternate(server, &[server]);
    }

    fn a_page_shows_every_kind_of_change(server: &Server) {
        every_change_is_seen(server, &[server]);
    }
}

#[test]
fn a_page_of_one_node_shows_what_another_answered() {
    let Some(database) = Database::postgres() else { return };
    let server = Server::start(database);
    let node = server.another_node();
    alternate(&server, &[&server, &node]);
}

#[test]
fn a_page_of_one_node_shows_every_kind_of_change_on_another() {
    let Some(database) = Database::postgres() else { return };
    let server = Server::start(database);
    let node = server.another_node();
    every_change_is_seen(&server, &[&server, &node]);
}
