//! The real binary, killed in the middle of its work.

use std::time::Duration;

use crate::support::Database;
use crate::support::ledger::{Ledger, rows};
use crate::support::process::Installation;

/// How often the server is killed.
const KILLS: usize = 20;

#[test]
fn what_was_acknowledged_survives_twenty_kills_on_sqlite() {
    let installation = Installation::new(Database::sqlite());
    survive(&installation);
    assert_eq!(rows(&installation.database, "PRAGMA integrity_check"), [["ok"]]);
}

#[test]
fn what_was_acknowledged_survives_twenty_kills_on_postgres() {
    if let Some(database) = Database::postgres() {
        survive(&Installation::new(database));
    }
}

fn survive(installation: &Installation) {
    let tokens = installation.shop(&["ada", "bea", "cem", "dan", "eve", "fay", "gus", "hal", "shop-owner"]);
    let server = installation.start();
    let mut ledger = Ledger::open(&server.url, &tokens[..8], "shop-owner");
    server.kill();
    for round in 0..KILLS {
        let server = installation.start();
        let load = ledger.load(&server.url);
        // Another moment in each round: after so many messages more, and a little later than the last answer.
        ledger.wait_for(5 + round * 7 % 50);
        std::thread::sleep(Duration::from_micros(round as u64 * 613 % 5_000));
        server.kill();
        load.join();
    }
    installation.start().kill();
    ledger.check(&installation.database);
}
