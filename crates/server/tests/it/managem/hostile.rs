//! Broken requests by the thousand: each gets a documented status and the dialect's JSON error, and changes nothing.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::broken::{Broken, Names, request};
use super::talk::Talk;
use crate::support::raw::{RawAnswer, exchange, exchange_half};
use crate::support::{Database, Server, on_both};

/// Rounds of one run, and requests in each; between two rounds the whole database is looked at.
const ROUNDS: u32 = 80;
const REQUESTS: usize = 30;

/// Every status that this dialect's page documents for a request that is not done.
const REFUSALS: [u16; 15] = [400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 422, 429, 431, 451, 503];

fn checked(broken: &Broken, answer: Option<RawAnswer>) -> Option<RawAnswer> {
    let Some(answer) = answer else {
        assert!(broken.framing_is_broken, "no answer to {broken:?}");
        return None;
    };
    let is_head = broken.method.eq_ignore_ascii_case("HEAD");
    match answer.status {
        200 | 201 => assert!(is_head || answer.json().is_some(), "{answer:?} to {broken:?}"),
        204 => assert!(answer.body.is_empty(), "{answer:?} to {broken:?}"),
        status => {
            assert!(REFUSALS.contains(&status), "{answer:?} to {broken:?}");
            assert!(is_head || is_error(&answer), "{answer:?} to {broken:?}");
        }
    }
    Some(answer)
}

/// `{"code","message"}`, and `reasons` where something was rejected; as JSON, not to be kept. What never became a request
/// has no dialect yet, and bears another dialect's `type` as well.
fn is_error(answer: &RawAnswer) -> bool {
    let members = answer.json().and_then(|json| json.as_object().cloned()).unwrap_or_default();
    let known = members.iter().all(|(name, value)| match name.as_str() {
        "code" | "message" => value.as_str().is_some_and(|text| (1..=400).contains(&text.chars().count())),
        "type" => Some(value) == members.get("code") && answer.head.contains("connection: close"),
        "reasons" => value.is_array() && answer.status == 451,
        _ => false,
    });
    let head = &answer.head;
    known
        && members.len() >= 2
        && head.contains("content-type: application/json")
        && head.contains("cache-control: no-store")
}

/// Sends one; whether it may have changed something because it was not broken enough.
fn sent(server: &Server, broken: &Broken) -> bool {
    let exchange = if broken.framing_is_broken { exchange_half } else { exchange };
    let answer = checked(broken, exchange(server.address(), &broken.bytes()));
    answer.is_some_and(|answer| answer.status < 400 && broken.method != "GET" && broken.method != "HEAD")
}

on_both! {
    fn whatever_is_sent_is_answered_in_this_dialect_and_a_refusal_changes_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let names = Names::of(&ada, &talk);
        let config = Config { cases: ROUNDS, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let round = prop::collection::vec(request(names), REQUESTS);
        let outcome = TestRunner::new(config).run(&round, |requests| {
            let mut before = server.dump();
            for broken in &requests {
                if sent(server, broken) {
                    before = server.dump();
                }
            }
            prop_assert!(server.dump() == before, "a refusal changed something");
            Ok(())
        });
        outcome.unwrap();
        ada.get("/conversations").expect(200);
    }

    fn a_path_of_another_case_or_with_a_slash_at_its_end_is_another_path(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        let paths = [talk.messages(), talk.attachments(), "/conversations".into(), "/user/stats".into()];
        for path in paths {
            let upper = talk.conversation.to_ascii_uppercase();
            let spelled = [
                format!("{path}/"),
                format!("/{path}"),
                format!("{path}//"),
                path.to_ascii_uppercase(),
                path.replacen("/c", "/C", 1).replacen("/u", "/U", 1),
                path.replace("messages", "Messages").replace("stats", "Stats"),
                path.replace(&talk.conversation, &upper),
                format!("{path}%00"),
                format!("{path}/../lock"),
            ];
            for other in spelled.iter().filter(|other| **other != path) {
                for method in ["GET", "POST", "PATCH", "DELETE"] {
                    let token = &ada.token;
                    let head = format!("{method} {other} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n");
                    let answer = exchange(server.address(), head.as_bytes()).expect("an answer");
                    assert!([404, 405].contains(&answer.status), "{method} {other}: {answer:?}");
                    assert!(is_error(&answer), "{method} {other}: {answer:?}");
                }
            }
        }
        assert_eq!(server.dump(), before);
    }
}
