//! A support desk: the real program, and people whose clients speak to it.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::mittwald::openapi::{self, Exchange};
use crate::support::Database;
use crate::support::client::{Drive, Language};
use crate::support::process::{Installation, Process};

/// What ada and bob belong to.
const PROJECT: &str = "5c2f0d7e-1a57-4d0c-9f0a-7b1d4a3e6f01";
/// What ada owns.
const CUSTOMER: &str = "8f14e45f-ceea-467f-a0e6-1c2b3d4e5f60";
/// Everybody's password.
const PASSWORD: &str = "correct horse battery staple";

/// A running installation with a workspace in it.
pub struct Desk {
    _server: Process,
    /// What the scripts know of it.
    pub setting: Value,
    _installation: Installation,
}

impl Desk {
    pub fn open(database: Database) -> Desk {
        let installation = Installation::new(database);
        installation.command(&["workspace", "add", "desk"]);
        let people = ["ada", "bob", "mallory"].map(|name| (name, "customer"));
        let people = people.into_iter().chain([("eve", "agent")]);
        let people: Map<String, Value> =
            people.map(|(name, kind)| (name.to_owned(), person(&installation, name, kind))).collect();
        for (name, domain, id, role) in [
            ("ada", "project", PROJECT, "owner"),
            ("bob", "project", PROJECT, "external"),
            ("ada", "customer", CUSTOMER, "owner"),
        ] {
            let line = format!(
                "membership add --workspace desk --person {name} --domain {domain} --aggregate {domain} --id {id} --role {role}"
            );
            installation.command(&line.split(' ').collect::<Vec<_>>());
        }
        let server = installation.start();
        let setting = json!({"url": server.url, "people": people, "project": PROJECT, "customer": CUSTOMER});
        Desk { setting, _server: server, _installation: installation }
    }

    /// Runs a script with an official client; whatever it was answered must be what the OpenAPI document allows.
    pub fn drive(&self, language: Language, script: &str) {
        let Some(drive) = Drive::prepare(language, "mittwald") else { return };
        let exchanges = drive.run(script, &self.setting);
        assert!(!exchanges.is_empty(), "{script} has asked nothing");
        exchanges.iter().for_each(check);
    }
}

fn person(installation: &Installation, name: &str, kind: &str) -> Value {
    let email = format!("{name}@example.com");
    let line = format!(
        "person add --workspace desk --kind {kind} --external-id {name} --username {name} --email {email} --password-stdin"
    );
    let mut arguments: Vec<&str> = line.split(' ').collect();
    let full_name = format!("{}{} Example", name[..1].to_uppercase(), &name[1..]);
    arguments.extend(["--name", &full_name]);
    let added = installation.command_reading(&arguments, PASSWORD);
    let token = installation.command(&["token", "add", "--workspace", "desk", "--person", name]);
    json!({"id": added["id"], "name": full_name, "token": token["token"], "email": email, "password": PASSWORD})
}

/// Checks one exchange as a script has written it down.
fn check(exchange: &Value) {
    let text = |name: &str| exchange[name].as_str().unwrap_or_default();
    let named = exchange["headers"].as_object().expect("an exchange has headers");
    let headers: HeaderMap = named
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            (name, HeaderValue::from_str(value.as_str().unwrap_or_default()).expect("a header's value"))
        })
        .collect();
    let status = exchange["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    openapi::check(&Exchange {
        method: text("method"),
        path: text("path"),
        status: status.expect("an exchange has a status"),
        headers: &headers,
        body: text("body").as_bytes(),
    });
}
