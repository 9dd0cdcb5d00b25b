//! The demo workspace: two people and an agent with a token each, and commands to try.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use parlance_engine::credential::token;
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace;
use parlance_engine::{Cx, Engine, Error, Principal, Result, carrier, credit};
use serde::{Deserialize, Serialize};

/// The demo's workspace.
const SLUG: &str = "demo";

/// The demo's own telephone number: a short code, as only machines have them.
const NUMBER: &str = "12345";

/// A hundred of the unit of account, in millionths of it.
const CREDIT_MICRO: i64 = 100_000_000;

/// Where the demo's tokens are kept for the next start, beside the database that knows only their hashes.
const FILE: &str = "demo.json";

/// The tokens of the three.
#[derive(Serialize, Deserialize)]
pub struct Demo {
    ada: String,
    bob: String,
    agnes: String,
}

/// Founds the demo the first time, and finds it every other time.
pub fn prepare(engine: &Engine, data: &Path) -> Result<Demo, String> {
    let path = data.join(FILE);
    let workspace = found(engine).map_err(|e| format!("the demo workspace cannot be made: {e}"))?;
    if let Some(demo) = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
        return Ok(demo);
    }
    let mint = |name: &'static str| engine.write_blocking(workspace, move |cx| token_of(cx, name));
    let demo = mint("ada").and_then(|ada| Ok(Demo { ada, bob: mint("bob")?, agnes: mint("agnes")? }));
    let demo = demo.map_err(|e| format!("the demo's tokens cannot be made: {e}"))?;
    keep(&path, &demo).map_err(|e| format!("the demo's tokens cannot be kept in {}: {e}", path.display()))?;
    Ok(demo)
}

impl Demo {
    /// What to print: where the server is, who may ask, and commands that work.
    #[must_use]
    pub fn welcome(&self, url: &str) -> String {
        let Demo { ada, bob, agnes } = self;
        format!(
            r#"
Parlance answers at {url}

  ada    (a buyer)   {ada}
  bob    (a seller)  {bob}
  agnes  (an agent)  {agnes}

Ada asks Bob about an order:

  curl -s {url}/conversations -H 'Authorization: Bearer {ada}' -H 'Content-Type: application/json' -d '{{"source":{{"type":"ORDER","id":"order-1"}},"recipientId":"bob","body":"Hello Bob, has it been sent?"}}'

Bob sees that something is unread:

  curl -s {url}/conversations/unread-count -H 'Authorization: Bearer {bob}'

Agnes, who answers for support, looks at all conversations as tickets, and finds this one:

  curl -s '{url}/v2/conversations?fullTextSearch=sent' -H 'x-access-token: {agnes}'

Stop with Ctrl-C. What was said is kept, and the next start finds it.
"#
        )
    }
}

/// The demo workspace with its people, made where they are missing.
fn found(engine: &Engine) -> Result<Principal> {
    let made = engine.write_blocking(Principal::OPERATOR, |cx| match workspace::by_slug(cx, SLUG) {
        Err(Error::NotFound) => workspace::add(cx, SLUG, &workspace::Change::default()),
        found => found,
    })?;
    let operator = Principal::Operator(Some(made.id));
    match engine.write_blocking(operator, give_phones) {
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    for (name, kind) in [("ada", Kind::Customer), ("bob", Kind::Customer), ("agnes", Kind::Agent)] {
        match engine.write_blocking(operator, move |cx| person::add(cx, &newcomer(name, kind))) {
            Ok(_) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(operator)
}

/// Simulated telephones that write to one number, and what their answers may cost. [`Error::Conflict`] when they are
/// there already.
fn give_phones(cx: &mut Cx<'_>) -> Result<()> {
    carrier::add(cx, &carrier::New { kind: carrier::Kind::Handset, address: NUMBER.to_owned(), url: None })?;
    credit::add(cx, CREDIT_MICRO, "demo").map(drop)
}

fn newcomer(name: &str, kind: Kind) -> Change {
    let email = Some(format!("{name}@example.com"));
    let name = Some(name.to_owned());
    Change {
        kind: Some(kind),
        facts: Facts { external_id: name.clone(), username: name, email, ..Facts::default() },
        ..Change::default()
    }
}

fn token_of(cx: &mut Cx<'_>, name: &str) -> Result<String> {
    let person = person::by_reference(cx, name)?.id;
    let new = token::New { person, label: Some("demo".into()), can_write: true, expires_at: None };
    token::add(cx, &new).map(|(_, secret)| secret)
}

/// For the owner's eyes alone: a token opens the demo to whoever reads it.
fn keep(path: &Path, demo: &Demo) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(demo)?;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(&text)
}
