//! A file that somebody else has locked, and a disk that is full.

use std::path::Path;
use std::process::Command;

use parlance_engine::error::Cause;
use parlance_engine::message::{self, BODY_CHARS_MAX, Post};
use parlance_engine::{Error, participant};

use crate::support::{Database, House, queue};
use crate::writer::{held_up, log_length, said, talk};

/// Messages that one verb posts.
const EACH: usize = 8;

#[test]
fn a_lock_that_another_process_keeps_makes_busy_until_it_lets_go() {
    let house = House::on_sqlite();
    let (ada, bob, id) = talk(&house);
    let rival = rusqlite::Connection::open(house.database.folder().unwrap().join("parlance.db")).unwrap();
    rival.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = house.post(ada, id, "unheard");
    assert!(matches!(answer, Err(Error::Busy { cause: Cause::Lock, .. })), "{answer:?}");
    assert_eq!(house.read(bob, participant::unread), Ok(1), "who reads goes on");
    rival.execute_batch("ROLLBACK").unwrap();
    assert_eq!(house.post(ada, id, "heard").map(|m| m.index), Ok(2));
    assert_eq!(said(&house, bob, id), ["Hello.", "heard"]);
}

#[test]
fn a_commit_that_finds_the_disk_full_leaves_none_of_its_batch_and_the_next_goes_through() {
    let Some(disk) = SmallDisk::mount() else { return };
    let house = House::on(Database::in_folder(disk.0.path()));
    let (ada, bob, id) = talk(&house);
    let full = |e: &Error| matches!(e, Error::Busy { cause: Cause::Disk, .. });
    let before = log_length(&house, ada);
    disk.fill();

    let (mut stored, mut refused) = (1, 0);
    // More than the page cache holds, so that some of it meets the full disk before the commit does.
    let body = "漢".repeat(BODY_CHARS_MAX);
    for _ in 0..3 {
        let gate = held_up(&house, ada);
        let post = |_| {
            let post = Post::new(id, body.clone());
            queue(&house.engine, ada, move |cx| {
                (0..EACH).try_for_each(|_| message::post(cx, &post).map(drop))
            })
        };
        let batch: Vec<_> = (0..40).map(post).collect();
        gate.open();
        let answers: Vec<_> = batch.into_iter().map(|post| post.answer()).collect();
        let (heard, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert!(lost.iter().all(|answer| answer.as_ref().is_err_and(full)), "{lost:?}");
        assert!(heard.is_empty() || lost.is_empty(), "one commit, one fate");
        stored += heard.len() * EACH;
        refused += lost.len();
        assert_eq!(said(&house, bob, id).len(), stored, "what was answered is stored, and nothing else");
    }
    assert!(refused > 0, "the disk was full");

    disk.make_room();
    assert_eq!(house.post(ada, id, "there is room again").map(|m| m.index), Ok(stored as i64 + 1));
    assert_eq!(house.read(bob, participant::unread), Ok(stored as i64 + 1));
    assert_eq!(log_length(&house, ada), before + stored);
    assert_eq!(house.database.rows("PRAGMA integrity_check"), ["ok"]);
}

/// A file system of 4 MiB in memory; gone when it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None`, said loudly, where this process may not mount one.
    fn mount() -> Option<SmallDisk> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "parlance-test"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("THE TEST OF A FULL DISK DID NOT RUN: it needs to be root to mount a small one");
            return None;
        }
        Some(SmallDisk(folder))
    }

    /// Leaves no room for anything.
    fn fill(&self) {
        let written = std::fs::write(self.ballast(), vec![7; 4 << 20]);
        assert!(written.is_err(), "the disk takes no more");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).expect("the ballast goes");
    }

    fn ballast(&self) -> std::path::PathBuf {
        Path::join(self.0.path(), "ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a connection of this thread may still have the file open.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
