//! What holds for every operation: who calls, what an error looks like, and how a request waits for an event.

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, Database, Server, User, on_both};

const STATUS: &str = "/v2/users/self/sessions/current/status";
const TOKENS: &str = "/v2/users/self/api-tokens";

/// An error that a strict client can read: `type` and `message` are texts.
fn error(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    assert!(body["type"].is_string() && body["message"].is_string(), "{body}");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    body
}

fn bearer(token: &str) -> (&'static str, HeaderValue) {
    ("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap())
}

fn plain(token: &str) -> (&'static str, HeaderValue) {
    ("x-access-token", HeaderValue::from_str(token).unwrap())
}

fn etag(answer: &Answer) -> i64 {
    answer.headers["etag"].to_str().unwrap().parse().expect("a decimal number without quotes")
}

fn mint(user: &User<'_>) -> Answer {
    user.post(TOKENS, &json!({"description": "another", "roles": ["api_read"]}))
}

/// The problems that a body has: path, type and message of each.
fn problems(user: &User<'_>, body: &Value) -> Vec<String> {
    let answer = error(&user.post(TOKENS, body), 400);
    assert_eq!(answer["type"], "ValidationError");
    let line = |p: &Value| {
        let context = p.get("context").map(|c| format!(" {c}")).unwrap_or_default();
        let text = |name: &str| p[name].as_str().unwrap_or_else(|| panic!("{name} in {p}")).to_owned();
        format!("{} {}: {}{context}", text("path"), text("type"), text("message"))
    };
    answer["validationErrors"].as_array().unwrap().iter().map(line).collect()
}

on_both! {
    fn one_token_in_either_header_or_in_both_is_who_calls(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let (a, b) = (ada.token.as_str(), bob.token.as_str());
        let lower = ("authorization", HeaderValue::from_str(&format!("bearer {a}")).unwrap());
        let asked = |headers: &[(&'static str, HeaderValue)]| {
            let add = |r: RequestBuilder, (name, value): &(&'static str, HeaderValue)| r.header(*name, value);
            server.send(headers.iter().fold(server.request(Method::GET, STATUS), add))
        };
        for good in [vec![bearer(a)], vec![plain(a)], vec![lower], vec![plain(a), bearer(a)]] {
            assert_eq!(asked(&good).expect(200)["userId"], ada.id.to_string(), "{good:?}");
        }
        let api_key = ("authorization", HeaderValue::from_str(&format!("ApiKey {a}")).unwrap());
        let bare = ("authorization", HeaderValue::from_str(a).unwrap());
        let odd = ("x-access-token", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
        for bad in [
            vec![],
            vec![plain("")],
            vec![bearer("")],
            vec![plain(a), bearer(b)],
            vec![plain(a), plain(b)],
            vec![plain(a), plain(a)],
            vec![bearer(a), bearer(a)],
            vec![plain(&a.to_ascii_uppercase())],
            vec![plain(a), bearer("x")],
            vec![api_key],
            vec![bare],
            vec![odd],
        ] {
            let answer = asked(&bad);
            assert_eq!(error(&answer, 401)["type"], "UnauthorizedError", "{bad:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{bad:?}");
        }
    }

    fn what_no_handler_answers_has_the_same_shape(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        assert_eq!(error(&ada.get("/v2/nothing"), 404)["type"], "NotFoundError");
        assert_eq!(error(&ada.get("/v2"), 404)["type"], "NotFoundError");
        assert_eq!(error(&ada.get("/v2/users/self/api-tokens/"), 404)["type"], "NotFoundError");
        assert_eq!(error(&ada.delete("/v2/users/self/api-tokens/%ff"), 404)["type"], "NotFoundError");
        assert_eq!(error(&ada.delete(STATUS), 405)["type"], "MethodNotAllowedError");
        let large = ada.request(Method::POST, TOKENS).body("x".repeat(3 << 20));
        assert_eq!(error(&server.send(large), 413)["type"], "PayloadTooLargeError");
        let long = ada.get(&format!("{STATUS}?{}", "x".repeat(20_000)));
        assert_eq!(error(&long, 414)["type"], "UriTooLongError");
    }

    fn every_fault_of_a_body_is_named_as_ajv_names_it(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let before = server.dump();
        let cases = [
            (json!({}), vec![
                " required: should have required property 'roles' {\"missingProperty\":\"roles\"}",
                " required: should have required property 'description' {\"missingProperty\":\"description\"}",
            ]),
            (json!([]), vec![
                " required: should have required property 'roles' {\"missingProperty\":\"roles\"}",
                " required: should have required property 'description' {\"missingProperty\":\"description\"}",
            ]),
            (json!({"description": 5, "roles": ["api_read", "root", 7], "expiresAt": "soon"}), vec![
                ".description type: should be string {\"type\":\"string\"}",
                ".expiresAt format: should match format \"date-time\" {\"format\":\"date-time\"}",
                ".roles[1] enum: should be equal to one of the allowed values {\"allowedValues\":\"api_read,api_write\"}",
                ".roles[2] enum: should be equal to one of the allowed values {\"allowedValues\":\"api_read,api_write\"}",
                ".roles[2] type: should be string {\"type\":\"string\"}",
            ]),
            (json!({"description": "", "roles": []}), vec![
                ".roles minItems: should NOT have fewer than 1 items {\"limit\":\"1\"}",
            ]),
            (json!({"description": "", "roles": ["api_read", "api_read"]}), vec![
                ".roles uniqueItems: should NOT have duplicate items",
            ]),
            (json!("text"), vec![" type: should be object {\"type\":\"object\"}"]),
            (json!({"description": "", "roles": ["api_read"], "expiresAt": "2001-01-01T00:00:00Z"}), vec![
                ".expiresAt invalid: A token must end in the future.",
            ]),
            (json!({"description": "a\u{0}b", "roles": ["api_read"]}), vec![
                ".description pattern: should NOT contain the character U+0000",
            ]),
        ];
        for (body, mut expected) in cases {
            let mut found = problems(&ada, &body);
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{body}");
        }
        let many = json!({"description": "", "roles": vec!["root"; 10_000]});
        assert!(problems(&ada, &many).len() <= 50);
        assert_eq!(server.dump(), before);
    }

    fn json_is_read_whatever_its_content_type_and_nothing_else_is(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let good = r#"{"description":"a","roles":["api_read"],"roles":["api_write"]}"#;
        for kind in ["application/json", "", "text/plain", "application/x-www-form-urlencoded"] {
            let sent = ada.request(Method::POST, TOKENS).header("content-type", kind).body(good);
            server.send(sent).expect(201);
        }
        let before = server.dump();
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        for bad in ["", "{", "a=b", "NaN", "{\"description\":\"\\ud800\"}", "{\"a\":1e999}", "\u{feff}{}", &deep] {
            let answer = server.send(ada.request(Method::POST, TOKENS).body(bad.to_owned()));
            assert_eq!(error(&answer, 400)["type"], "ValidationError", "{bad:.20}");
        }
        assert_eq!(server.dump(), before);
    }

    fn an_operation_without_a_body_bears_what_clients_send_in_its_place(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let check = |kind: &str, body: &str| {
            let sent = ada.request(Method::POST, "/v2/users/self/credentials/token");
            server.send(sent.header("content-type", kind).body(body.to_owned()))
        };
        for (kind, body) in [
            ("application/x-www-form-urlencoded", ""),
            ("application/json", ""),
            ("application/json", "[]"),
            ("application/json", "{}"),
            ("", "{\"more\": 1}"),
        ] {
            check(kind, body).expect(200);
        }
        for body in ["a=b", "[1]", "null", "5"] {
            error(&check("application/json", body), 400);
        }
    }

    fn a_change_bears_the_number_under_which_it_can_be_seen_on_every_node(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let first = etag(&mint(&ada).expect_ok());
        let newest = server.operator(Some(&desk), parlance_engine::event::newest);
        assert_eq!(first, newest);
        server.customer(&desk, "bob");
        let second = etag(&mint(&ada).expect_ok());
        assert!(second > first, "{second} after {first}");
        let after = |node: &Server, number: &str| {
            let user = node.bearing(&ada, &ada.token);
            node.send(user.request(Method::GET, STATUS).header("if-event-reached", number))
        };
        for number in [first.to_string(), second.to_string(), "garbage".into(), "-5".into(), "9".repeat(40)] {
            after(server, &number).expect(200);
        }
        if matches!(server.engine.address(), parlance_engine::db::Address::Postgres(_)) {
            let node = server.another_node();
            after(&node, &etag(&mint(&ada).expect_ok()).to_string()).expect(200);
        }
        assert!(ada.get(STATUS).headers.get("etag").is_none(), "reading changes nothing");
    }

    fn a_request_waits_for_an_event_that_comes_and_gives_up_on_one_that_does_not(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let now = etag(&mint(&ada).expect_ok());
        let after = |number: i64| {
            server.send(ada.request(Method::GET, STATUS).header("if-event-reached", number.to_string()))
        };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| after(now + 1));
            server.customer(&desk, "bob");
            waiting.join().unwrap().expect(200);
        });
        assert_eq!(error(&after(now + 1_000), 412)["type"], "PreconditionFailedError");
    }
}
