use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::disk::Disk;
use super::{InvalidKey, Key};

const KEY: &str = "01932c07-20a4-7c80-8f4e-6d1f3a5b9c0e";

fn opened() -> (TempDir, Disk) {
    let parent = tempfile::tempdir().unwrap();
    let blobs = Disk::open(&parent.path().join("files")).unwrap();
    (parent, blobs)
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn content(blobs: &Disk, key: &Key) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    blobs.get(key).unwrap()?.read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

fn keys(blobs: &Disk) -> Vec<Key> {
    let mut keys: Vec<_> = blobs.keys().map(Result::unwrap).collect();
    keys.sort();
    keys
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn place(parent: &TempDir) -> PathBuf {
    parent.path().join("files/0e").join(KEY)
}

#[test]
fn what_is_put_is_got_until_it_is_deleted() {
    let (_parent, blobs) = opened();
    let key = key(KEY);
    assert_eq!(content(&blobs, &key), None);
    blobs.put(&key, &b"first"[..]).unwrap();
    assert_eq!(content(&blobs, &key), Some(b"first".to_vec()));
    blobs.delete(&key).unwrap();
    assert_eq!(content(&blobs, &key), None);
    blobs.delete(&key).unwrap();
}

#[test]
fn a_second_put_replaces_the_first_and_leaves_its_readers_alone() {
    let (_parent, blobs) = opened();
    blobs.put(&key(KEY), &b"first"[..]).unwrap();
    let mut reader = blobs.get(&key(KEY)).unwrap().unwrap();
    blobs.put(&key(KEY), &b"second"[..]).unwrap();
    assert_eq!(content(&blobs, &key(KEY)), Some(b"second".to_vec()));
    let mut seen = String::new();
    reader.read_to_string(&mut seen).unwrap();
    assert_eq!(seen, "first");
}

#[test]
fn files_outlive_the_process_and_are_listed() {
    let (parent, blobs) = opened();
    let mut stored: Vec<_> = (0..300_u128).map(|n| Key::from(uuid::Uuid::from_u128(n * 7))).collect();
    stored.iter().for_each(|key| blobs.put(key, &b"x"[..]).unwrap());
    stored.sort();
    assert_eq!(keys(&blobs), stored);
    assert_eq!(keys(&Disk::open(&parent.path().join("files")).unwrap()), stored);
}

#[test]
fn only_the_owner_may_look() {
    let (parent, blobs) = opened();
    blobs.put(&key(KEY), &b"secret"[..]).unwrap();
    assert_eq!(mode(parent.path().join("files")), 0o700);
    assert_eq!(mode(parent.path().join("files/0e")), 0o700);
    assert_eq!(mode(place(&parent)), 0o600);
}

#[test]
fn a_file_left_half_written_by_a_crash_is_never_listed_and_gone_after_opening() {
    let (parent, blobs) = opened();
    blobs.put(&key(KEY), &b"whole"[..]).unwrap();
    let half = parent.path().join("files/0e/.tmpAbCdEf.unfinished");
    fs::write(&half, b"hal").unwrap();
    assert_eq!(keys(&blobs), [key(KEY)]);
    let blobs = Disk::open(&parent.path().join("files")).unwrap();
    assert!(!half.exists());
    assert_eq!(keys(&blobs), [key(KEY)]);
}

#[test]
fn a_put_leaves_nothing_behind_but_the_file() {
    let (parent, blobs) = opened();
    blobs.put(&key(KEY), &b"one"[..]).unwrap();
    blobs.put(&key(KEY), &b"two"[..]).unwrap();
    assert_eq!(fs::read_dir(parent.path().join("files/0e")).unwrap().count(), 1);
}

#[test]
fn a_put_that_fails_keeps_the_old_file_and_leaves_no_other() {
    let (parent, blobs) = opened();
    // A folder in the file's place makes the rename fail, after everything was written.
    fs::create_dir(place(&parent)).unwrap();
    fs::write(place(&parent).join("inside"), b"").unwrap();
    let error = blobs.put(&key(KEY), &b"new"[..]).unwrap_err();
    assert!(error.to_string().contains(KEY), "{error}");
    assert_eq!(fs::read_dir(parent.path().join("files/0e")).unwrap().count(), 1);
    assert!(place(&parent).join("inside").exists());
}

#[test]
fn a_vanished_disk_is_an_error_and_not_a_missing_file() {
    let (parent, blobs) = opened();
    blobs.put(&key(KEY), &b"x"[..]).unwrap();
    fs::remove_dir_all(parent.path().join("files")).unwrap();
    let put = blobs.put(&key(KEY), &b"x"[..]).unwrap_err();
    let get = blobs.get(&key(KEY)).unwrap_err();
    let delete = blobs.delete(&key(KEY)).unwrap_err();
    for error in [put, get, delete] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("files/0e"), "{error}");
    }
    assert!(blobs.keys().all(|key| key.is_err()));
    assert!(!parent.path().join("files").exists());
}

#[test]
fn a_root_without_a_parent_or_that_is_a_file_is_refused_by_name() {
    let parent = tempfile::tempdir().unwrap();
    let lost = Disk::open(&parent.path().join("no/files")).unwrap_err();
    assert!(lost.to_string().contains("no/files"), "{lost}");
    fs::write(parent.path().join("file"), b"").unwrap();
    let taken = Disk::open(&parent.path().join("file")).unwrap_err();
    assert!(taken.to_string().contains("file"), "{taken}");
}

#[test]
fn a_name_that_is_not_exactly_a_lower_case_uuid_is_no_key() {
    let others = [
        "",
        "..",
        "../../../../../../etc/passwd",
        "../../../../../../../../../etc/passw",
        "------------------------------------",
        "01932C07-20A4-7C80-8F4E-6D1F3A5B9C0E",
        "01932c0720a47c808f4e6d1f3a5b9c0e",
        "{01932c07-20a4-7c80-8f4e-6d1f3a5b9c0e}",
        "urn:uuid:01932c07-20a4-7c80-8f4e-6d1f3a5b9c0e",
        "01932c07-20a4-7c80-8f4e-6d1f3a5b9c0e\0",
        "01932c07-20a4-7c80-8f4e-6d1f3a5b9c/.",
        " 1932c07-20a4-7c80-8f4e-6d1f3a5b9c0e",
    ];
    for other in others {
        assert_eq!(Key::parse(other), Err(InvalidKey), "{other}");
    }
}

proptest! {
    #[test]
    fn whatever_parses_as_a_key_stays_in_its_folder(text in "[0-9a-f./\\\\-]{34,38}|[0-9a-f]{8}(-[0-9a-fA-F./]{4}){3}-[0-9a-f./]{12}|\\PC*") {
        if let Ok(key) = Key::parse(&text) {
            prop_assert_eq!(key.as_str(), &text);
            prop_assert!(text.len() == 36 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '-')));
        }
    }
}
