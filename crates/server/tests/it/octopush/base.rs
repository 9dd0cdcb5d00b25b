//! What holds for every operation: who calls, and what an error looks like.

use parlance_engine::credential::token;
use parlance_engine::person::{self, Change, Facts, Kind};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use super::inbox::{Agent, Inbox};
use crate::support::{Answer, Database, Server, on_both};

const LIST: &str = "/v1/public/conversations/list";

/// An error that a client can read.
#[track_caller]
pub fn error(answer: &Answer, status: u16) -> i64 {
    let body = answer.expect(status);
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(2), "{body}");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    body["code"].as_i64().expect("a code is a number")
}

type Headers<'a> = [(&'static str, &'a [u8])];

fn asked(server: &Server, headers: &Headers<'_>) -> Answer {
    let request = server.request(Method::GET, LIST);
    let with = |request: reqwest::RequestBuilder, (name, value): &(&'static str, &[u8])| {
        request.header(*name, HeaderValue::from_bytes(value).unwrap())
    };
    server.send(headers.iter().fold(request, with))
}

on_both! {
    fn a_login_and_its_own_key_open_the_inbox_and_nothing_else_does(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let other = Agent::of(server, &inbox.workspace, Kind::Agent, "olga");
        let (key, others) = (inbox.agnes.user.token.as_bytes(), other.user.token.as_bytes());
        for login in ["agnes@example.com", "Agnes@Example.COM", " agnes@example.com "] {
            asked(server, &[("api-login", login.as_bytes()), ("api-key", key)]).expect(200);
        }
        let login = b"agnes@example.com".as_slice();
        for (headers, code) in [
            (vec![], 108),
            (vec![("api-key", key)], 108),
            (vec![("api-login", b"".as_slice()), ("api-key", key)], 108),
            (vec![("api-login", login), ("api-login", login), ("api-key", key)], 108),
            (vec![("api-login", b"\xff".as_slice()), ("api-key", key)], 108),
            (vec![("api-login", login)], 109),
            (vec![("api-login", login), ("api-key", b"".as_slice())], 109),
            (vec![("api-login", login), ("api-key", key), ("api-key", key)], 109),
            (vec![("api-login", login), ("api-key", b"plc_wrong".as_slice())], 101),
            (vec![("api-login", login), ("api-key", others)], 101),
            (vec![("api-login", b"agnes".as_slice()), ("api-key", key)], 101),
            (vec![("api-login", b"nobody@example.com".as_slice()), ("api-key", key)], 101),
            (vec![("authorization", [b"Bearer ".as_slice(), key].concat().leak())], 108),
        ] {
            assert_eq!(error(&asked(server, &headers), 401), code, "{headers:?}");
        }
    }

    fn who_has_no_address_has_no_login(server: &Server) {
        let shop = server.workspace("shop");
        let agent = server.user(&shop, Kind::Agent, "agnes");
        let key = agent.token.as_bytes();
        for login in [b"agnes".as_slice(), b"null"] {
            assert_eq!(error(&asked(server, &[("api-login", login), ("api-key", key)]), 401), 101);
        }
    }

    fn whoever_is_deactivated_or_whose_key_has_ended_is_nobody(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        agnes.get("/conversations").expect(200);
        let id = agnes.user.id;
        server.operator(Some(&inbox.workspace), move |cx| {
            person::set(cx, id, &Change { active: Some(false), ..Change::default() })
        });
        assert_eq!(error(&agnes.get("/conversations"), 401), 101);
    }

    fn the_inbox_is_the_agents_business(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        inbox.hear("+33600000001", "Hello?");
        let ada = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        for path in ["/conversations", "/conversations/messages/list?contact=0600000001", "/agents/list"] {
            assert_eq!(error(&ada.get(path), 403), 207, "{path}");
        }
    }

    fn a_key_that_may_only_read_changes_nothing(server: &Server) {
        let mut inbox = Inbox::open(server, "shop");
        inbox.hear("+33600000001", "Hello?");
        let new = token::New { person: inbox.agnes.user.id, label: None, can_write: false, expires_at: None };
        inbox.agnes.user.token = server.token(&inbox.workspace, new);
        let id = inbox.agnes.get("/conversations").expect(200)[0]["conversation_id"].clone();
        let before = server.dump();
        let body = json!({"conversation_id": id, "agent_email": "agnes@example.com"});
        assert_eq!(error(&inbox.agnes.put("/conversations/set-agent", &body), 403), 207);
        assert_eq!(server.dump(), before);
    }

    fn what_no_handler_answers_has_the_same_shape(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        for path in ["", "/", "/nothing", "/conversations/", "/conversations/x", "/Conversations", "/agents"] {
            assert_eq!(error(&agnes.get(path), 404), 404, "{path}");
        }
        let wrong = agnes.post("/conversations/list", &json!({}));
        assert_eq!(error(&wrong, 405), 405);
        assert_eq!(wrong.headers["allow"], "GET,HEAD");
        let large = agnes.request(Method::PUT, "/conversations/set-agent").body("x".repeat(3 << 20));
        assert_eq!(error(&server.send(large), 413), 413);
        assert_eq!(error(&agnes.get(&format!("/conversations?{}", "x".repeat(20_000))), 414), 414);
        let unreadable = agnes.request(Method::PUT, "/conversations/set-agent").body("{\"conversation_id\":");
        assert_eq!(error(&server.send(unreadable), 400), 125);
    }

    fn agents_are_known_by_their_addresses(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        let olga = Agent::of(server, &inbox.workspace, Kind::Agent, "olga");
        let list = inbox.agnes.get("/agents/list").expect(200);
        let mut first = list[0].clone();
        assert!(first["created_at"].as_str().is_some_and(|at| at.len() == 25 && at.ends_with("+00:00")), "{first}");
        first["created_at"] = Value::Null;
        assert_eq!(first, json!({
            "email": "agnes@example.com", "first_name": "Agnes van", "last_name": "Example", "role": "ROLE_OWNER",
            "status": "active", "is_current_user": true, "created_at": null, "last_authentication_date": null,
            "can_consume_credit": true, "system_avatar": null, "is_allowed_to_manage_foreign_conversations": true,
            "can_order": true, "is_only_chat_visible": false,
        }));
        let words = |at: usize| ["email", "role", "status"].map(|name| list[at][name].as_str().unwrap().to_owned());
        assert_eq!(words(1), ["olga@example.com", "ROLE_AGENT", "invited"]);
        assert_eq!(list.as_array().unwrap().len(), 2);
        let facts = Facts { name: Some("Olga".into()), ..Facts::default() };
        let (id, change) = (olga.user.id, Change { facts, active: Some(false), ..Change::default() });
        server.operator(Some(&inbox.workspace), move |cx| person::set(cx, id, &change));
        assert_eq!(inbox.agnes.get("/agents/list").expect(200).as_array().unwrap().len(), 1);
    }
}
