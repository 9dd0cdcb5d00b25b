//! What the OpenAPI document promises of every answer, checked on every answer that a test here gets.

mod document;
mod planted;
mod undocumented;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

pub use document::{Document, Operation};

/// Paths of this dialect begin with it.
pub const PREFIX: &str = "/v2/";

/// Operations of ours that the document does not have: deleting a token, which it describes only by creating one.
const OURS: [(&str, &str); 1] = [("DELETE", "/v2/users/self/api-tokens/")];

/// What was asked, and what came back.
pub struct Exchange<'e> {
    pub method: &'e str,
    /// Without the query.
    pub path: &'e str,
    pub status: u16,
    pub headers: &'e HeaderMap,
    pub body: &'e [u8],
}

/// Fails with everything that the document does not allow in an answer.
#[track_caller]
pub fn check(exchange: &Exchange<'_>) {
    let faults = faults(exchange);
    let body = String::from_utf8_lossy(&exchange.body[..exchange.body.len().min(2_000)]);
    let Exchange { method, path, status, headers, .. } = exchange;
    assert!(
        faults.is_empty(),
        "{method} {path} is answered {status}, which the OpenAPI document does not allow:\n- {}\nheaders: {headers:?}\nbody: {body}",
        faults.join("\n- ")
    );
}

/// Everything that the document does not allow in an answer.
pub fn faults(exchange: &Exchange<'_>) -> Vec<String> {
    let mut faults = limits(exchange.headers);
    // What the document does not know can only be refused, and then looks like any other failure.
    let unknown = Document::read().operation("GET", "/v2/conversations");
    let method = if exchange.method == "HEAD" { "GET" } else { exchange.method };
    match Document::read().operation(method, exchange.path) {
        Some(operation) => {
            faults.extend(body(operation, exchange));
            faults.extend(pages(operation, exchange));
            faults.extend(etag(exchange));
        }
        None if is_ours(exchange) => faults.extend(etag(exchange)),
        None if exchange.status < 400 => faults.push("the document has no such operation".into()),
        None => faults.extend(unknown.into_iter().flat_map(|operation| body(operation, exchange))),
    }
    faults
}

/// Done, and the refusals of such an operation are looked at as those of any unknown one.
fn is_ours(exchange: &Exchange<'_>) -> bool {
    let named = |(method, path): &(&str, &str)| exchange.method == *method && exchange.path.starts_with(path);
    exchange.status < 400 && OURS.iter().any(named)
}

fn limits(headers: &HeaderMap) -> Vec<String> {
    let exempt = headers.get("x-ratelimit-exempt").is_some_and(|value| value == "yes");
    let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
    names.into_iter().filter(|_| !exempt).flat_map(|name| number(headers, name)).collect()
}

fn pages(operation: &Operation, exchange: &Exchange<'_>) -> Vec<String> {
    let response = operation.response(Document::read(), exchange.status);
    let named = response.and_then(|response| response["headers"].as_object());
    let names = named.into_iter().flat_map(|headers| headers.keys());
    let pages = names.filter(|name| name.starts_with("X-Pagination-"));
    pages.flat_map(|name| number(exchange.headers, name)).collect()
}

fn number(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_number = value.is_some_and(|value| value.parse::<u64>().is_ok());
    (!is_number).then(|| format!("{name} is {value:?}, not a number"))
}

/// An answer to a mutation carries the number of its event. One client takes the header from any answer, so wherever
/// it stands it must be such a number.
fn etag(exchange: &Exchange<'_>) -> Option<String> {
    if is_file(exchange) && exchange.headers.contains_key("etag") {
        return quoted(exchange.headers);
    }
    let mutated = exchange.status < 300 && exchange.method != "GET" && exchange.method != "HEAD";
    let must =
        mutated && exchange.path != "/v2/authenticate" && exchange.path != "/v2/users/self/credentials/token";
    if must || exchange.headers.contains_key("etag") { number(exchange.headers, "etag") } else { None }
}

/// Whether the bytes of a file were asked for.
fn is_file(exchange: &Exchange<'_>) -> bool {
    exchange.method != "POST" && exchange.path.starts_with("/v2/files/") && !exchange.path.ends_with("/meta")
}

/// A file carries a tag of its own, so that a part of it can be asked for again. Quoted, it is no number of an event,
/// and is no wish where a client sends it back as one.
fn quoted(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default();
    let is_quoted = tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"');
    (!is_quoted).then(|| format!("the file's etag is {tag:?}, not a text in quotes"))
}

fn body(operation: &Operation, exchange: &Exchange<'_>) -> Vec<String> {
    let document = Document::read();
    // Who asks for a part of a file, or only for a newer one, speaks HTTP and not of this document.
    if is_file(exchange) && matches!(exchange.status, 206 | 304) {
        return Vec::new();
    }
    let Some(response) = operation.response(document, exchange.status) else {
        return vec!["this status is not documented".into()];
    };
    let contents = response["content"].as_object();
    let kinds: Vec<&str> = contents.into_iter().flat_map(|all| all.keys()).map(String::as_str).collect();
    let schema = response.pointer("/content/application~1json/schema");
    match schema {
        Some(schema) => json_body(document, schema, exchange),
        // A file is sent as what it is, whatever the document calls it.
        None if !kinds.is_empty() => Vec::new(),
        None if exchange.body.is_empty() => Vec::new(),
        None => vec!["there must be no body".into()],
    }
}

fn json_body(document: &Document, schema: &Value, exchange: &Exchange<'_>) -> Vec<String> {
    let kind = exchange.headers.get("content-type").map(|kind| kind.to_str().unwrap_or_default());
    if exchange.method == "HEAD" {
        return Vec::new();
    }
    if kind.is_none_or(|kind| kind.split(';').next() != Some("application/json")) {
        return vec![format!("the content type is {kind:?}")];
    }
    match serde_json::from_slice::<Value>(exchange.body) {
        Ok(value) => against(document, schema, &value, exchange.status),
        Err(problem) => vec![format!("the body is not JSON: {problem}")],
    }
}

fn against(document: &Document, schema: &Value, value: &Value, status: u16) -> Vec<String> {
    let validator = document.validator(schema);
    let invalid = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path()));
    // Any failure may name what was wrong, also where the document has no words of its own for it.
    let faults = json!({"$ref": "#/components/schemas/de.mittwald.v1.commons.ValidationErrors"});
    let schemas = if status >= 400 { vec![schema, &faults] } else { vec![schema] };
    let unknown = undocumented::members(document, &schemas, value);
    let unknown = unknown.into_iter().map(|at| format!("{at} is not documented"));
    invalid.chain(unknown).collect()
}
