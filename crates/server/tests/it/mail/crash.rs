//! The real binary, killed in the middle of sending.

use std::collections::BTreeMap;

use serde_json::json;

use super::header;
use crate::support::process::Installation;
use crate::support::{Database, MailServer, Manner, client, until};

fn installation(database: Database, port: u16) -> Installation {
    let mut installation = Installation::new(database);
    let settings = [
        ("PARLANCE_MAIL_HOST", "127.0.0.1".to_owned()),
        ("PARLANCE_MAIL_PORT", port.to_string()),
        ("PARLANCE_MAIL_TLS", "none".to_owned()),
        ("PARLANCE_MAIL_FROM", "notices@shop.test".to_owned()),
        ("PARLANCE_MAIL_INACTIVE_SECONDS", "1".to_owned()),
        ("PARLANCE_MAIL_DIGEST_SECONDS", "1".to_owned()),
        ("PARLANCE_MAIL_RETRY_SECONDS", "1".to_owned()),
        ("PARLANCE_MAIL_TIMEOUT_SECONDS", "1".to_owned()),
    ];
    installation.environment.extend(settings.map(|(name, value)| (name.to_owned(), value)));
    installation
}

/// Sends Bob a message about each order.
fn write(url: &str, token: &str, orders: std::ops::Range<usize>) {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    for order in orders {
        let body = json!({"source": {"type": "ORDER", "id": order.to_string()}, "recipientId": "bob", "body": "Hello"});
        let request = client().post(format!("{url}/conversations")).bearer_auth(token).json(&body);
        let answer = runtime.block_on(request.send()).expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
    }
}

fn nothing_is_lost(database: Database) {
    let post = MailServer::open();
    let installation = installation(database, post.port());
    let tokens = installation.shop(&["ada", "bob"]);
    installation.command(&["person", "set", "bob", "--workspace", "shop", "--email", "bob@home.test"]);
    let server = installation.start();
    // One e-mail is taken and never acknowledged, the others wait behind it: and then the server dies.
    post.behave(Manner::Silent);
    write(&server.url, &tokens[0], 0..6);
    until("an e-mail that is on its way", || !post.letters().is_empty());
    server.kill();
    post.behave(Manner::Take);
    let _server = installation.start();
    let times = || {
        let mut times = BTreeMap::new();
        for letter in post.letters() {
            *times.entry(header(&letter, "Message-ID")).or_insert(0) += 1;
        }
        times
    };
    until("an e-mail about each conversation", || times().len() == 6);
    // Those that were on their way when it died come once more, and bear the name they bore.
    until("one of those that were on their way", || times().values().any(|times| *times == 2));
    assert!(times().len() == 6 && times().values().all(|times| *times <= 2), "{:?}", times());
}

#[test]
fn what_was_owed_when_the_server_was_killed_is_sent_and_at_most_once_too_often_sqlite() {
    nothing_is_lost(Database::sqlite());
}

#[test]
fn what_was_owed_when_the_server_was_killed_is_sent_and_at_most_once_too_often_postgres() {
    if let Some(database) = Database::postgres() {
        nothing_is_lost(database);
    }
}
