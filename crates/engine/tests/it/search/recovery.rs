//! An index that is behind, gone, damaged or of another database.

use std::fs;
use std::path::PathBuf;

use parlance_engine::db::Address;

use super::{catch_up, find, found, open};
use crate::support::{Database, House, on_both};

on_both! {
    fn what_was_not_indexed_before_a_restart_is_indexed_after_it(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        open(house, ada, "first");
        assert_eq!(find(house, ada, "first"), [1]);
        open(house, ada, "second");
        let restarted = house.another_node();
        assert_eq!(found(&restarted, ada, "second"), Ok(vec![]), "not yet");
        catch_up(&restarted);
        assert_eq!(found(&restarted, ada, "second"), Ok(vec![2]));
        assert_eq!(found(&restarted, ada, "first"), Ok(vec![1]));
    }

    fn a_search_in_a_workspace_that_was_never_indexed_indexes_it(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        open(house, ada, "first");
        assert_eq!(found(&house.engine, ada, "first"), Ok(vec![1]));
    }

    fn an_index_of_another_history_is_made_anew(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        open(house, ada, "first");
        open(house, ada, "second");
        assert_eq!(find(house, ada, "second"), [2]);
        // What going back to a backup does: the log is shorter, and goes on otherwise.
        for table in ["event", "message", "participant"] {
            let keep = if table == "event" { "seq <= 3" } else { "conversation = (SELECT id FROM conversation WHERE short_id = 1)" };
            house.database.execute(&format!("DELETE FROM {table} WHERE NOT ({keep})"));
        }
        house.database.execute("DELETE FROM conversation WHERE short_id = 2; UPDATE counter SET event_seq = 3, conversation_seq = 1");
        let restored = house.another_node();
        catch_up(&restored);
        assert_eq!(found(&restored, ada, "second"), Ok(vec![]));
        assert_eq!(found(&restored, ada, "first"), Ok(vec![1]));
        open(house, ada, "third");
        catch_up(&restored);
        assert_eq!(found(&restored, ada, "third"), Ok(vec![2]));
    }

    fn how_far_the_index_is_can_be_asked(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        assert_eq!(house.engine.reached(shop.id), 0);
        open(house, ada, "first");
        catch_up(&house.engine);
        let last: i64 = house.database.rows("SELECT event_seq FROM counter")[0].parse().unwrap();
        assert_eq!(house.engine.reached(shop.id), last);
    }
}

/// The index of a SQLite database.
fn index_of(database: &Database) -> PathBuf {
    let Address::Sqlite(path) = &database.address else { panic!("a database on SQLite") };
    path.with_extension("search.db")
}

#[test]
fn an_index_that_is_taken_away_is_made_anew() {
    let house = House::on_sqlite();
    let shop = house.workspace("shop");
    let ada = house.agent(&shop, "ada");
    open(&house, ada, "first");
    assert_eq!(find(&house, ada, "first"), [1]);
    fs::remove_file(index_of(&house.database)).unwrap();
    open(&house, ada, "second");
    assert_eq!(find(&house, ada, "first"), [1], "while it was open");
    assert_eq!(find(&house, ada, "second"), [2]);
    let path = index_of(&house.database);
    let house = house.reopened_with(|_| fs::remove_file(&path).unwrap());
    assert_eq!(find(&house, ada, "second"), [2], "while it was not");
}

/// What is done to the bytes of a file.
type Harm = fn(&mut Vec<u8>);

#[test]
fn a_damaged_index_is_made_anew() {
    let damage: [(&str, Harm); 4] = [
        ("emptied", Vec::clear),
        ("cut short", |bytes| bytes.truncate(5_000)),
        ("no database", |bytes| bytes[..4_096].fill(b'x')),
        ("overwritten", |bytes| bytes[4_096..].fill(0)),
    ];
    for (what, harm) in damage {
        let house = House::on_sqlite();
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        open(&house, ada, "first");
        assert_eq!(find(&house, ada, "first"), [1]);
        let path = index_of(&house.database);
        let house = house.reopened_with(|_| {
            let mut bytes = fs::read(&path).unwrap();
            harm(&mut bytes);
            fs::write(&path, bytes).unwrap();
        });
        open(&house, ada, "second");
        // The damage may come to light while something is done.
        for _ in 0..3 {
            let _ = house.engine.index();
            let _ = found(&house.engine, ada, "first");
        }
        assert_eq!(find(&house, ada, "first"), [1], "{what}");
        assert_eq!(find(&house, ada, "second"), [2], "{what}");
    }
}

#[test]
fn an_index_of_another_installation_is_made_anew() {
    let house = House::on_sqlite();
    let ada = house.agent(&house.workspace("shop"), "ada");
    open(&house, ada, "theirs");
    assert_eq!(find(&house, ada, "theirs"), [1]);
    let secret = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVybzE";
    let house = house.reopened_with(|database| {
        database.execute(&format!(
            "UPDATE message SET body = 'ours'; UPDATE installation SET secret = '{secret}'"
        ));
    });
    assert_eq!(find(&house, ada, "theirs"), []);
    assert_eq!(find(&house, ada, "ours"), [1]);
}
