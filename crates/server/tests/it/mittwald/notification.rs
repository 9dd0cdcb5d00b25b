//! What a person is told of what others said: at once, on every node, and no more than they may know.

use std::collections::BTreeSet;

use parlance_engine::person::Kind;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, User, on_both, until};

const ALL: &str = "/v2/notifications";
const COUNTS: &str = "/v2/notification-unread-counts";
const READ_ALL: &str = "/v2/notifications/actions/read-all";

/// Begins a conversation about an order, or goes on with it; its id.
fn write(who: &User<'_>, to: &str, order: &str) -> String {
    who.server.clock.forward(1);
    let order = json!({"source": {"type": "ORDER", "id": order}, "recipientId": to, "body": "Hello"});
    who.post("/conversations", &order).expect(201)["id"].as_str().unwrap().to_owned()
}

fn put(who: &User<'_>, path: &str, body: Option<&Value>) -> Answer {
    let request = who.request(Method::PUT, path);
    who.server.send(match body {
        Some(body) => request.json(body),
        None => request,
    })
}

fn read_all(who: &User<'_>, query: &str) -> i64 {
    let answer = who.server.send(who.request(Method::POST, &format!("{READ_ALL}{query}")));
    let read = answer.expect(200);
    assert_eq!(read["status"], "read");
    read["updatedCount"].as_i64().unwrap()
}

/// Every byte as a query takes it.
fn encoded(query: &[(&str, String)]) -> String {
    let bytes = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    query
        .iter()
        .map(|(name, value)| format!("{}={}", bytes(name), bytes(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The conversations that a list speaks of.
fn about(who: &User<'_>, query: &str) -> Vec<String> {
    let list = who.get(&format!("{ALL}{query}")).expect(200);
    let ids =
        list.as_array().unwrap().iter().map(|item| item["reference"]["id"].as_str().unwrap().to_owned());
    ids.collect()
}

fn total(who: &User<'_>) -> i64 {
    who.get(COUNTS).expect(200)["total"].as_i64().unwrap()
}

on_both! {
    fn a_message_is_told_to_the_other_at_once(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        for n in 1..=20 {
            let id = write(&ada, "bob", &n.to_string());
            let list = bob.get(ALL).expect(200);
            assert_eq!(list.as_array().unwrap().len(), n);
            let newest = &list[0];
            assert_eq!(newest["reference"], json!({"domain": "conversation", "aggregate": "conversation", "id": id}));
            assert_eq!((&newest["type"], &newest["severity"]), (&json!("conversation-message-created"), &json!("info")));
            assert_eq!(newest["read"], false);
        }
        let counts = json!({"total": 20, "success": 0, "info": 20, "warning": 0, "error": 0});
        assert_eq!(bob.get(COUNTS).expect(200), counts);
        assert_eq!((total(&ada), about(&ada, "")), (0, vec![]));
    }

    fn one_is_read_and_unread_again(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        write(&ada, "bob", "1");
        let id = bob.get(ALL).expect(200)[0]["id"].as_str().unwrap().to_owned();
        let path = format!("{ALL}/{id}/status");
        let read = put(&bob, &path, Some(&json!({"status": "read"})));
        assert!(read.headers["etag"].to_str().unwrap().parse::<i64>().is_ok());
        assert_eq!(read.expect(200), json!({"status": "read"}));
        assert_eq!((total(&bob), bob.get(ALL).expect(200)[0]["read"].clone()), (0, json!(true)));
        put(&bob, &path, Some(&json!({"status": "unread"}))).expect(200);
        assert_eq!(total(&bob), 1);
        put(&ada, &path, Some(&json!({"status": "read"}))).expect(404);
        for unknown in ["0190f5fe-7c00-7a00-8000-000000000000", "x", "%00"] {
            put(&bob, &format!("{ALL}/{unknown}/status"), Some(&json!({"status": "read"}))).expect(404);
        }
        for (body, path, kind) in [(json!({}), "", "required"), (json!({"status": "seen"}), ".status", "enum"), (json!({"status": 1}), ".status", "type"), (json!("read"), "", "type")] {
            let problem = put(&bob, &format!("{ALL}/{id}/status"), Some(&body)).expect(400)["validationErrors"][0].clone();
            assert_eq!((&problem["path"], &problem["type"]), (&json!(path), &json!(kind)));
        }
    }

    fn a_list_is_filtered_and_paged(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let mut ids: Vec<String> = (0..5).map(|n| write(&ada, "bob", &n.to_string())).collect();
        ids.reverse();
        let (one, rest) = (ids[4].clone(), ids[..4].to_vec());
        assert_eq!(read_all(&bob, &format!("?referenceId={one}")), 1);
        let cases = [
            ("", ids.clone()),
            ("?status=read", vec![one.clone()]),
            ("?status=unread", rest.clone()),
            ("?severity=info", ids.clone()),
            ("?severity=error&severity=info", ids.clone()),
            ("?severity%5B0%5D=error&severity%5B1%5D=info", ids.clone()),
            ("?severity=warning", vec![]),
            ("?type=conversation-message-created", ids.clone()),
            ("?type=something-else", vec![]),
            ("?type=something-else&type=conversation-message-created", ids.clone()),
            ("?type-not=conversation-message-created", vec![]),
            ("?type-not=something-else", ids.clone()),
            ("?limit=2", ids[..2].to_vec()),
            ("?limit=2&page=2", ids[2..4].to_vec()),
            ("?limit=2&skip=4", ids[4..].to_vec()),
        ];
        for (query, expected) in cases {
            assert_eq!(about(&bob, query), expected, "{query}");
        }
        let page = bob.get(&format!("{ALL}?limit=2&status=unread"));
        assert_eq!((&page.headers["x-pagination-totalcount"], &page.headers["x-pagination-limit"]), (&"4".parse().unwrap(), &"2".parse().unwrap()));
        assert_eq!(bob.get(ALL).headers["x-pagination-limit"], "500");
        for (query, path) in [("status=open", ".status"), ("status=read&status=unread", ".status"), ("severity=bad", ".severity[0]"), ("limit=x", ".limit")] {
            assert_eq!(bob.get(&format!("{ALL}?{query}")).expect(400)["validationErrors"][0]["path"], path, "{query}");
        }
    }

    fn all_that_are_meant_are_read_at_once(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let ids: Vec<String> = (0..4).map(|n| write(&ada, "bob", &n.to_string())).collect();
        let upper = ids[0].to_uppercase();
        let cases = [
            (format!("?referenceId={upper}&referenceDomain=project"), 0),
            (format!("?referenceId={upper}&referenceAggregate=project"), 0),
            ("?severities=error".into(), 0),
            ("?referenceId=0190f5fe-7c00-7a00-8000-000000000000".into(), 0),
            (format!("?referenceId={upper}&referenceAggregate=conversation&referenceDomain=conversation"), 1),
            (format!("?referenceId={}", ids[0]), 0),
            ("?severities=info&severities=error".into(), 3),
            (String::new(), 0),
        ];
        for (query, count) in cases {
            assert_eq!(read_all(&bob, &query), count, "{query}");
        }
        write(&ada, "bob", "again");
        assert_eq!(put(&bob, "/v2/notifications/status", None).expect(200), json!({"status": "read"}));
        assert_eq!(total(&bob), 0);
        for (query, path) in [("severities=x", ".severities[0]"), ("referenceId=7", ".referenceId")] {
            let refused = bob.server.send(bob.request(Method::POST, &format!("{READ_ALL}?{query}"))).expect(400);
            assert_eq!(refused["validationErrors"][0]["path"], path);
        }
        for body in ["[]", "{}", ""] {
            server.send(bob.request(Method::POST, READ_ALL).body(body)).expect(200);
        }
        server.send(bob.request(Method::POST, READ_ALL).body("7")).expect(400);
    }

    fn what_was_read_in_the_marketplace_is_read_here(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let id = write(&ada, "bob", "1");
        assert_eq!(total(&bob), 1);
        bob.get(&format!("/conversations/{id}/messages")).expect(200);
        until("what was read", || total(&bob) == 0);
        assert_eq!(about(&bob, ""), [id]);
    }

    fn the_old_path_of_the_counts_leads_to_the_new(server: &Server) {
        let shop = server.workspace("shop");
        let ada = server.customer(&shop, "ada");
        let moved = ada.get("/v2/notifications/unread-counts");
        assert_eq!((moved.status.as_u16(), &moved.headers["location"]), (308, &COUNTS.parse().unwrap()));
    }

    fn nobody_is_told_anything_without_a_token_and_nothing_is_read_with_one_that_may_only_read(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        write(&ada, "bob", "1");
        let nobody = server.bearing(&bob, "plc_nobody");
        for path in [ALL, COUNTS] {
            assert_eq!(nobody.get(path).expect(401)["type"], "UnauthorizedError");
        }
        let new = parlance_engine::credential::token::New { person: bob.id, label: None, can_write: false, expires_at: None };
        let reader = server.bearing(&bob, &server.token(&shop, new));
        let id = reader.get(ALL).expect(200)[0]["id"].as_str().unwrap().to_owned();
        put(&reader, &format!("{ALL}/{id}/status"), Some(&json!({"status": "read"}))).expect(403);
        put(&reader, "/v2/notifications/status", None).expect(403);
        server.send(reader.request(Method::POST, READ_ALL)).expect(403);
        assert_eq!(total(&bob), 1);
    }

    fn an_agent_is_told_of_conversations_they_take_part_in_and_of_no_other(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, agent) = (server.customer(&shop, "ada"), server.user(&shop, Kind::Agent, "agent"));
        write(&ada, "agent", "1");
        assert_eq!((total(&agent), about(&agent, "").len()), (1, 1));
        let other = server.user(&shop, Kind::Agent, "other");
        assert_eq!((total(&other), about(&other, "").len()), (0, 0));
    }

    fn no_query_is_answered_with_more_than_a_refusal(server: &Server) {
        let shop = server.workspace("shop");
        let ada = server.customer(&shop, "ada");
        let names = prop::sample::select(vec!["status", "severity", "severity[0]", "type", "type-not", "limit", "skip", "page", "referenceId", "referenceDomain", "severities"]);
        let query = prop::collection::vec((names, any::<String>()), 0..4);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() });
        let allowed: BTreeSet<u16> = [200, 400].into();
        let outcome = runner.run(&query, |query| {
            for (method, path) in [(Method::GET, ALL), (Method::POST, READ_ALL)] {
                let answer = server.send(ada.request(method, &format!("{path}?{}", encoded(&query))));
                prop_assert!(allowed.contains(&answer.status.as_u16()), "{:?}: {}", query, answer.status);
            }
            Ok(())
        });
        outcome.unwrap();
    }
}

#[test]
fn what_is_written_on_one_node_is_told_on_the_other() {
    let Some(database) = Database::postgres() else { return };
    let one = Server::start(database);
    let two = one.another_node();
    let shop = one.workspace("shop");
    let (ada, bob) = (one.customer(&shop, "ada"), one.customer(&shop, "bob"));
    let there = two.bearing(&bob, &bob.token);
    for n in 1..=10 {
        write(&ada, "bob", &n.to_string());
        assert_eq!(total(&there), n);
    }
}
