//! Capability links: what this installation signed opens what it says, and nothing else opens anything.

use parlance_engine::credential::link::{Key, Link, Purpose, Recipient};
use parlance_engine::{Error, FileId, PersonId, Time, WorkspaceId};
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::House;

const NOW: Time = Time(1_800_000_000_000_000);

fn a_link() -> impl Strategy<Value = Link> {
    let purpose = prop_oneof![Just(Purpose::Upload), Just(Purpose::View)];
    let expires_at = prop_oneof![Just(Time(0)), (NOW.0 + 1..i64::MAX).prop_map(Time)];
    (purpose, any::<i64>(), any::<u128>(), expires_at).prop_map(|(purpose, workspace, file, expires_at)| {
        Link { purpose, workspace: WorkspaceId(workspace), file: FileId(Uuid::from_u128(file)), expires_at }
    })
}

fn other(purpose: Purpose) -> Purpose {
    if purpose == Purpose::View { Purpose::Upload } else { Purpose::View }
}

/// The key of an installation of its own.
fn key() -> Key {
    House::on_sqlite().engine.links().clone()
}

#[test]
fn a_link_opens_what_it_was_signed_for_and_nothing_once_a_character_is_another() {
    let key = key();
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let outcome = runner.run(&a_link(), |link| {
        let text = key.sign(&link);
        prop_assert_eq!(text.len(), 66);
        prop_assert_eq!(key.open(&text, link.purpose, NOW), Ok(link));
        prop_assert_eq!(key.open(&text, other(link.purpose), NOW), Err(Error::NotFound));
        for at in 0..text.len() {
            for with in "Aa0_-zZ9BQg=/ +é\0".chars() {
                if text[at..].starts_with(with) {
                    continue;
                }
                let forged = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                for purpose in [Purpose::View, Purpose::Upload] {
                    prop_assert_eq!(key.open(&forged, purpose, NOW), Err(Error::NotFound));
                }
            }
            prop_assert_eq!(key.open(&text[..at], link.purpose, NOW), Err(Error::NotFound));
        }
        let longer = format!("{text}A");
        prop_assert_eq!(key.open(&longer, link.purpose, NOW), Err(Error::NotFound));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_link_that_ends_e_mails_does_that_alone_and_nothing_once_a_character_is_another() {
    let key = key();
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let recipient = (any::<i64>(), any::<u128>()).prop_map(|(workspace, person)| Recipient {
        workspace: WorkspaceId(workspace),
        person: PersonId(Uuid::from_u128(person)),
    });
    let outcome = runner.run(&(recipient, 0_usize..66), |(recipient, at)| {
        let text = key.sign_unsubscribe(&recipient);
        prop_assert_eq!(key.open_unsubscribe(&text), Ok(recipient));
        for purpose in [Purpose::View, Purpose::Upload] {
            prop_assert_eq!(key.open(&text, purpose, NOW), Err(Error::NotFound));
        }
        for with in "Aa0_-=/é".chars().filter(|with| !text[at..].starts_with(*with)) {
            let forged = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            prop_assert_eq!(key.open_unsubscribe(&forged), Err(Error::NotFound));
        }
        Ok(())
    });
    outcome.unwrap();
    let outcome = runner.run(&a_link(), |link| {
        prop_assert_eq!(key.open_unsubscribe(&key.sign(&link)), Err(Error::NotFound));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn an_expired_link_opens_nothing() {
    let key = key();
    let ends = Time(NOW.0 + 10);
    for purpose in [Purpose::View, Purpose::Upload] {
        let link = Link { purpose, workspace: WorkspaceId(1), file: FileId(Uuid::nil()), expires_at: ends };
        let text = key.sign(&link);
        assert_eq!(key.open(&text, purpose, Time(ends.0 - 1)), Ok(link));
        assert_eq!(key.open(&text, purpose, ends), Err(Error::NotFound));
        assert_eq!(key.open(&text, purpose, Time(ends.0 + 1)), Err(Error::NotFound));
    }
}

#[test]
fn a_link_of_another_installation_opens_nothing() {
    // The chance of a test repeats itself, so the second installation is one that was founded otherwise.
    let (ours, theirs) = (key(), Key::default());
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let outcome = runner.run(&a_link(), |link| {
        prop_assert_eq!(ours.open(&theirs.sign(&link), link.purpose, NOW), Err(Error::NotFound));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn no_invented_link_opens_anything() {
    let key = key();
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let outcome = runner.run(&prop_oneof!["[A-Za-z0-9_-]{60,70}", any::<String>().boxed()], |text| {
        prop_assert_eq!(key.open(&text, Purpose::View, NOW), Err(Error::NotFound));
        Ok(())
    });
    outcome.unwrap();
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}
