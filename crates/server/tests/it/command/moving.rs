//! An installation moves to the other database and back, and nobody can tell.

use serde_json::Value;

use super::site::{Done, Site, done};
use crate::support::Database;
use parlance_engine::db::Address;

/// Messages of the conversation that is moved. Each has an event, so there are twice as many rows.
const MESSAGES: usize = 50_000;

/// Fills a site with one long conversation, by the shortest way that leaves every count right.
fn talk_at_length(site: &Site) {
    site.json("workspace add shop");
    for name in ["ada", "bob"] {
        site.json(&format!(
            "person add --workspace shop --kind customer --external-id {name} --username {name}"
        ));
    }
    let db = rusqlite::Connection::open(site.data().join("parlance.db")).unwrap();
    db.execute_batch(&format!(
        "BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MESSAGES}) SELECT i FROM n;
         CREATE TEMP TABLE who AS SELECT MAX(CASE external_id WHEN 'ada' THEN id END) AS ada, MAX(CASE external_id WHEN 'bob' THEN id END) AS bob FROM person;
         INSERT INTO conversation (workspace, id, short_id, locked, source_type, source_id, shared_domain, shared_aggregate, shared_id, created_by, recipient, pair, message_count, created_at, updated_at)
           SELECT 1, '01900000-0000-7000-8000-000000000000', 1, 0, 'ORDER', 'o-1', NULL, NULL, NULL, ada, bob, ada || bob, {MESSAGES}, 0, 0 FROM who;
         INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at, viewed_at)
           SELECT 1, '01900000-0000-7000-8000-000000000000', i, printf('01900000-0000-7000-8001-%012x', i), ada, 'Nachricht ' || i || ' — ✓', 0, i, NULL FROM n, who;
         INSERT INTO event SELECT 1, event_seq + i, 'message.posted', ada, '01900000-0000-7000-8000-000000000000', printf('01900000-0000-7000-8001-%012x', i), NULL, i FROM n, who, counter;
         UPDATE counter SET event_seq = event_seq + {MESSAGES}, conversation_seq = 1;
         INSERT INTO participant SELECT 1, '01900000-0000-7000-8000-000000000000', ada, 0, {MESSAGES}, 0, 0 FROM who;
         INSERT INTO participant SELECT 1, '01900000-0000-7000-8000-000000000000', bob, 0, 0, {MESSAGES}, 0 FROM who;
         INSERT INTO inbox SELECT 1, ada, 1, 0 FROM who;
         INSERT INTO inbox SELECT 1, bob, 1, {MESSAGES} FROM who;
         COMMIT;"
    ))
    .unwrap();
}

fn url(database: &Database) -> &str {
    let Address::Postgres(url) = &database.address else { panic!("a database on PostgreSQL") };
    url
}

/// Runs a command line on another database than the site's own.
fn on(site: &Site, url: &str, line: &str) -> Done {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    let mut command = site.command(&arguments);
    command.env("PARLANCE_DATABASE_URL", url);
    done(command, b"")
}

#[test]
fn a_long_conversation_moves_to_postgres_and_back() {
    let Some(there) = Database::postgres() else { return };
    let site = Site::on_sqlite();
    talk_at_length(&site);
    let health = site.json("doctor");
    assert_eq!(health["ok"], true, "{health:#}");
    let before = std::fs::read(site.data().join("parlance.db")).unwrap();
    let sent = site.json(&format!("move --to {}", url(&there)));
    assert!(sent["rows"].as_u64().unwrap() > 2 * MESSAGES as u64, "{sent}");
    assert_eq!(std::fs::read(site.data().join("parlance.db")).unwrap(), before, "the old one was changed");
    let health = on(&site, url(&there), "doctor --json").json(0);
    assert_eq!(health["ok"], true, "{health:#}");

    let returned = on(&site, url(&there), "move --to sqlite:back.db --json").json(0);
    assert_eq!((&returned["tables"], &returned["rows"]), (&sent["tables"], &sent["rows"]));
    let health = on(&site, "sqlite:back.db", "doctor --json").json(0);
    assert_eq!(health["ok"], true, "{health:#}");
    let people = |done: Done| -> Value { done.json(0) };
    let list = "person list --workspace shop --json";
    assert_eq!(people(site.run(list)), people(on(&site, "sqlite:back.db", list)));
}

#[test]
fn a_move_says_what_stays_and_what_to_do_and_no_password() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    let done = site.run("move --to sqlite:new.db");
    assert_eq!(done.code(), 0, "{}", done.printed());
    for part in ["compared", "files stay", "PARLANCE_DATABASE_URL"] {
        assert!(done.stdout().contains(part), "{}", done.stdout());
    }
    let (code, message) = site.run("move --to sqlite:new.db --json").error();
    assert_eq!((code.as_str(), message.contains("exists already")), ("conflict", true), "{message}");
    let refused = site.run("move --to postgres://me:hunter2@127.0.0.1:1/none --json");
    assert_eq!(refused.error().0, "busy");
    assert!(!refused.printed().contains("hunter2"));
    assert_eq!(site.run("move --to mysql:x --json").code(), 2);
}

#[test]
fn nothing_moves_while_a_server_runs() {
    let site = Site::on_sqlite();
    let server = site.serve();
    let (code, message) = site.run("move --to sqlite:new.db --json").error();
    assert_eq!((code.as_str(), message.contains("a server runs")), ("unavailable", true), "{message}");
    server.stop();
    let Some(node) = Site::on_postgres() else { return };
    let _server = node.serve();
    // Another data folder, so only the database can tell that somebody is on it.
    let url = node
        .command(&[])
        .get_envs()
        .find(|(name, _)| *name == "PARLANCE_DATABASE_URL")
        .unwrap()
        .1
        .unwrap()
        .to_owned();
    let (code, message) = on(&site, url.to_str().unwrap(), "move --to sqlite:new.db --json").error();
    assert_eq!((code.as_str(), message.contains("stop it first")), ("conflict", true), "{message}");
}
