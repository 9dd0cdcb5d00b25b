use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::site::{Site, done};

#[test]
fn an_unknown_variable_or_a_bad_file_is_a_wrong_usage() {
    let site = Site::on_sqlite();
    let mut command = site.command(&["workspace", "list"]);
    command.env("PARLANCE_DTAA", "/nowhere");
    let unknown = done(command, b"");
    assert_eq!(unknown.code(), 2);
    assert!(unknown.stderr().contains("did you mean PARLANCE_DATA?"), "{}", unknown.stderr());
    site.file("bad.toml", "dtaa = '/nowhere'\n");
    assert_eq!(site.run("workspace list --config bad.toml").code(), 2);
    assert!(!site.data().exists(), "nothing was done");
}

#[test]
fn the_file_of_config_is_obeyed_wherever_it_stands() {
    let site = Site::on_sqlite();
    let elsewhere = site.file("x", "").with_file_name("elsewhere");
    site.file("parlance.toml", format!("data = {:?}\n", elsewhere.display().to_string()));
    for line in [
        "--config parlance.toml workspace list",
        "workspace --config parlance.toml list",
        "workspace list --config parlance.toml",
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = site.command(&words);
        command.env_remove("PARLANCE_DATA");
        assert_eq!(done(command, b"").code(), 0);
        assert!(elsewhere.join("parlance.db").exists(), "{line}");
        fs::remove_dir_all(&elsewhere).expect("it was made");
    }
}

#[test]
fn a_database_that_another_process_holds_is_not_touched() {
    let site = Site::on_sqlite();
    site.json("workspace add shop");
    let lock = File::options().append(true).open(site.data().join("parlance.lock")).expect("the lock file");
    lock.try_lock().expect("nobody holds it");
    let (code, message) = site.run("workspace add desk --json").error();
    assert_eq!(code, "unavailable");
    assert!(message.contains("parlance.lock and answers no commands"), "{message}");
    drop(lock);
    assert_eq!(site.json("workspace list").as_array().map(Vec::len), Some(1));
}

#[test]
fn two_commands_at_once_wait_for_each_other() {
    let site = Site::on_sqlite();
    let add = |n: usize| {
        let mut command = site.command(&["workspace", "add", &format!("shop-{n}")]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts")
    };
    let running: Vec<_> = (0..8).map(add).collect();
    for mut child in running {
        assert!(child.wait().expect("it ends").success());
    }
    assert_eq!(site.json("workspace list").as_array().map(Vec::len), Some(8));
}

#[test]
fn a_reader_who_has_read_enough_is_no_error() {
    let site = Site::on_sqlite();
    let mut command = site.command(&["config"]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("the program ends");
    assert!(done.status.success());
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}

#[test]
fn a_data_folder_that_cannot_be_had_is_named() {
    let site = Site::on_sqlite();
    site.file("data", "a file where the folder should be");
    let (code, message) = site.run("workspace list --json").error();
    assert_eq!(code, "unavailable");
    assert!(message.contains(site.data().to_str().expect("UTF-8")), "{message}");
}

#[test]
fn what_others_must_not_read_they_cannot() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    site.json("workspace add shop");
    let mode =
        |name: &str| fs::metadata(site.data().join(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    for name in ["parlance.sock", "parlance.lock", "parlance.db", "parlance.db-wal"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}
