//! What a database holds, as text.

use parlance_engine::db::Address;
use postgres::NoTls;
use rusqlite::OpenFlags;

/// Every table with what of it counts. Marks of commits come and go by themselves, when a token or a person was last
/// there is noted beside the requests, and what follows the event log does so in its own time.
const TABLES: [(&str, &str); 31] = [
    ("installation", "*"),
    ("workspace", "*"),
    ("counter", "*"),
    ("person", "*"),
    ("login", "*"),
    ("membership", "*"),
    ("token", "workspace, id, hash, person, label, can_write, created_at, expires_at, revoked_at"),
    ("conversation", "*"),
    ("participant", "*"),
    ("inbox", "*"),
    ("message", "*"),
    ("file", "*"),
    ("event", "*"),
    ("message_version", "*"),
    ("status_update", "*"),
    ("category", "*"),
    ("preference", "*"),
    ("unsubscribed", "*"),
    ("contact", "*"),
    ("contact_list", "*"),
    ("contact_list_member", "*"),
    ("opt_out", "*"),
    ("carrier", "workspace, id, kind, address, url, secret, created_at, removed_at"),
    ("campaign", "*"),
    ("campaign_recipients", "*"),
    ("campaign_request", "*"),
    ("wallet", "*"),
    ("ledger", "*"),
    ("price", "*"),
    ("account_parameter", "*"),
    ("sub_account", "*"),
];

/// The rows of every table and the idempotency keys, in an order of their own.
pub fn of(address: &Address) -> String {
    let tables = TABLES.iter().chain(&[("idempotency", "*")]);
    let queries: Vec<String> =
        tables.clone().map(|(table, columns)| format!("SELECT {columns} FROM {table}")).collect();
    let found = rows(address, &queries);
    tables.zip(found).map(|((table, _), rows)| section(table, rows)).collect()
}

/// The rows of each of these queries, as text.
pub fn rows(address: &Address, queries: &[String]) -> Vec<Vec<String>> {
    match address {
        Address::Sqlite(path) => {
            let db = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
                .expect("the file opens");
            queries.iter().map(|sql| sqlite(&db, sql)).collect()
        }
        Address::Postgres(url) => {
            let mut db = postgres::Client::connect(url, NoTls).expect("PostgreSQL answers");
            queries.iter().map(|sql| postgres(&mut db, sql)).collect()
        }
    }
}

fn section(table: &str, mut rows: Vec<String>) -> String {
    rows.sort();
    format!("== {table}\n{}\n", rows.join("\n"))
}

fn sqlite(db: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).expect("a statement");
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let value = |at| row.get_ref(at).map(|value| format!("{value:?}"));
        (0..columns).map(value).collect::<Result<Vec<_>, _>>().map(|values| values.join(", "))
    };
    let rows = statement.query_map([], row).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

fn postgres(db: &mut postgres::Client, sql: &str) -> Vec<String> {
    let rows = db.query(&format!("SELECT t::TEXT FROM ({sql}) t"), &[]).expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}
