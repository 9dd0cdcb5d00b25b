//! What the log says of requests: never a token, a link or what somebody wrote.

use std::io;
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use super::talk::{Talk, png};
use crate::support::{Database, Server};

const SAID: &str = "said-in-confidence";

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything the server itself logs from now on in this process, in full.
fn listen() -> Written {
    let written = Written::default();
    let writer = written.clone();
    let ours: Targets = "off,parlance_server=trace,parlance_engine=trace,tower_http=trace".parse().unwrap();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(ours).with(lines);
    tracing::subscriber::set_global_default(subscriber).expect("nothing else listens");
    written
}

#[test]
fn the_log_holds_no_token_no_link_and_nothing_that_was_said() {
    let written = listen();
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
    let talk = Talk::begin(&server, &ada);
    ada.post(&talk.messages(), &json!({"body": SAID})).expect(201);
    bob.get(&talk.messages()).expect(200);
    ada.post(&talk.messages(), &json!({"body": [SAID]})).expect(400);
    ada.post_once(&talk.messages(), SAID, &json!({"body": ""})).expect(400);
    ada.get(&format!("/conversations?token={}&page={SAID}", ada.token)).expect(400);
    server
        .send(server.request(Method::GET, "/conversations").bearer_auth(format!("{}x", ada.token)))
        .expect(401);
    server
        .send(server.request(Method::GET, "/conversations").bearer_auth(format!("{SAID}.{SAID}.x")))
        .expect(401);
    server.send(server.request(Method::PUT, &talk.upload_url).body(png())).expect(200);
    server.send(server.request(Method::PUT, &talk.upload_url).body(SAID)).expect(409);
    server.send(server.request(Method::GET, &format!("{}x", talk.view_url))).expect(404);
    assert_eq!(server.send(server.request(Method::GET, &talk.view_url)).status, 200);
    server.stop();

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("path=/uploads/…") && log.contains("path=/files/…"),
        "the requests are logged:\n{log}"
    );
    let links = [&talk.upload_url, &talk.view_url].map(|url| url.rsplit('/').next().unwrap().to_owned());
    for secret in [SAID, ada.token.as_str(), bob.token.as_str(), &links[0], &links[1]] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}
