//! ZIP and gzip: the good, the broken and those that swell.

use std::io::Write;

use zip::ZipWriter;
use zip::unstable::write::FileOptionsExt as _;

use super::make::{archive, deflated, docx, gzip, overlapping, position, stored, zip};
use super::{assert_kept, assert_refused};

#[test]
fn an_archive_of_files_is_kept_as_it_is() {
    assert_kept("a.zip", &zip(&[("a.txt", b"x".as_slice()), ("b/c.html", b"<html>")]), "application/zip");
    assert_kept("a.zip", &zip(&[("report.docx", &docx())]), "application/zip");
    let with_folder = archive(|zip| {
        zip.add_directory("folder/", stored()).unwrap();
        zip.start_file("folder/a", stored()).unwrap();
        zip.set_comment("a comment").unwrap();
    });
    assert_kept("a.zip", &with_folder, "application/zip");
    assert_kept("a.gz", &gzip(b"hello"), "application/gzip");
    assert_kept("a.gz", &[gzip(b"hello"), gzip(b"world")].concat(), "application/gzip");
}

/// Written by the program of that name, into a pipe and not, where it is installed.
#[test]
fn what_the_program_zip_writes_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "hello ".repeat(1_000)).unwrap();
    std::fs::create_dir(folder.path().join("b")).unwrap();
    std::fs::write(folder.path().join("b/ä.txt"), "x").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("zip");
        command.current_dir(folder.path()).args(arguments).output()
    };
    let Ok(piped) = run(&["-q", "-r", "-", "a.txt", "b"]) else {
        eprintln!("NOT TESTED against the program zip: it is not installed");
        return;
    };
    assert_kept("piped.zip", &piped.stdout, "application/zip");
    run(&["-q", "-r", "plain.zip", "a.txt", "b"]).unwrap();
    assert_kept("plain.zip", &std::fs::read(folder.path().join("plain.zip")).unwrap(), "application/zip");
    run(&["-q", "-P", "secret", "locked.zip", "a.txt"]).unwrap();
    let locked = std::fs::read(folder.path().join("locked.zip")).unwrap();
    assert_refused("locked.zip", &locked, "password protected");
}

#[test]
fn an_archive_of_nothing_is_refused() {
    assert_refused("a.zip", &zip(&[]), "zip archive is empty");
    let folders = archive(|zip| zip.add_directory("a/", stored()).unwrap());
    assert_refused("a.zip", &folders, "zip archive is empty");
}

#[test]
fn a_locked_archive_is_refused() {
    let locked = archive(|zip| {
        let options = deflated().with_deprecated_encryption(b"secret").unwrap();
        zip.start_file("a.txt", options).unwrap();
        zip.write_all(b"x").unwrap();
    });
    assert_refused("a.zip", &locked, "password protected");
}

#[test]
fn an_entry_that_leads_out_of_the_archive_is_refused() {
    for name in ["../a", "a/../../b", "/etc/passwd", "..\\a", "a\\b", "c:/a", "a/..", "a\0b", ".."] {
        assert_refused("a.zip", &zip(&[("good", b"x"), (name, b"x")]), "contains unsafe content");
    }
    let link = archive(|zip| zip.add_symlink("a", "/etc/passwd", stored()).unwrap());
    assert_refused("a.zip", &link, "contains unsafe content");
}

#[test]
fn an_archive_within_an_archive_is_refused() {
    let inner = zip(&[("0", &[0; 100_000])]);
    let mut nested = inner.clone();
    for level in 0..5 {
        nested = zip(&[(&format!("{level}a.zip"), &nested), (&format!("{level}b.zip"), &nested)]);
    }
    let sevenz = b"7z\xBC\xAF\x27\x1C\0\x04rest";
    for (name, bytes) in [
        ("a.zip", inner.as_slice()),
        ("a.txt", &inner),
        ("a", &gzip(b"x")),
        ("a.docx", &gzip(b"x")),
        ("x", sevenz),
    ] {
        assert_refused("a.zip", &zip(&[(name, bytes)]), "contains unsafe content");
    }
    assert_refused("42.zip", &nested, "contains unsafe content");
    assert_refused("a.gz", &gzip(&gzip(b"x")), "contains unsafe content");
    assert_refused("a.gz", &gzip(&inner), "contains unsafe content");
}

#[test]
fn what_swells_is_refused_however_it_is_declared() {
    let bomb = zip(&[("zeros", &vec![0; 40 << 20])]);
    assert!(bomb.len() < 100_000);
    assert_refused("a.zip", &bomb, "contains unsafe content");
    assert_refused("a.gz", &gzip(&vec![0; 40 << 20]), "contains unsafe content");
    // The same archive, saying that there is one byte in it.
    let mut liar = bomb.clone();
    for (signature, at) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let at = position(&liar, signature) + at;
        liar[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert!(super::examined("a.zip", None, &liar).is_err());
}

#[test]
fn entries_that_lie_over_each_other_are_refused() {
    assert_refused("a.zip", &overlapping(1_000), "contains unsafe content");
    assert_refused("a.zip", &overlapping(2), "contains unsafe content");
    assert_kept("a.zip", &overlapping(1), "application/zip");
}

#[test]
fn an_archive_of_too_many_entries_is_refused_before_they_are_read() {
    let many = archive(|zip| {
        for number in 0..10_001 {
            zip.start_file(number.to_string(), stored()).unwrap();
        }
    });
    assert_refused("a.zip", &many, "contains unsafe content");
}

#[test]
fn what_does_not_say_the_same_to_every_reader_is_refused() {
    let good = zip(&[("a.txt", b"hello"), ("b.txt", b"world")]);
    let twice = {
        let mut bytes = good.clone();
        let at = position(&good, b"PK\x01\x02") + 46;
        let second = at + position(&good[at..], b"b.txt");
        bytes[second] = b'a';
        bytes
    };
    assert!(super::examined("a.zip", None, &twice).is_err(), "a name that comes twice");
    let hidden = {
        let mut first = zip(&[("hidden.txt", b"x")]);
        first.truncate(position(&first, b"PK\x01\x02"));
        [first, good.clone()].concat()
    };
    assert!(super::examined("a.zip", None, &hidden).is_err(), "an entry that no directory lists");
    let behind = [good.clone(), b"<script>".to_vec()].concat();
    assert_refused("a.zip", &behind, "is corrupt");
    let before = [b"GIF89a".to_vec(), good.clone()].concat();
    assert_refused("a.zip", &before, "does not match to the file extension");
    let two_ends = archive(|zip: &mut ZipWriter<_>| {
        zip.start_file("a", stored()).unwrap();
        zip.set_raw_comment(Box::from(&b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"[..])).unwrap();
    });
    assert!(super::examined("a.zip", None, &two_ends).is_err(), "two ends of a directory");
}

#[test]
fn a_damaged_archive_is_corrupt() {
    let good = zip(&[("a.txt", &b"hello ".repeat(100)), ("b.txt", b"world")]);
    for length in [4, 30, 60, good.len() - 1] {
        assert_refused("a.zip", &good[..length], "is corrupt");
    }
    let mut damaged = good.clone();
    let data = position(&good, b"a.txt") + 6;
    damaged[data] ^= 0xFF;
    assert_refused("a.zip", &damaged, "is corrupt");
    let packed = gzip(&b"hello ".repeat(100));
    assert_refused("a.gz", &packed[..packed.len() - 4], "is corrupt");
    assert_refused("a.gz", &[packed, b"more".to_vec()].concat(), "is corrupt");
}
