//! Carriers that are spoken to by HTTP: a gateway of the operator's own, and RCS.

mod believed;
mod http;
mod rcs;

use hmac::{Hmac, KeyInit, Mac};
use parlance_engine::carrier::{self, Carrier, Kind, New};
use parlance_engine::person;
use parlance_engine::workspace::{self, Workspace};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Answer, Server, User, until};

/// Writes a test once and runs it on both databases, with the other end of the carrier beside the server.
macro_rules! with_gateway {
    ($($(#[$meta:meta])* fn $name:ident($server:ident: &Server, $gateway:ident: &Receiver) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($server: &Server, $gateway: &Receiver) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                body(&Server::start(crate::support::Database::sqlite()), &Receiver::start());
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let Some(database) = crate::support::Database::postgres() {
                    body(&Server::start(database), &Receiver::start());
                }
            }
        }
    )*};
}
use with_gateway;

/// A workspace with a carrier and somebody who answers.
struct Shop<'s> {
    server: &'s Server,
    workspace: Workspace,
    carrier: Carrier,
    agent: User<'s>,
}

impl<'s> Shop<'s> {
    fn open(server: &'s Server, kind: Kind, url: &str) -> Shop<'s> {
        Shop::named(server, "shop", kind, url)
    }

    fn named(server: &'s Server, slug: &'static str, kind: Kind, url: &str) -> Shop<'s> {
        let free = workspace::Change { billing: Some(false), ..workspace::Change::default() };
        let workspace = server.workspace_with(slug, free);
        let agent = server.user(&workspace, person::Kind::Agent, "agnes");
        let new = New { kind, address: "12345".into(), url: Some(url.to_owned()) };
        let carrier = server.operator(Some(&workspace), move |cx| carrier::add(cx, &new));
        Shop { server, workspace, carrier, agent }
    }

    fn secret(&self) -> &str {
        self.carrier.secret.as_deref().expect("this kind has a secret")
    }

    fn path(&self, what: &str) -> String {
        format!("/carriers/{}/{what}", self.carrier.id)
    }

    /// Calls an endpoint of the gateway's as the gateway does.
    fn tell(&self, what: &str, body: &Value) -> Answer {
        let now = self.server.engine.now().0 / 1_000_000;
        self.tell_sealed(what, body.to_string().as_bytes(), (self.secret(), now))
    }

    /// [`Shop::tell`], sealed with this secret at this time.
    fn tell_sealed(&self, what: &str, body: &[u8], (secret, seconds): (&str, i64)) -> Answer {
        let request = self.server.request(Method::POST, &self.path(what)).body(body.to_vec());
        let request = request.header("x-parlance-timestamp", seconds);
        self.server.send(request.header("x-parlance-signature", seal(secret, seconds, body)))
    }

    /// The agent answers in the line that there is.
    fn answer(&self, text: &str) {
        let line = self.lines().remove(0);
        let path = format!("/v2/conversations/{line}/messages");
        self.agent.post(&path, &json!({ "messageContent": text })).expect(201);
    }

    /// The ids of the lines.
    fn lines(&self) -> Vec<String> {
        let all = self.agent.get("/v2/conversations").expect(200);
        let ids = all.as_array().expect("a list").iter();
        ids.map(|line| line["conversationId"].as_str().expect("an id").to_owned()).collect()
    }

    /// What was said in all lines, and how far it came.
    fn said(&self) -> Vec<String> {
        let w = self.workspace.id;
        let rows = self.server.rows(format!(
            "SELECT body || '|' || COALESCE(delivery, '-') AS said FROM message WHERE workspace = {w} ORDER BY idx"
        ));
        rows.into_iter().map(|row| plain(&row)).collect()
    }

    /// Waits until this was said, and came so far.
    fn until_said(&self, said: &[&str]) {
        until("what is said", || self.said() == said);
    }
}

/// One text as either database's driver shows it.
fn plain(row: &str) -> String {
    let text =
        row.trim_start_matches("Text(").trim_start_matches('(').trim_end_matches(')').trim_matches('"');
    // SQLite's driver shows a text as its bytes.
    match serde_json::from_str::<Vec<u8>>(text) {
        Ok(bytes) => String::from_utf8(bytes).expect("UTF-8"),
        Err(_) => text.to_owned(),
    }
}

fn seal(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    let mac = mac.chain_update(format!("{seconds}.")).chain_update(body);
    mac.finalize().into_bytes().iter().fold("v1=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
