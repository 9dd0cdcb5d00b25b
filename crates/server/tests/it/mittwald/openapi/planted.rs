//! The check itself: answers that it must refuse, and what only looks like one.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Exchange, faults};

/// A page of one conversation, as it should be.
fn page() -> Value {
    let user = json!({"userId": "0190f5e2-4c8f-7d3a-9b61-0123456789ab", "clearName": "Ada"});
    json!([{
        "conversationId": "0190f5e2-4c8f-7d3a-9b61-0123456789ab",
        "shortId": "7",
        "title": "A title",
        "status": "open",
        "visibility": "private",
        "createdAt": "2026-01-02T03:04:05.678Z",
        "mainUser": user,
        "createdBy": user,
        "sharedWith": {"domain": "project", "aggregate": "project", "id": "p-1"},
    }])
}

fn headers(and: &[(&'static str, &'static str)]) -> HeaderMap {
    let limits = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(|name| (name, "1"));
    let pages = ["x-pagination-limit", "x-pagination-skip", "x-pagination-page", "x-pagination-totalcount"];
    let usual = [("content-type", "application/json; charset=utf-8")].into_iter().chain(limits);
    let all = usual.chain(pages.map(|name| (name, "1"))).chain(and.iter().copied());
    let mut headers = HeaderMap::new();
    for (name, value) in all.filter(|(_, value)| !value.is_empty()) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, _) in and.iter().filter(|(_, value)| value.is_empty()) {
        headers.remove(*name);
    }
    headers
}

/// How many faults an answer to `GET /v2/conversations` has.
fn of_page(status: u16, headers: &HeaderMap, body: &Value) -> usize {
    let body = body.to_string();
    faults(&Exchange { method: "GET", path: "/v2/conversations", status, headers, body: body.as_bytes() })
        .len()
}

fn of_other(
    method: &str,
    path: &str,
    status: u16,
    and: &[(&'static str, &'static str)],
    body: &str,
) -> usize {
    faults(&Exchange { method, path, status, headers: &headers(and), body: body.as_bytes() }).len()
}

#[test]
fn what_the_document_allows_has_no_fault() {
    let error = json!({"type": "Unauthenticated", "message": "no token"});
    assert_eq!(of_page(200, &headers(&[]), &page()), 0);
    assert_eq!(of_page(401, &headers(&[]), &error), 0);
    assert_eq!(of_page(405, &headers(&[("etag", "276638689419853824")]), &error), 0);
    assert_eq!(of_other("GET", "/v2/nothing", 404, &[], &error.to_string()), 0);
    assert_eq!(of_other("POST", "/v2/relocation", 204, &[("etag", "3")], ""), 0);
    assert_eq!(of_other("GET", "/v2/files/1/a.png", 200, &[("content-type", "image/png")], "bytes"), 0);
    let invalid = r#"{"type": "ValidationError", "validationErrors": [{"message": "m", "path": ".a", "type": "required", "context": {"missingProperty": "a"}}]}"#;
    assert_eq!(of_other("PUT", "/v2/conversations/1/status", 400, &[], invalid), 0);
}

#[test]
fn every_breach_of_the_document_is_found() {
    let planted = |pointer: &str, value: Value| {
        let mut page = page();
        *page.pointer_mut(pointer).expect("it is there") = value;
        of_page(200, &headers(&[]), &page)
    };
    assert_eq!(planted("/0/status", json!("pending")), 1);
    assert_eq!(planted("/0/conversationId", json!("7")), 1);
    assert_eq!(planted("/0/createdAt", json!("2026-01-02 03:04:05")), 1);
    assert_eq!(planted("/0/mainUser", json!({"clearName": "Ada"})), 1);
    assert_eq!(planted("/0/sharedWith/domain", json!("app")), 1);
    assert_eq!(
        planted("/0/createdBy", json!({"userId": "0190f5e2-4c8f-7d3a-9b61-0123456789ab", "name": "Ada"})),
        1
    );
    assert_eq!(planted("/0", json!({})), 7);
    assert_eq!(planted("", json!({})), 1);
}

#[test]
fn a_status_a_header_or_a_body_that_the_document_does_not_know_is_found() {
    let error = r#"{"type": "t", "message": "m"}"#;
    assert_eq!(of_page(201, &headers(&[]), &page()), 1);
    assert_eq!(of_page(200, &headers(&[("content-type", "text/plain")]), &page()), 1);
    assert_eq!(of_page(200, &headers(&[("x-pagination-totalcount", "many")]), &page()), 1);
    assert_eq!(of_page(200, &headers(&[("x-ratelimit-reset", "")]), &page()), 1);
    assert_eq!(of_page(200, &headers(&[("etag", "\"abc\"")]), &page()), 1);
    assert_eq!(of_other("GET", "/v2/nothing", 200, &[], error), 1);
    assert_eq!(of_other("GET", "/v2/nothing", 404, &[], r#"{"code": "not_found", "message": "m"}"#), 2);
    assert_eq!(of_other("PUT", "/v2/conversations/1/status", 400, &[], error), 2);
    assert_eq!(of_other("PUT", "/v2/conversations/1/status", 404, &[], "gone"), 1);
    assert_eq!(of_other("POST", "/v2/relocation", 204, &[], ""), 1);
    assert_eq!(of_other("POST", "/v2/relocation", 204, &[("etag", "3")], "{}"), 1);
}
