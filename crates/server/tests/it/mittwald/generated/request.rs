//! Requests for the operations of the OpenAPI document: right, nearly right and hostile.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;

use super::value::{hostile, nearly, odd, valid};
use crate::mittwald::openapi::{Document, Operation};

/// What exists and can be named: values for parameters by their names, and every id there is.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub parameters: BTreeMap<&'static str, Vec<String>>,
    pub ids: Vec<String>,
}

/// A request as it goes onto the wire, but for who sends it.
#[derive(Clone)]
pub struct Generated {
    pub method: String,
    /// As the document has it, with its parameters in braces.
    pub template: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the body is one that the document allows, as far as that can be told.
    pub body_is_valid: bool,
}

impl Generated {
    pub fn bytes(&self, token: Option<&str>) -> Vec<u8> {
        let mut head =
            format!("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", self.method, self.target);
        if let Some(token) = token {
            head += &format!("x-access-token: {token}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut bytes = format!("{head}content-length: {}\r\n\r\n", self.body.len()).into_bytes();
        bytes.extend(&self.body);
        bytes
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl fmt::Debug for Generated {
    /// As it is sent, its long parts cut short.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body).escape_debug().to_string();
        write!(
            to,
            "{} {:.400} {:?} {body:.400} ({} bytes)",
            self.method,
            self.target,
            self.headers,
            self.body.len()
        )
    }
}

/// Any operation, in any of the three ways.
pub fn request(names: Names) -> impl Strategy<Value = Generated> {
    let operations: Vec<usize> = (0..Document::read().operations().len()).collect();
    select(operations).prop_flat_map(move |n| of(&Document::read().operations()[n], &names))
}

fn of(operation: &'static Operation, names: &Names) -> BoxedStrategy<Generated> {
    let path = path(operation, names);
    let parts = (path, query(operation, names), headers(operation, names), body(operation, names));
    parts
        .prop_map(move |(path, query, mut headers, (kind, body, body_is_valid))| {
            headers.extend(kind.map(|kind| ("content-type".to_owned(), kind)));
            let target = if query.is_empty() { path } else { format!("{path}?{query}") };
            let (method, template) = (operation.method.clone(), operation.path.clone());
            Generated { method, template, target, headers, body, body_is_valid }
        })
        .boxed()
}

/// Text in a part of a URL.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn path(operation: &Operation, names: &Names) -> BoxedStrategy<String> {
    let part = |part: &str| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        None => Just(part.to_owned()).boxed(),
        Some(name) => {
            let known = names.parameters.get(name).unwrap_or(&names.ids).clone();
            let others = hostile().prop_map(|text| encoded(&text.chars().take(400).collect::<String>()));
            prop_oneof![8 => select(known), 1 => select(names.ids.clone()), 1 => others].boxed()
        }
    };
    let parts: Vec<_> = operation.path.split('/').map(part).collect();
    parts.prop_map(|parts| parts.join("/")).boxed()
}

fn query(operation: &Operation, names: &Names) -> BoxedStrategy<String> {
    let parameters: Vec<Value> = operation.parameters("query").cloned().collect();
    let pairs: Vec<_> = parameters.iter().map(|parameter| pair(parameter, names)).collect();
    let count = pairs.len();
    let chosen = subsequence(pairs, 0..=count).prop_flat_map(|chosen| chosen);
    let extra = prop_oneof![9 => Just(String::new()), 1 => "[a-z\\[\\]=&%]{0,12}"];
    (chosen, extra)
        .prop_map(|(pairs, extra)| {
            let all: Vec<String> = pairs.into_iter().chain([extra]).filter(|pair| !pair.is_empty()).collect();
            all.join("&")
        })
        .boxed()
}

/// One parameter, an array in any of its spellings.
fn pair(parameter: &Value, names: &Names) -> BoxedStrategy<String> {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let value = prop_oneof![4 => valid(&parameter["schema"], &names.ids), 1 => odd()];
    (value, 0..3_u8)
        .prop_map(move |(value, spelling)| {
            let items = match value {
                Value::Array(items) => items,
                value => return format!("{name}={}", encoded(&plain(&value))),
            };
            let spelled = items.iter().enumerate().map(|(n, item)| match spelling {
                0 => format!("{name}={}", encoded(&plain(item))),
                1 => format!("{name}[{n}]={}", encoded(&plain(item))),
                _ => format!("{name}%5B{n}%5D={}", encoded(&plain(item))),
            });
            spelled.collect::<Vec<_>>().join("&")
        })
        .boxed()
}

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(400).collect()
}

fn headers(operation: &Operation, names: &Names) -> BoxedStrategy<Vec<(String, String)>> {
    let known = names.parameters.get("Token").unwrap_or(&names.ids).clone();
    let all = operation.parameters("header").map(|parameter| {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let value = if name == "Token" { select(known.clone()).boxed() } else { "[!-~]{1,30}".boxed() };
        (Just(name), value).boxed()
    });
    let event = select(vec!["1", "0", "-1", "x", "", "18446744073709551616"]).prop_map(str::to_owned);
    let all: Vec<_> = all.chain([(Just("if-event-reached".to_owned()), event).boxed()]).collect();
    let count = all.len();
    subsequence(all, 0..=count).prop_flat_map(|chosen| chosen).boxed()
}

/// The content type, the bytes, and whether they are what the document allows.
type Body = (Option<String>, Vec<u8>, bool);

fn body(operation: &'static Operation, names: &Names) -> BoxedStrategy<Body> {
    if operation.facts.pointer("/requestBody/content/multipart~1form-data").is_some() {
        return multipart();
    }
    let Some(schema) = operation.body() else { return Just((None, Vec::new(), true)).boxed() };
    let json = |value: Value| {
        // PHP spells an object without members `[]`, and that is what is meant by it.
        let meant = if value == serde_json::json!([]) { serde_json::json!({}) } else { value.clone() };
        let valid = Document::read().validator(schema).is_valid(&meant);
        (Some("application/json".to_owned()), value.to_string().into_bytes(), valid)
    };
    let right = valid(schema, &names.ids).prop_map(json);
    let near = nearly(schema, &names.ids).prop_map(json);
    let broken = (valid(schema, &names.ids), any::<prop::sample::Index>()).prop_map(|(value, at)| {
        let mut bytes = value.to_string().into_bytes();
        bytes.truncate(at.index(bytes.len()));
        (Some("application/json".to_owned()), bytes, false)
    });
    let texts = vec!["{", "[[[[[[", "{\"title\":\"\\ud800\"}", "NaN", "\u{feff}{}", "-"];
    let odd =
        select(texts).prop_map(|text| (Some("application/json".to_owned()), text.as_bytes().to_vec(), false));
    let kinds = select(vec![
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data",
    ]);
    let other = (kinds, hostile()).prop_map(|(kind, text)| (Some(kind.to_owned()), text.into_bytes(), false));
    prop_oneof![5 => right, 5 => near, 1 => broken, 1 => odd, 1 => other].boxed()
}

fn multipart() -> BoxedStrategy<Body> {
    let names =
        select(vec!["a.csv", "a.png", "a.svg", "../a.csv", "a", ".csv", "a.csv.exe", "\u{202e}a.csv", ""]);
    let content = prop_oneof!["[ -~]{0,40}", hostile()];
    (names, content, any::<bool>())
        .prop_map(|(name, content, whole)| {
            let content: String = content.chars().take(9_000).collect();
            let end = if whole { "\r\n--b--\r\n" } else { "" };
            let body = format!(
                "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n{content}{end}"
            );
            (Some("multipart/form-data; boundary=b".to_owned()), body.into_bytes(), false)
        })
        .boxed()
}
