//! Simulated telephones: the whole loop without a carrier.

use serde_json::{Value, json};

use super::shop::E164;
use crate::support::process::Installation;
use crate::support::{Database, until};

fn open(database: Database) -> Installation {
    let installation = Installation::new(database);
    installation.command(&["workspace", "add", "shop", "--billing", "off"]);
    installation
}

fn say(installation: &Installation, text: &str) -> Value {
    installation.command(&["handset", "say", "--workspace", "shop", "--from", E164, "--to", "12345", text])
}

fn read(installation: &Installation) -> Value {
    installation.command(&["handset", "read", "--workspace", "shop", "--phone", "06 00 00 00 01"])
}

fn loop_through(database: Database) {
    let installation = open(database);
    let _server = installation.start();
    let refused = ["handset", "say", "--workspace", "shop", "--from", E164, "--to", "12345", "Hello"];
    assert!(installation.refused(&refused).contains("no carrier of kind handset"));
    let carrier = ["carrier", "add", "--workspace", "shop", "--kind", "handset", "--address", "12345"];
    installation.command(&carrier);
    assert!(installation.refused(&carrier).contains("already"));
    assert_eq!(read(&installation), json!([]));
    // Whoever asks for help is told who writes: the server itself is the other end.
    say(&installation, "HELP");
    until("an answer", || read(&installation) != json!([]));
    let texts = read(&installation);
    assert_eq!((&texts[0]["from"], texts.as_array().map(Vec::len)), (&json!("12345"), Some(1)));
    let fields: Vec<&String> = texts[0].as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["from", "text", "at"]);
    let state = || installation.command(&["carrier", "list", "--workspace", "shop"])[0]["state"].clone();
    until("the carrier to be up", || state() == "up");
}

#[test]
fn what_a_telephone_says_is_answered_on_it_sqlite() {
    loop_through(Database::sqlite());
}

#[test]
fn what_a_telephone_says_is_answered_on_it_postgres() {
    if let Some(database) = Database::postgres() {
        loop_through(database);
    }
}

#[test]
fn a_telephone_in_a_terminal_says_what_is_typed() {
    let installation = open(Database::sqlite());
    let _server = installation.start();
    installation.command(&[
        "carrier",
        "add",
        "--workspace",
        "shop",
        "--kind",
        "handset",
        "--address",
        "12345",
    ]);
    let held = ["handset", "--workspace", "shop", "--phone", E164, "--to", "12345"];
    let told = installation.command_reading(&held, "Hello\n\nIs anybody there?\n");
    assert_eq!(told["said"], 2);
}

#[test]
fn carriers_that_cannot_be_are_refused() {
    let installation = open(Database::sqlite());
    let add = |kind: &str, url: &[&str]| {
        let line = ["carrier", "add", "--workspace", "shop", "--kind", kind, "--address", "12345"];
        installation.refused(&[&line[..], url].concat())
    };
    assert!(add("pigeon", &[]).contains("handset, smpp, http or rcs"));
    assert!(add("smpp", &[]).contains("URL"));
    assert!(add("smpp", &["--url", "smpp://me:far-too-long@host"]).contains("at most 8"));
    assert!(add("smpp", &["--url", "smpp://host?dest_ton=9"]).contains("dest_ton is a type of number"));
    assert!(add("smpp", &["--url", "https://host"]).contains("smpp://"));
    assert!(add("handset", &["--url", "smpp://host"]).contains("no URL"));
}
