//! Generated requests for every operation, against a running server: each answer is one that the OpenAPI document
//! knows, and what is refused changes nothing.

mod furniture;
mod request;
mod value;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use furniture::Furniture;
use request::{Generated, request};

use crate::mittwald::openapi::{Document, Exchange, faults};
use crate::support::raw::{RawAnswer, exchange};
use crate::support::{Database, Server, on_both};

/// Rounds of one run, and requests in each; between two rounds the whole database is looked at.
const ROUNDS: u32 = 50;
const REQUESTS: usize = 30;

/// Says how to repeat the run before it begins.
fn runner() -> TestRunner {
    let config =
        Config { cases: ROUNDS, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => rand::random(),
    };
    eprintln!("PROPTEST_RNG_SEED={seed} repeats this run");
    TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..config })
}

/// Sends one, and fails when the answer is none of those that the document knows.
fn sent(server: &Server, generated: &Generated, token: Option<&str>) -> Result<u16, TestCaseError> {
    let answer = exchange(server.address(), &generated.bytes(token));
    let answer = answer.ok_or_else(|| TestCaseError::fail(format!("no answer to {generated:?}")))?;
    let (headers, RawAnswer { status, body, .. }) = (headers(&answer), &answer);
    let exchange = Exchange {
        method: &generated.method,
        path: generated.path(),
        status: *status,
        headers: &headers,
        body,
    };
    let faults = faults(&exchange);
    let said = String::from_utf8_lossy(&body[..body.len().min(1_000)]);
    prop_assert!(faults.is_empty(), "{generated:?}\nis answered {status}: {faults:#?}\n{headers:?}\n{said}");
    prop_assert!(*status < 500, "{generated:?}\nis answered {status}: {said}");
    Ok(*status)
}

fn headers(answer: &RawAnswer) -> HeaderMap {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let parsed = lines.filter_map(|(name, value)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
    });
    parsed.collect()
}

/// Whether the document says that a request like this must be refused for its body.
fn has_a_wrong_body(generated: &Generated) -> bool {
    let operations = Document::read().operations();
    let of = operations.iter().find(|o| o.method == generated.method && o.path == generated.template);
    let json = of.is_some_and(|operation| operation.needs_body() && operation.body().is_some());
    json && !generated.body_is_valid
}

on_both! {
    fn whatever_is_asked_is_answered_as_the_document_says(server: &Server) {
        let furniture = Furniture::of(server);
        let senders = furniture.senders();
        let round = prop::collection::vec((request(furniture.names()), prop::sample::select(senders)), REQUESTS);
        let outcome = runner().run(&round, |requests| {
            for (generated, token) in &requests {
                let status = sent(server, generated, token.as_deref())?;
                prop_assert!(status >= 400 || !has_a_wrong_body(generated), "{generated:?}\nis answered {status}");
            }
            Ok(())
        });
        outcome.unwrap();
        furniture.is_still_there();
    }

    fn whatever_is_refused_changes_nothing(server: &Server) {
        let furniture = Furniture::of(server);
        let strangers = prop::sample::select(furniture.powerless());
        let round = prop::collection::vec((request(furniture.names_without_powers()), strangers), REQUESTS);
        let before = server.dump();
        let outcome = runner().run(&round, |requests| {
            for (generated, powerless) in &requests {
                let reads = generated.method == "GET" || has_a_wrong_body(generated);
                let token = if reads { Some(furniture.owner()) } else { powerless.as_deref() };
                sent(server, generated, token)?;
            }
            let after = server.dump();
            let changed: Vec<_> = after.lines().filter(|line| !before.contains(line)).collect();
            prop_assert!(after == before, "something changed: {changed:#?}");
            Ok(())
        });
        outcome.unwrap();
    }
}
