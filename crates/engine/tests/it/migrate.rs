//! Opening a database: new, known, too new, unfit, and by two at once.

use std::sync::Arc;

use parlance_engine::db::Address;
use parlance_engine::{Error, Principal, participant, workspace};

use crate::support::{Database, House, TestClock, on_both, open, until};
use crate::writer::{log_length, said, talk};

/// The number under which migrations lock a PostgreSQL database.
const MIGRATION_LOCK: i64 = 7_238_461_930_142;

#[test]
fn a_database_that_is_opened_again_holds_what_it_held_on_sqlite() {
    reopen(House::on_sqlite());
}

#[test]
fn a_database_that_is_opened_again_holds_what_it_held_on_postgres() {
    if let Some(house) = House::on_postgres() {
        reopen(house);
    }
}

fn reopen(house: House) {
    let (ada, bob, id) = talk(&house);
    let (length, dump) = (log_length(&house, ada), house.database.rows("SELECT * FROM message"));
    let link = link(&house, ada);
    let house = house.reopened().reopened();
    assert_eq!(said(&house, bob, id), ["Hello."]);
    assert_eq!(house.read(bob, participant::unread), Ok(1));
    assert_eq!((log_length(&house, ada), house.database.rows("SELECT * FROM message")), (length, dump));
    let purpose = parlance_engine::credential::link::Purpose::View;
    let now = house.clock.next();
    assert!(house.engine.links().open(&link, purpose, now).is_ok(), "links outlive a restart");
    assert_eq!(house.post(ada, id, "more").map(|m| m.index), Ok(2));
}

fn link(house: &House, who: parlance_engine::access::Caller) -> String {
    use parlance_engine::credential::link::{Link, Purpose};
    let file = parlance_engine::FileId(who.person.0);
    let link =
        Link { purpose: Purpose::View, workspace: who.workspace, file, expires_at: parlance_engine::Time(0) };
    house.engine.links().sign(&link)
}

on_both! {
    fn a_database_of_a_newer_version_is_refused_and_left_alone(house: &House) {
        house.database.execute("INSERT INTO migration (number, name, applied_at) VALUES (999, 'later', 0)");
        let before = house.database.rows("SELECT * FROM migration");
        let Err(Error::Conflict(message)) = house.open_again().map(drop) else { panic!("it was opened") };
        assert!(message.contains("newer Parlance") && message.contains("999"), "{message}");
        assert!(message.contains("restore a backup"), "it says what to do: {message}");
        assert_eq!(house.database.rows("SELECT * FROM migration"), before);
    }

    fn the_secret_of_the_installation_is_made_once(house: &House) {
        let before = house.database.rows("SELECT * FROM installation");
        drop(house.another_node());
        assert_eq!(house.database.rows("SELECT * FROM installation"), before);
    }
}

#[test]
fn several_that_open_an_empty_file_at_once_all_succeed() {
    let (database, clock) = (Arc::new(Database::sqlite()), TestClock::new());
    let openers: Vec<_> = (0..6)
        .map(|_| {
            let (database, clock) = (Arc::clone(&database), Arc::clone(&clock));
            std::thread::spawn(move || open(&database, &clock))
        })
        .collect();
    let engines: Vec<_> = openers.into_iter().map(|o| o.join().unwrap().expect("it opens")).collect();
    assert_eq!(database.rows("SELECT COUNT(*) FROM migration"), [steps()]);
    assert_eq!(engines.len(), 6);
}

/// How many steps there are: each is a file, and was applied once.
fn steps() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    std::fs::read_dir(folder).expect("the steps").count().to_string()
}

/// Both nodes stand before the lock when it is let go, whatever isolation the server prefers.
#[test]
fn two_nodes_that_start_on_an_empty_database_at_once_both_succeed() {
    for isolation in ["read committed", "serializable"] {
        let Some(database) = Database::postgres().map(Arc::new) else { return };
        let name = database.rows("SELECT current_database()").remove(0);
        database.execute(&format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'"));
        let (mut rival, clock) = (database.client(), TestClock::new());
        rival.execute("SELECT pg_advisory_lock($1)", &[&MIGRATION_LOCK]).unwrap();
        let openers = [0; 2].map(|_| {
            let (database, clock) = (Arc::clone(&database), Arc::clone(&clock));
            std::thread::spawn(move || open(&database, &clock))
        });
        until("both wait", || database.waiting_for_locks() == 2);
        drop(rival);
        for opener in openers {
            let engine = opener.join().unwrap().expect("a node starts");
            let found = engine.read_blocking(Principal::OPERATOR, |cx| {
                workspace::page(cx, parlance_engine::WorkspaceId(0), 10)
            });
            assert_eq!(found, Ok(vec![]));
        }
        assert_eq!(database.rows("SELECT COUNT(*) FROM migration"), [steps()]);
    }
}

#[test]
fn a_database_that_sorts_by_a_language_is_refused_with_the_command_to_make_another() {
    let Some(good) = Database::postgres() else { return };
    for settings in [
        "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
    ] {
        let name = format!("{}_unfit", good.rows("SELECT current_database()").remove(0));
        good.execute(&format!("CREATE DATABASE {name} TEMPLATE template0 {settings}"));
        let unfit = good.sibling(&name);
        let outcome = open(&unfit, &TestClock::new()).map(drop);
        let tables =
            unfit.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
        good.execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        let Err(Error::Conflict(message)) = outcome else { panic!("{settings}: {outcome:?}") };
        assert!(message.contains("CREATE DATABASE") && message.contains("LC_COLLATE 'C'"), "{message}");
        assert!(tables.is_empty(), "nothing was made in it: {tables:?}");
    }
}

#[test]
fn a_url_that_is_none_is_refused_with_what_would_be_one() {
    for url in ["", "sqlite:", "mysql://x", "postgres:x", "parlance.db"] {
        let outcome = Address::parse(url).map(drop);
        assert!(matches!(outcome, Err(Error::Invalid { field: "database_url", .. })), "{url:?}: {outcome:?}");
    }
}
