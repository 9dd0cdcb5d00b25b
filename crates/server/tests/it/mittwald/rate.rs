//! `X-RateLimit-*`, on every answer.

use std::num::NonZeroU32;

use parlance_server::config::Config;

use crate::support::{Answer, Database, Server};

const STATUS: &str = "/v2/users/self/sessions/current/status";

/// One request an hour after the first three of a token, and after the first six of an address.
fn strict(config: &mut Config) {
    config.rates.token_per_second = 1;
    config.rates.token_burst = NonZeroU32::new(3).unwrap();
    config.rates.address_per_second = 1;
    config.rates.address_burst = NonZeroU32::new(200).unwrap();
}

fn number(answer: &Answer, name: &str) -> u32 {
    answer.headers[name].to_str().unwrap().parse().unwrap()
}

#[test]
fn every_answer_says_how_many_requests_are_left() {
    let server = Server::configured(Database::sqlite(), strict);
    let desk = server.workspace("desk");
    let ada = server.customer(&desk, "ada");
    let first = ada.get(STATUS);
    assert_eq!((number(&first, "x-ratelimit-limit"), number(&first, "x-ratelimit-remaining")), (3, 2));
    assert!(number(&first, "x-ratelimit-reset") >= 1);
    let mut answers: Vec<Answer> = (0..8).map(|_| ada.get(STATUS)).collect();
    let refused = answers.pop().unwrap();
    let body = refused.expect(429);
    assert_eq!(body, serde_json::json!({"type": "RateLimitError", "message": "too many requests"}));
    assert_eq!(number(&refused, "x-ratelimit-remaining"), 0);
    assert!(number(&refused, "retry-after") >= 1);
    // Whoever has no token is counted by their address, whatever became of the request.
    for path in ["/v2/nothing", STATUS] {
        let answer = server.send(server.request(reqwest::Method::GET, path));
        assert!(answer.status.is_client_error());
        assert_eq!(number(&answer, "x-ratelimit-limit"), 200, "{path}");
    }
}

#[test]
fn where_nothing_is_limited_every_answer_says_so() {
    let server = Server::start(Database::sqlite());
    let desk = server.workspace("desk");
    let ada = server.customer(&desk, "ada");
    for path in [STATUS, "/v2/nothing"] {
        let answer = ada.get(path);
        assert_eq!(answer.headers["x-ratelimit-exempt"], "yes");
        assert!(answer.headers.get("x-ratelimit-limit").is_none());
    }
    assert!(ada.get("/conversations").headers.get("x-ratelimit-exempt").is_none(), "another dialect");
}
