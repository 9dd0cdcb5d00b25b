//! The doctor finds what is wrong, and changes nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::site::{Site, on_every_site};

/// How one thing is.
fn state<'h>(health: &'h Value, check: &str) -> &'h str {
    let findings = health["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("nothing about {check} in {health:#}"))["state"].as_str().unwrap()
}

on_every_site! {
    fn a_new_installation_is_well(site: &Site) {
        site.json("workspace add shop");
        site.json("person add --workspace shop --kind customer --external-id u1 --username ada");
        let done = site.run("doctor");
        assert_eq!(done.code(), 0, "{}", done.printed());
        assert!(done.stdout().lines().all(|line| line.starts_with("ok ") || line.starts_with("warning ")));
        let health = site.json("doctor");
        assert_eq!(health["ok"], true);
        for check in ["server", "database", "schema", "integrity", "consistency", "clock", "files", "data folder"] {
            assert_eq!(state(&health, check), "ok", "{health:#}");
        }
    }
}

#[test]
fn looking_makes_nothing() {
    let site = Site::on_sqlite();
    let health = site.run("doctor --json").json(1);
    assert_eq!((state(&health, "database"), state(&health, "data folder")), ("problem", "problem"));
    assert!(!site.data().exists());
}

#[test]
fn a_database_that_is_none_of_ours_is_found() {
    let site = Site::on_sqlite();
    site.json("workspace list");
    fs::write(
        site.data().join("parlance.db"),
        "no database, but long enough to be taken for one".repeat(100),
    )
    .unwrap();
    assert_eq!(state(&site.run("doctor --json").json(1), "database"), "problem");
}

#[test]
fn what_is_open_to_others_or_promised_wrongly_is_found() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    fs::set_permissions(site.data(), Permissions::from_mode(0o755)).unwrap();
    let mut command = site.command(&["doctor", "--json"]);
    command.env("PARLANCE_LISTEN", "0.0.0.0:8080");
    let health = super::site::done(command, b"").json(1);
    assert_eq!(state(&health, "data folder"), "warning");
    assert_eq!((state(&health, "listen"), state(&health, "public URL")), ("warning", "problem"));
}

#[test]
fn mail_that_cannot_be_sent_is_found() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    let here = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = here.local_addr().unwrap().port();
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let from = ("PARLANCE_MAIL_FROM", "Shop <shop@shop.example>".to_owned());
    let public = ("PARLANCE_PUBLIC_URL", "https://shop.example".to_owned());
    let at = |port: u16| ("PARLANCE_MAIL_PORT", port.to_string());
    let cases = [
        (vec![at(port)], "problem"),
        (vec![from.clone(), at(nowhere)], "problem"),
        (vec![from.clone(), at(port)], "problem"),
        (vec![from, public, at(port)], "ok"),
    ];
    for (environment, expected) in cases {
        let mut command = site.command(&["doctor", "--json"]);
        command
            .env("PARLANCE_MAIL_HOST", "127.0.0.1")
            .env("PARLANCE_MAIL_TLS", "none")
            .envs(environment.clone());
        let code = i32::from(expected == "problem");
        let health = super::site::done(command, b"").json(code);
        assert_eq!(state(&health, "e-mail"), expected, "{environment:?}: {health:#}");
    }
    assert_eq!(state(&site.run("doctor --json").json(0), "e-mail"), "ok");
}

#[test]
fn a_clock_that_went_back_is_found() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    site.json("person add --workspace shop --kind customer --external-id u1 --username ada");
    let db = rusqlite::Connection::open(site.data().join("parlance.db")).unwrap();
    db.execute("UPDATE event SET at = at + 3600000000", []).unwrap();
    drop(db);
    assert_eq!(state(&site.run("doctor --json").json(1), "clock"), "problem");
}

#[test]
fn a_count_that_is_wrong_is_found() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    let db = rusqlite::Connection::open(site.data().join("parlance.db")).unwrap();
    db.execute("UPDATE counter SET event_seq = event_seq + 1", []).unwrap();
    drop(db);
    let done = site.run("doctor");
    assert_eq!(done.code(), 1);
    assert!(done.stdout().lines().any(|line| line.starts_with("problem  consistency")), "{}", done.stdout());
}
