//! The nine operations and the stats as their callers see them; what is always the same is in `snapshots/`.

use parlance_engine::person::{self, Change, Facts};
use reqwest::Method;
use serde_json::{Value, json};

use super::talk::{text, until};
use crate::support::{Database, Server, Transcript, User, on_both};

fn order(id: &str, recipient: &str, body: &str) -> Value {
    json!({"source": {"type": "ORDER", "id": id}, "recipientId": recipient, "body": body})
}

fn ids(page: &Value) -> Vec<String> {
    page.as_array().expect("a bare array").iter().map(|item| text(item, "id")).collect()
}

/// Each refusal in a line; what is refused changes nothing.
fn refusals(server: &Server, who: &User<'_>, requests: &[(Method, String, Option<Value>)]) -> String {
    let before = server.dump();
    let mut lines = String::new();
    for (method, path, body) in requests {
        let request = who.request(method.clone(), path);
        let request = if let Some(body) = body { request.json(body) } else { request };
        let answer = server.send(request);
        assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
        let (code, message) = (text(&answer.json(), "code"), text(&answer.json(), "message"));
        let shown: String = body.iter().map(|body| format!(" {body}")).collect();
        let shown: String = shown.chars().take(90).collect();
        lines += &format!("{method} {path}{shown}\n  {} {code}: {message}\n", answer.status.as_u16());
    }
    assert_eq!(server.dump(), before);
    lines
}

on_both! {
    fn two_people_talk_about_an_order(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let facts = Facts {
            name: Some("Bob B.".into()),
            avatar: Some("https://example.com/b.png".into()),
            profile: Some("Sells cards.\nFast.".into()),
            reviews: Some(120),
            rating_milli: Some(4_900),
            score_milli: Some(5_000),
            sales: Some(540),
            purchases: Some(83),
            ..Facts::default()
        };
        let id = bob.id;
        let change = Change { facts, ..Change::default() };
        server.operator(Some(&shop), move |cx| person::set(cx, id, &change));

        let mut seen = Transcript::new(server);
        let conversation = seen.post(&ada, "/conversations", order("o-1", "bob", "  Sent yet?\n"));
        let path = format!("/conversations/{}", text(&conversation, "id"));
        let messages = format!("{path}/messages");
        seen.get(&bob, "/conversations/unread-count");
        seen.get(&bob, "/user/stats");
        seen.get(&bob, "/conversations");
        seen.post(&bob, &messages, json!({"body": "Tomorrow."}));
        seen.get(&bob, &messages);
        until("viewedAt", || ada.get(&messages).expect(200)[1]["viewedAt"].is_string());
        until("unread", || bob.get("/user/stats").expect(200)["messages"]["unread"] == 0);
        until("ada's unread", || ada.get("/user/stats").expect(200)["messages"]["unread"] == 0);
        seen.get(&ada, &messages);
        seen.get(&bob, "/conversations/unread-count");
        seen.ask(&bob, Method::POST, &format!("{path}/lock"), None);
        seen.post(&ada, &messages, json!({"body": "Thanks"}));
        seen.post(&ada, "/conversations", order("o-1", "bob", "Thanks"));
        seen.get(&ada, "/conversations");
        insta::assert_snapshot!("two_people_talk_about_an_order", seen.text);
    }

    fn the_same_thing_with_the_same_person_is_one_conversation_whoever_begins(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let (cid, ours) = (server.customer(&shop, "cid"), bob.id.to_string());
        let first = ada.post("/conversations", &order("o-1", "bob", "One")).expect(201);
        let again = [
            ada.post("/conversations", &order("o-1", "bob", "Two")).expect(201),
            bob.post("/conversations", &order("o-1", "ada", "Three")).expect(201),
            ada.post("/conversations", &order("o-1", &ours, "Four")).expect(201),
        ];
        for (conversation, body) in again.iter().zip(["Two", "Three", "Four"]) {
            assert_eq!(conversation["id"], first["id"]);
            assert_eq!((text(&conversation["userA"], "id"), text(&conversation["userB"], "id")), ("ada".into(), "bob".into()));
            assert_eq!(conversation["lastMessage"]["body"], body);
            assert_eq!(conversation["createdAt"], first["createdAt"]);
        }
        let listing = json!({"source": {"type": "LISTING", "id": "o-1"}, "recipientId": "bob", "body": "Hi"});
        let others = [
            ada.post("/conversations", &listing).expect(201),
            ada.post("/conversations", &order("O-1", "bob", "Hi")).expect(201),
            ada.post("/conversations", &order("o-1", "cid", "Hi")).expect(201),
            cid.post("/conversations", &order("o-1", "bob", "Hi")).expect(201),
        ];
        let mut all: Vec<String> = others.iter().chain([&first]).map(|c| text(c, "id")).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
        ada.post(&format!("/conversations/{}/lock", text(&first, "id")), &json!({})).expect(200);
        assert_eq!(bob.post("/conversations", &order("o-1", "ada", "Five")).expect(409)["code"], "locked");
    }

    fn a_page_is_in_order_and_no_larger_than_asked(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let mut made = Vec::new();
        for n in 0..25 {
            server.clock.forward(1);
            made.push(text(&ada.post("/conversations", &order(&format!("o-{n}"), "bob", "Hi")).expect(201), "id"));
        }
        server.clock.forward(1);
        ada.post(&format!("/conversations/{}/messages", made[3]), &json!({"body": "Up"})).expect(201);
        let (newest, oldest) = (made.iter().rev().cloned().collect::<Vec<_>>(), made.clone());
        let mut touched = newest.clone();
        touched.retain(|id| *id != made[3]);
        touched.insert(0, made[3].clone());
        let page = |query: &str| ids(&ada.get(&format!("/conversations{query}")).expect(200));
        assert_eq!(page(""), touched[..20]);
        assert_eq!(page("?page=2"), touched[20..]);
        assert_eq!(page("?page=1&size=50&sort=updatedAt&direction=desc"), touched);
        assert_eq!(page("?size=50&direction=asc"), touched.iter().rev().cloned().collect::<Vec<_>>());
        assert_eq!(page("?size=50&sort=createdAt"), newest);
        assert_eq!(page("?size=7&page=2&sort=createdAt&direction=asc"), oldest[7..14]);
        assert_eq!(page("?size=1&page=25&sort=createdAt"), oldest[..1]);
        assert_eq!(page("?size=25&page=1&unknown=1&SIZE=0").len(), 25);
        for beyond in ["?page=3", "?size=1&page=26", "?page=1000000000", "?page=9223372036854775807&size=50"] {
            assert!(page(beyond).is_empty(), "{beyond}");
        }
    }

    fn messages_come_newest_first_in_pages_of_up_to_a_hundred(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let conversation = ada.post("/conversations", &order("o-1", "bob", "0")).expect(201);
        let path = format!("/conversations/{}/messages", text(&conversation, "id"));
        for n in 1..105 {
            ada.post(&path, &json!({"body": n.to_string()})).expect(201);
        }
        let page = |query: &str| -> Vec<i64> {
            let page = ada.get(&format!("{path}{query}")).expect(200);
            page.as_array().unwrap().iter().map(|m| text(m, "body").parse().unwrap()).collect()
        };
        let down = |from: i64, to: i64| (to..=from).rev().collect::<Vec<_>>();
        assert_eq!(page(""), down(104, 85));
        assert_eq!(page("?page=2"), down(84, 65));
        assert_eq!(page("?size=100"), down(104, 5));
        assert_eq!(page("?page=2&size=100"), down(4, 0));
        assert_eq!(page("?page=105&size=1"), [0]);
        for beyond in ["?page=106&size=1", "?page=3&size=100", "?page=9223372036854775807"] {
            assert!(page(beyond).is_empty(), "{beyond}");
        }
    }

    fn what_cannot_be_asked_is_refused_with_a_reason(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let conversation = ada.post("/conversations", &order("o-1", "bob", "Hi")).expect(201);
        let path = format!("/conversations/{}/messages", text(&conversation, "id"));
        let mut requests: Vec<(Method, String, Option<Value>)> = Vec::new();
        for value in ["0", "-1", "51", "1.0", "", "x", "%2B1", "+1", "1+", "0x1", "%EF%BC%91", "9223372036854775808"] {
            requests.push((Method::GET, format!("/conversations?size={value}"), None));
        }
        for query in ["page=0", "page=1&page=1", "sort=created", "sort=CreatedAt", "direction=DESC", "direction=asc&direction=asc"] {
            requests.push((Method::GET, format!("/conversations?{query}"), None));
        }
        let post = |body: Value| (Method::POST, "/conversations".to_owned(), Some(body));
        let source = |source: Value| json!({"source": source, "recipientId": "bob", "body": "Hi"});
        requests.extend([
            post(order("o-2", "ada", "Hi")),
            post(order("o-2", &ada.id.to_string(), "Hi")),
            post(order("o-2", "nobody", "Hi")),
            post(order("o-2", "", "Hi")),
            post(order("", "bob", "Hi")),
            post(order(&"x".repeat(201), "bob", "Hi")),
            post(order("o\n2", "bob", "Hi")),
            post(order("o-2", "bob", "")),
            post(order("o-2", "bob", " \n\t ")),
            post(order("o-2", "bob", &"x".repeat(5_001))),
            post(source(json!({"type": "CASE", "id": "1"}))),
            post(source(json!({"type": "order", "id": "1"}))),
            post(source(json!({"type": "ORDER", "id": 1}))),
            post(source(json!({"id": "1"}))),
            post(source(json!(["ORDER", "1"]))),
            post(source(json!("ORDER"))),
            post(json!({"recipientId": "bob", "body": "Hi"})),
            post(json!([{"type": "ORDER", "id": "1"}, "bob", "Hi"])),
            post(json!("Hi")),
            post(json!(null)),
        ]);
        let text = refusals(server, &ada, &requests).replace(&ada.id.to_string(), "{ada}");
        insta::assert_snapshot!("what_cannot_be_asked", text);
        for query in ["size=101", "size=0", "page=0", "page=x", "size=1&size=1", "size=%00"] {
            ada.get(&format!("{path}?{query}")).expect(400);
        }
        for body in [json!({"body": 1}), json!({"body": ["Hi"]}), json!({"body": null}), json!({}), json!(["Hi"]), json!({"Body": "Hi"})] {
            assert_eq!(ada.post(&path, &body).expect(400)["code"], "invalid", "{body}");
        }
    }

    fn a_body_has_one_to_five_thousand_characters_whatever_their_bytes(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let longest = "é".repeat(5_000);
        let conversation = ada.post("/conversations", &order("o-1", "bob", &longest)).expect(201);
        assert_eq!(conversation["lastMessage"]["body"], longest.as_str());
        let path = format!("/conversations/{}/messages", text(&conversation, "id"));
        for body in ["x", "\u{20000}", &longest, &format!("  {longest}\n")] {
            assert_eq!(ada.post(&path, &json!({"body": body})).expect(201)["body"], body.trim());
        }
        ada.post(&path, &json!({"body": format!("{longest}é")})).expect(400);
        ada.post(&path, &json!({"body": "x".repeat(900_000)})).expect(400);
        ada.post(&path, &json!({"body": "x".repeat(1_100_000)})).expect(413);
    }

    fn locking_again_changes_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let conversation = ada.post("/conversations", &order("o-1", "bob", "Hi")).expect(201);
        let path = format!("/conversations/{}/lock", text(&conversation, "id"));
        server.clock.forward(10);
        let locked = bob.post(&path, &json!({})).expect(200);
        assert_eq!(locked["locked"], true);
        assert!(text(&locked, "updatedAt") > text(&conversation, "updatedAt"));
        let before = server.dump();
        assert_eq!(ada.post(&path, &json!({"anything": 1})).expect(200), locked);
        server.send(ada.request(Method::POST, &path).body("not JSON")).expect(200);
        assert_eq!(server.dump(), before);
    }

    fn a_head_shows_nothing_and_so_marks_nothing_as_read(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let begun = ada.post("/conversations", &order("o-1", "bob", "one")).expect(201);
        let path = format!("/conversations/{}/messages", begun["id"].as_str().unwrap());
        assert_eq!(server.send(bob.request(Method::HEAD, &path)).status, 200);
        // Writes of a workspace follow one another: a note of reading would have been made before this message.
        ada.post(&path, &json!({"body": "two"})).expect(201);
        assert_eq!(bob.get("/conversations/unread-count").expect(200), json!({"unread": 2}));
    }
}
