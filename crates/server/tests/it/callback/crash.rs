//! The real binary, killed in the middle of calling.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::process::Installation;
use crate::support::{Behaviour, Database, Receiver, until};

/// Callbacks that are due to each customer.
const DUE: usize = 20;

fn installation(database: Database) -> Installation {
    let mut installation = Installation::new(database);
    let settings =
        [("PARLANCE_OUTGOING_ALLOW_NETWORKS", "127.0.0.0/8"), ("PARLANCE_OUTGOING_ALLOW_HTTP", "true")];
    installation.environment.extend(settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    installation
}

/// Writes down that these callbacks are due.
fn owe(installation: &Installation, numbers: std::ops::Range<usize>, url: &str) {
    let now = jiff::Timestamp::now().as_microsecond();
    for n in numbers {
        installation.database.execute(&format!(
            "INSERT INTO callback (workspace, id, kind, url, host, message, subject, number, text, our_address, channel,
                 happened_at, state, attempts, due_at, outcome)
             VALUES (1, '{n}.inbound.1', 'inbound', '{url}', '{url}', '0190f3c4-0000-7000-8000-000000000001', '{n}', '+33600000001', 'Bonjour', '12345',
                 'sms', {now}, 'waiting', 0, {now}, '')"
        ));
    }
}

/// How often each call was heard.
fn times(customer: &Receiver) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for call in customer.heard() {
        *times.entry(call.header("x-parlance-callback-id").to_owned()).or_insert(0) += 1;
    }
    times
}

fn nothing_is_lost(database: Database) {
    let (quick, silent) = (Receiver::start(), Receiver::start());
    let installation = installation(database);
    installation.command(&["workspace", "add", "shop"]);
    owe(&installation, 0..DUE, &quick.url("/in"));
    owe(&installation, DUE..2 * DUE, &silent.url("/in"));
    silent.behave(Behaviour::Silent(Duration::from_secs(60)));
    let server = installation.start();
    until("calls that are under way", || !quick.heard().is_empty() && !silent.heard().is_empty());
    server.kill();
    let asked = times(&silent);
    silent.behave(Behaviour::Answer(200));
    let _server = installation.start();
    until("the end", || {
        let list = installation.command(&["callback", "list", "--workspace", "shop"]);
        list.as_array().is_some_and(|list| list.iter().all(|made| made["state"] == "answered"))
    });
    for (customer, asked) in [(&quick, BTreeMap::new()), (&silent, asked)] {
        let times = times(customer);
        assert_eq!(times.len(), DUE, "all are told");
        assert!(times.values().all(|times| *times <= 2), "and at most once too often: {times:?}");
        assert!(asked.keys().all(|id| times[id] == 2), "what was not answered is told again");
    }
}

#[test]
fn what_was_due_when_the_server_was_killed_is_told_and_at_most_once_too_often_sqlite() {
    nothing_is_lost(Database::sqlite());
}

#[test]
fn what_was_due_when_the_server_was_killed_is_told_and_at_most_once_too_often_postgres() {
    if let Some(database) = Database::postgres() {
        nothing_is_lost(database);
    }
}
