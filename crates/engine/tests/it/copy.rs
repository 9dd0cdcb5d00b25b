//! A database copied into another holds the same, whichever of the two kinds they are.

use std::path::Path;

use parlance_engine::db::{self, Address, Contents, Copy, Restore};
use parlance_engine::{Error, Result, Time};
use proptest::prelude::*;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::support::{Database, House};

const NOW: Time = Time(1_800_000_000_000_000);

/// Columns of a row for one of the tables below: every kind of text and number a client could have put there.
#[derive(Debug, Clone)]
struct Nasty {
    texts: [String; 5],
    numbers: [i64; 3],
    missing: Option<i64>,
}

fn nasty() -> impl Strategy<Value = Nasty> {
    let character = prop_oneof![
        4 => any::<char>(),
        2 => prop::sample::select(vec!['\u{1}', '\u{7f}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10ffff}', '\'', '"', '\\', '$', '\n'])
    ];
    let text = prop::collection::vec(character, 0..12)
        .prop_map(|all| all.into_iter().filter(|c| *c != '\0').collect::<String>());
    let number = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0), -2..2_i64];
    (prop::array::uniform5(text), prop::array::uniform3(number.clone()), prop::option::of(number))
        .prop_map(|(texts, numbers, missing)| Nasty { texts, numbers, missing })
}

/// A SQLite database of the present schema with these rows in tables of every shape of key.
fn filled(rows: &[Nasty]) -> (House, Vec<Vec<Value>>) {
    let house = House::on_sqlite();
    let db = Connection::open(file(&house.database)).unwrap();
    for row in rows {
        let ([a, b, c, d, e], [i, j, k], missing) = (&row.texts, &row.numbers, row.missing);
        db.execute(
            "INSERT OR IGNORE INTO membership VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![i, a, b, c, d, e, j],
        )
        .unwrap();
        db.execute(
            "INSERT OR IGNORE INTO message (workspace, conversation, idx, id, author, body, attachments, created_at,
                                        viewed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![i, a, j, b, c, d, k, j, missing],
        )
        .unwrap();
        db.execute("INSERT OR IGNORE INTO login VALUES (?1, ?2, ?3, ?4, NULL)", params![a, i, b, c]).unwrap();
        let text = missing.map(|_| d);
        db.execute(
            "INSERT OR IGNORE INTO event VALUES (?1, ?2, ?3, ?4, ?4, ?4, ?4, ?5)",
            params![i, j, a, text, k],
        )
        .unwrap();
    }
    let dump = dump(file(&house.database));
    (house, dump)
}

fn file(database: &Database) -> &Path {
    let Address::Sqlite(path) = &database.address else { panic!("a database in a file") };
    path
}

/// All rows, read without the code under test. The history of the schema is each database's own.
fn dump(path: &Path) -> Vec<Vec<Value>> {
    let db = Connection::open(path).unwrap();
    let tables: Vec<String> =
        column(&db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migration'");
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for table in tables {
        let mut statement = db
            .prepare(&format!("SELECT '{table}', t.* FROM {table} t ORDER BY 2, 3, 4, 5, 6"))
            .unwrap_or_else(|_| {
                db.prepare(&format!("SELECT '{table}', t.* FROM {table} t ORDER BY 2")).unwrap()
            });
        let width = statement.column_count();
        let read = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        rows.extend(read.map(rusqlite::Result::unwrap));
    }
    rows
}

fn postgres(database: &Database) -> postgres::Client {
    let Address::Postgres(url) = &database.address else { panic!("a database on PostgreSQL") };
    postgres::Client::connect(url, postgres::NoTls).unwrap()
}

fn column(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(rusqlite::Result::unwrap).collect()
}

fn copy(from: &Address, to: &Address) -> Result<Contents> {
    db::copy(&Copy { from, to, now: NOW }, &mut |_| {})
}

fn beside(database: &Database, name: &str) -> Address {
    Address::Sqlite(database.folder().unwrap().join(name))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn to_postgres_and_back_nothing_changes(rows in prop::collection::vec(nasty(), 0..700)) {
        let (house, before) = filled(&rows);
        let (here, back) = (&house.database.address, beside(&house.database, "back.db"));
        let Some(there) = Database::postgres() else { return Ok(()) };
        let sent = copy(here, &there.address).unwrap();
        let returned = copy(&there.address, &back).unwrap();
        prop_assert_eq!(&sent, &returned);
        let Address::Sqlite(path) = back else { unreachable!() };
        prop_assert_eq!(&db::contents(&path, &mut |_| {}).unwrap(), &sent);
        prop_assert!(dump(&path) == before, "the rows differ, read from outside");
        let messages = sent.tables.iter().find(|sum| sum.table == "message").unwrap().rows;
        prop_assert_eq!(messages, before.iter().filter(|row| row[0] == Value::Text("message".into())).count() as u64);
    }

    #[test]
    fn a_backup_of_either_database_holds_what_it_held(rows in prop::collection::vec(nasty(), 0..300)) {
        let (house, before) = filled(&rows);
        let folder = house.database.folder().unwrap();
        let (first, second) = (folder.join("first.db"), folder.join("second.db"));
        let kept = db::back_up(&house.database.address, &first, NOW, &mut |_| {}).unwrap();
        prop_assert!(dump(&first) == before);
        prop_assert_eq!(&db::contents(&first, &mut |_| {}).unwrap(), &kept);
        let Some(there) = Database::postgres() else { return Ok(()) };
        let restore = Restore { file: &first, to: &there.address, scratch: folder, now: NOW };
        db::restore(&restore, &mut |_| {}).unwrap();
        prop_assert_eq!(db::back_up(&there.address, &second, NOW, &mut |_| {}).unwrap(), kept);
        prop_assert!(dump(&second) == before);
        let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        prop_assert!(!left.iter().any(|name| name.to_str().unwrap().contains("restore")), "{left:?}");
    }

    #[test]
    fn one_changed_value_changes_the_sum(row in nasty(), at in 1..9_usize) {
        let (house, _) = filled(std::slice::from_ref(&row));
        let folder = house.database.folder().unwrap();
        let copy = folder.join("copy.db");
        let before = db::back_up(&house.database.address, &copy, NOW, &mut |_| {}).unwrap();
        let columns = ["workspace", "conversation", "idx", "id", "author", "body", "attachments", "created_at", "viewed_at"];
        let (column, db) = (columns[at], Connection::open(&copy).unwrap());
        let number = format!("CASE COALESCE({column}, 0) WHEN 7 THEN 8 ELSE 7 END");
        let other = if [2, 6, 7, 8].contains(&at) { number } else { format!("{column} || 'x'") };
        db.execute(&format!("UPDATE message SET {column} = {other}"), []).unwrap();
        drop(db);
        let after = db::contents(&copy, &mut |_| {}).unwrap();
        let differ = before.tables.iter().zip(&after.tables).filter(|(a, b)| a != b).map(|(a, _)| a.table.as_str());
        prop_assert_eq!(differ.collect::<Vec<_>>(), ["message"]);
    }
}

#[test]
fn postgres_has_the_tables_and_columns_that_are_copied() {
    let Some(house) = House::on_postgres() else { return };
    let mut client = postgres(&house.database);
    let theirs = "SELECT table_name || '.' || column_name FROM information_schema.columns
                  WHERE table_schema = 'public' ORDER BY 1";
    let theirs: Vec<String> = client.query(theirs, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let ours = House::on_sqlite();
    let db = Connection::open(file(&ours.database)).unwrap();
    let sql = "SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1";
    assert_eq!(theirs, column(&db, sql));
    let kept =
        db::back_up(&ours.database.address, &ours.database.folder().unwrap().join("b"), NOW, &mut |_| {});
    let mut copied: Vec<String> = kept.unwrap().tables.into_iter().map(|sum| sum.table).collect();
    copied.extend(["commit_mark".into(), "migration".into()]);
    copied.sort();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1";
    assert_eq!(copied, column(&db, tables));
}

#[test]
fn a_database_in_use_is_not_copied_into() {
    let from = House::on_sqlite();
    let Some(house) = House::on_postgres() else { return };
    house.workspace("shop");
    let refused = copy(&from.database.address, &house.database.address).unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("in use")), "{refused}");
    assert_eq!(db::expect_vacant(&house.database.address, NOW), Err(refused));
    let file = House::on_sqlite();
    let refused = copy(&from.database.address, &file.database.address).unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("exists already")), "{refused}");
    assert_eq!(db::expect_vacant(&file.database.address, NOW), Err(refused));
}

#[test]
fn a_copy_that_fails_half_way_leaves_nothing() {
    let house = House::on_sqlite();
    let db = Connection::open(file(&house.database)).unwrap();
    db.execute(
        "INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at)
             VALUES (1, 'c', 1, 'm', 'p', CAST(x'ff' AS TEXT), 0, 0)",
        [],
    )
    .unwrap();
    let to = beside(&house.database, "copy.db");
    assert!(matches!(copy(&house.database.address, &to), Err(Error::Internal(_))));
    let names = std::fs::read_dir(house.database.folder().unwrap()).unwrap();
    assert!(!names.into_iter().any(|entry| entry.unwrap().file_name().to_str().unwrap().contains("copy.db")));
    let Some(there) = Database::postgres() else { return };
    assert!(matches!(copy(&house.database.address, &there.address), Err(Error::Internal(_))));
    let mut client = postgres(&there);
    let tables =
        client.query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'", &[]).unwrap();
    assert!(tables.is_empty());
}

#[test]
fn a_target_that_keeps_something_else_than_it_is_given_is_found_out() {
    let from = House::on_sqlite();
    let shop = from.workspace("shop");
    from.customer(&shop, "ada");
    let Some(House { engine, database, .. }) = House::on_postgres() else { return };
    drop(engine);
    let mut client = postgres(&database);
    client
        .batch_execute(
            "DELETE FROM installation;
             CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN NEW.username = upper(NEW.username); RETURN NEW; END $$;
             CREATE TRIGGER shout BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION shout();",
        )
        .unwrap();
    let found = copy(&from.database.address, &database.address).unwrap_err();
    assert!(matches!(&found, Error::Internal(why) if why.contains("copy of person differs")), "{found}");
    assert_eq!(db::expect_vacant(&database.address, NOW), Ok(()));
    client.batch_execute("DROP TRIGGER shout ON person").unwrap();
    copy(&from.database.address, &database.address).unwrap();
}

#[test]
fn no_server_can_start_on_half_a_copy() {
    let from = House::on_sqlite();
    let Some(there) = Database::postgres() else { return };
    let mut client = postgres(&there);
    let mut seen = 0;
    let job = Copy { from: &from.database.address, to: &there.address, now: NOW };
    db::copy(&job, &mut |_| {
        // The lock under which every start looks at the schema first.
        let free: bool =
            client.query_one("SELECT pg_try_advisory_xact_lock(7238461930142)", &[]).unwrap().get(0);
        assert!(!free);
        seen += 1;
    })
    .unwrap();
    assert!(seen > 0);
}

#[test]
fn a_source_of_another_schema_is_refused() {
    let house = House::on_sqlite();
    let db = Connection::open(file(&house.database)).unwrap();
    db.execute("INSERT INTO migration VALUES (99, 'from the future', 0)", params_from_iter([0; 0])).unwrap();
    let refused = copy(&house.database.address, &beside(&house.database, "copy.db")).unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("schema 99")), "{refused}");
    let empty = beside(&house.database, "empty.db");
    let Address::Sqlite(path) = &empty else { unreachable!() };
    std::fs::write(path, "").unwrap();
    let refused = copy(&empty, &beside(&house.database, "copy.db")).unwrap_err();
    assert!(
        matches!(&refused, Error::Conflict(why) if why.contains("no database of Parlance's")),
        "{refused}"
    );
}

#[test]
fn a_file_with_a_flipped_byte_is_no_backup() {
    let house = House::on_sqlite();
    let shop = house.workspace("shop");
    house.customer(&shop, "ada");
    let copy = house.database.folder().unwrap().join("copy.db");
    db::back_up(&house.database.address, &copy, NOW, &mut |_| {}).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).unwrap().permissions()) & 0o777,
        0o600
    );
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes[4096 + 3] ^= 0x5a;
    std::fs::write(&copy, bytes).unwrap();
    let refused = db::contents(&copy, &mut |_| {}).unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("is damaged")), "{refused}");
}
