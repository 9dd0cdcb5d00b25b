//! The real binary on a disk that fails: every `write` or `fsync` of the database's files answers with an error for a
//! while (a small library put before the C library's own functions), and then no more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Database;
use crate::support::ledger::{Ledger, rows};
use crate::support::process::Installation;

/// Linux's numbers of the errors a disk gives.
const NO_SPACE: i32 = 28;
const IO_ERROR: i32 = 5;

#[test]
fn a_full_disk_makes_the_server_busy_and_loses_nothing() {
    outlive("write", NO_SPACE);
}

#[test]
fn an_io_error_while_writing_loses_nothing() {
    outlive("write", IO_ERROR);
}

#[test]
fn an_fsync_that_fails_loses_nothing() {
    outlive("fsync", IO_ERROR);
}

/// The fault comes and goes six times under load; afterwards the same process must serve as before, and all that it
/// ever acknowledged must be there after a kill.
fn outlive(call: &str, error: i32) {
    let mut installation = Installation::new(Database::sqlite());
    let tokens = installation.shop(&["ada", "bea", "cem", "dan", "shop-owner"]);
    let switch = installation.data.path().join("fault");
    installation.environment = vec![
        ("LD_PRELOAD".into(), shim(installation.data.path()).display().to_string()),
        ("FAULT_SWITCH".into(), switch.display().to_string()),
    ];
    let server = installation.start();
    let mut ledger = Ledger::open(&server.url, &tokens[..4], "shop-owner");
    let load = ledger.load(&server.url);
    for _ in 0..6 {
        ledger.wait_for(20);
        fs::write(&switch, format!("{call} {error}")).expect("the fault begins");
        let refused = ledger.refused();
        ledger.until(|ledger| ledger.refused() >= refused + 3);
        fs::remove_file(&switch).expect("the fault ends");
    }
    load.stop();
    let load = ledger.load(&server.url);
    ledger.wait_for(100);
    load.stop();
    server.kill();
    installation.start().kill();
    ledger.check(&installation.database);
    assert_eq!(rows(&installation.database, "PRAGMA integrity_check"), [["ok"]]);
}

/// Builds the library that fails.
fn shim(folder: &Path) -> PathBuf {
    let library = folder.join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fault/shim.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .arg(&library)
        .args([source, "-ldl"])
        .status();
    assert!(built.expect("a C compiler").success(), "the shim does not build");
    library
}
