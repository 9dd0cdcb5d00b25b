//! What was asked and what came back, as text that is the same in every run.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::Value;

use super::{Answer, Server, User};

/// Headers whose values are part of the promise.
const HEADERS: [&str; 5] = ["content-type", "cache-control", "www-authenticate", "allow", "retry-after"];

/// Requests and answers. Ids become `{1}`, `{2}` … in the order of their appearance, times `{time}`, links `{link}`.
pub struct Transcript<'s> {
    server: &'s Server,
    ids: Vec<String>,
    /// What was written so far.
    pub text: String,
}

impl<'s> Transcript<'s> {
    pub fn new(server: &'s Server) -> Transcript<'s> {
        Transcript { server, ids: Vec::new(), text: String::new() }
    }

    /// Sends a request, writes it down with its answer, and gives the answer's body.
    pub fn ask(&mut self, who: &User<'_>, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = who.request(method.clone(), path);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = self.server.send(request);
        let asked = path.split('/').map(|part| self.redacted(part)).collect::<Vec<_>>().join("/");
        let sent = body.map(|body| format!(" {body}")).unwrap_or_default();
        let _ = writeln!(self.text, "> {method} {asked}{sent}");
        self.write(&answer)
    }

    pub fn get(&mut self, who: &User<'_>, path: &str) -> Value {
        self.ask(who, Method::GET, path, None)
    }

    pub fn post(&mut self, who: &User<'_>, path: &str, body: Value) -> Value {
        self.ask(who, Method::POST, path, Some(body))
    }

    fn write(&mut self, answer: &Answer) -> Value {
        let _ = writeln!(self.text, "< {}", answer.status);
        for name in HEADERS {
            if let Some(value) = answer.headers.get(name) {
                let _ = writeln!(self.text, "< {name}: {}", value.to_str().expect("a plain header"));
            }
        }
        let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
        let mut shown = body.clone();
        self.redact(&mut shown);
        let _ = writeln!(self.text, "{}\n", serde_json::to_string_pretty(&shown).expect("JSON"));
        body
    }

    fn redact(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.redacted(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.redact(value)),
            _ => {}
        }
    }

    fn redacted(&mut self, text: &str) -> String {
        if uuid::Uuid::try_parse(text).is_ok() {
            let known = self.ids.iter().position(|id| id == text);
            let at = known.unwrap_or_else(|| {
                self.ids.push(text.to_owned());
                self.ids.len() - 1
            });
            return format!("{{{}}}", at + 1);
        }
        match text.strip_prefix(&self.server.url).and_then(|path| path.rsplit_once('/')) {
            Some((folder, _)) => format!("{{server}}{folder}/{{link}}"),
            None if is_time(text) => "{time}".to_owned(),
            None => text.to_owned(),
        }
    }
}

/// ISO 8601 in UTC with milliseconds, and nothing else.
fn is_time(text: &str) -> bool {
    text.len() == 24
        && text.ends_with('Z')
        && text.as_bytes()[19] == b'.'
        && text.parse::<jiff::Timestamp>().is_ok()
}
