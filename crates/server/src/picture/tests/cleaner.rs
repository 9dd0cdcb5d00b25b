use std::io;
use std::sync::mpsc;
use std::time::Duration;

use image::ImageFormat;

use super::super::{Cleaner, Failure, Picture, Refusal};
use super::make::{encoded, halves};

fn png() -> io::Result<Vec<u8>> {
    Ok(encoded(&halves(), ImageFormat::Png))
}

/// Takes a place and keeps it until the sender is used or dropped.
fn occupy(cleaner: &Cleaner) -> (tokio::task::JoinHandle<Result<Picture, Failure>>, mpsc::Sender<()>) {
    let (release, released) = mpsc::channel::<()>();
    let cleaner = cleaner.clone();
    let work = tokio::spawn(async move {
        let read = move || {
            let _ = released.recv();
            png()
        };
        cleaner.clean(read).await
    });
    (work, release)
}

#[tokio::test]
async fn a_picture_is_cleaned_and_a_text_refused_with_reasons() {
    let cleaner = Cleaner::for_this_machine();
    assert_eq!(cleaner.clean(png).await.unwrap().content_type, "image/png");
    let refused = cleaner.clean(|| Ok(b"hello".to_vec())).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(Refusal::NotAnImage)));
}

#[tokio::test]
async fn an_upload_that_cannot_be_read_is_our_failure_and_not_the_senders() {
    let cleaner = Cleaner::for_this_machine();
    let failed = cleaner.clean(|| Err(io::ErrorKind::PermissionDenied.into())).await;
    assert!(
        matches!(failed, Err(Failure::Unreadable(error)) if error.kind() == io::ErrorKind::PermissionDenied)
    );
    let died = cleaner.clean(|| panic!("a disk driver bites")).await;
    assert!(matches!(died, Err(Failure::Unreadable(_))));
    assert!(cleaner.clean(png).await.is_ok(), "the place was not given back");
}

#[tokio::test]
async fn who_finds_all_places_taken_reads_nothing_and_is_told_busy() {
    let cleaner = Cleaner::new(1, Duration::ZERO);
    let (work, release) = occupy(&cleaner);
    tokio::task::yield_now().await;
    let busy = cleaner.clean(|| unreachable!("read without a place")).await;
    assert!(matches!(busy, Err(Failure::Busy)));
    release.send(()).unwrap();
    assert!(work.await.unwrap().is_ok());
    assert!(cleaner.clean(png).await.is_ok());
}

#[tokio::test]
async fn who_waits_gets_the_place_that_becomes_free() {
    let cleaner = Cleaner::new(1, Duration::from_secs(600));
    let (work, release) = occupy(&cleaner);
    let (next, next_release) = occupy(&cleaner);
    drop((release, next_release));
    assert!(work.await.unwrap().is_ok());
    assert!(next.await.unwrap().is_ok());
}

#[tokio::test]
async fn work_whose_caller_hung_up_keeps_its_place_to_the_end() {
    let cleaner = Cleaner::new(1, Duration::ZERO);
    let (work, release) = occupy(&cleaner);
    tokio::task::yield_now().await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    assert!(matches!(cleaner.clean(png).await, Err(Failure::Busy)));
    release.send(()).unwrap();
    // The place comes back by itself; where it never does, this test never ends.
    while cleaner.clean(png).await.is_err() {
        tokio::task::yield_now().await;
    }
}
