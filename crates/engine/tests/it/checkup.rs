//! A sound installation is found sound, and every contradiction is found.

use std::path::Path;

use parlance_engine::access::Caller;
use parlance_engine::checkup::Checkup;
use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::db::Address;
use parlance_engine::message::{self, Post};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Time, participant};

use crate::support::{House, on_both};

/// Two people, a conversation between them that one has read half of, and another workspace with nothing in it.
fn furnish(house: &House) -> (Workspace, Caller) {
    let shop = house.workspace("shop");
    house.workspace("empty");
    let (ada, bob) = (house.customer(&shop, "ada"), house.customer(&shop, "bob"));
    let id = house.start(ada, "bob", "o-1", "one").unwrap();
    (0..3).for_each(|_| drop(house.post(ada, id, "two").unwrap()));
    house.write(bob, move |cx| participant::mark_read(cx, id, 2)).unwrap();
    crate::sending::furnish(house, &shop);
    (shop, ada)
}

/// A ticket with something in it that is not for its customer.
fn answer(house: &House, shop: &Workspace, ada: Caller) {
    let agent = house.agent(shop, "agnes");
    let ticket = New { body: Some("Help!".into()), ..New::default() };
    let id = house.write(ada, move |cx| ticket::start(cx, &ticket)).unwrap();
    for internal in [true, false] {
        let say = Post { internal, ..Post::new(id, "Hm.".into()) };
        house.write(agent, move |cx| message::post(cx, &say)).unwrap();
    }
}

/// Runs `sql` behind the engine's back.
fn tamper(address: &Address, sql: &str) {
    match address {
        Address::Sqlite(path) => rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap(),
        Address::Postgres(url) => {
            postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
        }
    }
}

on_both! {
    fn what_verbs_leave_is_sound(house: &House) {
        let (shop, ada) = furnish(house);
        answer(house, &shop, ada);
        let mut checkup = Checkup::open(&house.database.address).unwrap();
        let schema = checkup.schema().unwrap();
        assert_eq!(schema.applied, schema.known);
        assert_eq!((checkup.faults(), checkup.discrepancies()), (Ok(vec![]), Ok(vec![])));
        let newest = checkup.newest_event().unwrap().unwrap();
        assert!(newest > Time(1_800_000_000_000_000) && newest < house.engine.now());
        assert_eq!(checkup.files(None), Ok(vec![]));
    }

    fn every_contradiction_is_found(house: &House) {
        furnish(house);
        let tamperings = [
            ("UPDATE message SET idx = 9 WHERE idx = 4", "conversations whose messages"),
            ("DELETE FROM message WHERE idx = 1", "conversations whose messages"),
            ("UPDATE conversation SET message_count = 5", "conversations whose messages"),
            ("UPDATE message SET conversation = 'x' || conversation WHERE idx = 3", "messages of no conversation"),
            ("UPDATE participant SET unread = unread + 1", "participants whose unread"),
            ("UPDATE participant SET read_index = 1 WHERE unread > 0", "participants whose unread"),
            ("UPDATE inbox SET unread = unread + 1", "inboxes whose unread"),
            ("DELETE FROM inbox", "participants without an inbox"),
            ("UPDATE message SET attachments = 1 WHERE idx = 2", "messages whose number of files"),
            ("DELETE FROM counter", "workspaces without counters"),
            ("DELETE FROM event WHERE seq = 2", "workspaces whose events"),
            ("UPDATE counter SET event_seq = event_seq + 1", "workspaces whose events"),
            ("UPDATE counter SET conversation_seq = 0", "workspaces whose counter of conversations"),
            ("UPDATE counter SET line_count = line_count + 1", "workspaces whose counter of lines"),
            ("UPDATE wallet SET balance_micro = balance_micro + 1", "wallets that do not hold"),
            ("UPDATE wallet SET line_seq = line_seq + 1", "wallets that do not hold"),
            ("DELETE FROM ledger WHERE line = 1", "wallets that do not hold"),
            ("DELETE FROM submission WHERE due_at IS NOT NULL", "messages that wait for a carrier"),
        ];
        for (sql, what) in tamperings {
            let (begin, end) = ("CREATE TABLE kept_", " AS SELECT * FROM ");
            let tables = [
                "message", "conversation", "participant", "inbox", "counter", "event", "wallet", "ledger", "submission",
            ];
            let keep: String = tables.iter().map(|t| format!("{begin}{t}{end}{t};")).collect();
            let back: String = tables
                .iter()
                .map(|t| format!("DELETE FROM {t}; INSERT INTO {t} SELECT * FROM kept_{t}; DROP TABLE kept_{t};"))
                .collect();
            tamper(&house.database.address, &format!("{keep}{sql}"));
            let found = Checkup::open(&house.database.address).unwrap().discrepancies().unwrap();
            assert!(found.iter().any(|d| d.what.starts_with(what) && d.count > 0), "{sql}: {found:?}");
            tamper(&house.database.address, &back);
        }
        assert_eq!(Checkup::open(&house.database.address).unwrap().discrepancies(), Ok(vec![]));
    }
}

#[test]
fn looking_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(Checkup::open(&Address::Sqlite(path.clone())).is_err());
    assert!(!Path::exists(&path));
}
