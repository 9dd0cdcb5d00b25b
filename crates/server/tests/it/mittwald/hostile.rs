//! Broken bodies by the thousand: each is answered in this dialect's JSON, never with a defect of ours, and what is
//! refused changes nothing.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::{Answer, Database, Server, User, on_both};

/// Operations with bodies, with the members that they know.
const OPERATIONS: [(&str, &str, &[&str]); 3] = [
    ("POST", "/v2/authenticate?cookieOnly=true", &["email", "password"]),
    ("POST", "/v2/users/self/api-tokens", &["description", "roles", "expiresAt"]),
    ("POST", "/v2/users/self/credentials/token", &[]),
];

const ROUNDS: u32 = 24;
const REQUESTS: usize = 25;

/// Texts that have broken something somewhere.
fn text() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "\u{0}",
        "\u{202e}",
        "api_read",
        "api_write",
        "self",
        "null",
        "2199-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "0000-00-00T00:00:00Z",
        "-9999-01-01T00:00:00Z",
        "../..",
        "' OR 1=1 --",
        "0190f3a0-0000-7000-8000-000000000000",
        "0190F3A0-0000-7000-8000-000000000000",
        "%00",
        "\u{1f600}",
    ];
    prop_oneof![prop::sample::select(odd.to_vec()).prop_map(str::to_owned), ".{0,40}", "x{9000}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

/// A body for an operation with these members: nearly right, or JSON, or bytes.
fn body(members: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let known = prop::collection::vec((prop::sample::select([members, &["other"]].concat()), value()), 0..4);
    let object = known.prop_map(|all| {
        let all: Map<String, Value> = all.into_iter().map(|(name, v)| (name.to_owned(), v)).collect();
        Value::Object(all).to_string().into_bytes()
    });
    let object = object.boxed();
    let cut = object.clone().prop_flat_map(|whole| {
        let length = whole.len();
        (Just(whole), 0..=length).prop_map(|(whole, at)| whole[..at].to_vec())
    });
    let json = value().prop_map(|v| v.to_string().into_bytes());
    prop_oneof![4 => object, 1 => cut, 2 => json, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

fn request() -> impl Strategy<Value = (&'static str, &'static str, Vec<u8>)> {
    prop::sample::select(OPERATIONS.to_vec())
        .prop_flat_map(|(method, path, members)| (Just(method), Just(path), body(members)))
}

/// Whether the answer is one that a strict client can read.
fn readable(answer: &Answer) -> bool {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let is_text = |name: &str| json[name].is_string();
    match answer.status.as_u16() {
        200 | 201 => json.is_object(),
        204 => answer.body.is_empty(),
        400 => {
            let problems = json["validationErrors"].as_array().cloned().unwrap_or_default();
            let whole = |p: &Value| {
                let texts = ["path", "type", "message"].iter().all(|name| p[*name].is_string());
                texts && p["context"].as_object().is_none_or(|all| all.values().all(Value::is_string))
            };
            let short = answer.body.len() < 64 * 1024;
            json["type"] == "ValidationError"
                && is_text("message")
                && !problems.is_empty()
                && problems.iter().all(whole)
                && short
        }
        403 | 404 | 413 => is_text("type") && is_text("message"),
        _ => false,
    }
}

/// Sends one; whether something may have changed.
fn sent(server: &Server, user: &User<'_>, (method, path, body): &(&str, &str, Vec<u8>)) -> bool {
    let method: Method = method.parse().unwrap();
    let answer = server.send(user.request(method.clone(), path).body(body.clone()));
    let shown = String::from_utf8_lossy(body);
    assert!(readable(&answer), "{} {:?} to {method} {path} {shown}", answer.status, answer.json());
    answer.status.is_success()
}

on_both! {
    fn whatever_body_is_sent_is_answered_and_a_refusal_changes_nothing(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let config = Config { cases: ROUNDS, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let round = prop::collection::vec(request(), REQUESTS);
        let outcome = TestRunner::new(config).run(&round, |requests| {
            let mut before = server.dump();
            for broken in &requests {
                if sent(server, &ada, broken) {
                    before = server.dump();
                }
            }
            prop_assert!(server.dump() == before, "a refusal changed something");
            Ok(())
        });
        assert!(outcome.is_ok(), "{:.3000}", format!("{outcome:?}"));
        ada.post("/v2/users/self/credentials/token", &json!({})).expect(200);
    }
}
