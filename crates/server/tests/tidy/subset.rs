//! The SQL that SQLite and PostgreSQL understand alike; CONTRIBUTING.md has the table of it for people.

use crate::rule::{Finding, Rule, each};
use crate::schema::{migrations, tables};
use crate::sql::Statement;
use crate::{File, Tree};

/// The rooms that have a text for each database.
const TWO_TEXTS: [&str; 2] = ["crates/engine/src/db/conn/", "crates/engine/src/search/"];

/// What only one of the two understands, or each in its own way, and what to write.
const NOT_SHARED: [(&[&str], &str); 48] = [
    (&["?"], "`$1`, bound by its digit"),
    (&["boolean"], "BIGINT with CHECK (x IN (0, 1))"),
    (&["bool"], "BIGINT with CHECK (x IN (0, 1))"),
    (&["true"], "1"),
    (&["false"], "0"),
    (&["uuid"], "TEXT"),
    (&["timestamp"], "BIGINT microseconds"),
    (&["timestamptz"], "BIGINT microseconds"),
    (&["date"], "BIGINT microseconds"),
    (&["json"], "TEXT that is never queried, or a column of its own"),
    (&["jsonb"], "TEXT that is never queried, or a column of its own"),
    (&["bytea"], "hex TEXT"),
    (&["blob"], "hex TEXT"),
    (&["varchar"], "TEXT"),
    (&["int"], "BIGINT"),
    (&["integer"], "BIGINT"),
    (&["smallint"], "BIGINT"),
    (&["real"], "BIGINT thousandths"),
    (&["numeric"], "BIGINT thousandths"),
    (&["decimal"], "BIGINT thousandths"),
    (&["serial"], "a counter: UPDATE … SET n = n + 1 … RETURNING n"),
    (&["bigserial"], "a counter: UPDATE … SET n = n + 1 … RETURNING n"),
    (&["autoincrement"], "a counter: UPDATE … SET n = n + 1 … RETURNING n"),
    (&["nextval"], "a counter: UPDATE … SET n = n + 1 … RETURNING n"),
    (&["rowid"], "the table's own key"),
    (&["strict"], "TEXT and BIGINT alone"),
    (&["without", "rowid"], "/* clustered */ behind the table"),
    (&["now", "("], "the verb's time as an argument"),
    (&["current_timestamp"], "the verb's time as an argument"),
    (&["datetime", "("], "the verb's time as an argument"),
    (&["strftime", "("], "the verb's time as an argument"),
    (&["random", "("], "chance as an argument"),
    (&["ilike"], "a folded column and LIKE"),
    (&["collate"], "a folded column and ="),
    (&["nocase"], "a folded column and ="),
    (&["glob"], "a folded column and LIKE"),
    (&["->"], "a column or a side table"),
    (&["->>"], "a column or a side table"),
    (&["@>"], "a column or a side table"),
    (&["::"], "CAST(x AS BIGINT)"),
    (&["insert", "or"], "INSERT … ON CONFLICT …"),
    (&["replace", "into"], "INSERT … ON CONFLICT …"),
    (&["alter", "column"], "a new table, ADD COLUMN, or a pair of files"),
    (&["last_insert_rowid"], "RETURNING"),
    (&["group_concat"], "rows, put together in Rust"),
    (&["string_agg"], "rows, put together in Rust"),
    (&["ifnull"], "COALESCE"),
    (&["avg", "("], "CAST(SUM(x) AS BIGINT) and COUNT(*)"),
];

pub const SUBSET: Rule = Rule {
    name: "one SQL text for both databases",
    because: "two texts drift apart, and a text that only one database understands fails on the other",
    instead: "write what the table of CONTRIBUTING.md says",
    check: |tree| {
        let mut findings = Vec::new();
        for (file, statement) in everything(tree) {
            let found = NOT_SHARED.iter().filter(|(words, _)| statement.has(words));
            findings.extend(found.map(|(words, instead)| {
                Finding::new(
                    file,
                    statement.line,
                    format!("`{}` is not shared; write {instead}", words.join(" ")),
                )
            }));
            let odd = [bare_sum(statement), untyped_null(statement)].into_iter().flatten();
            findings.extend(odd.map(|problem| Finding::new(file, statement.line, problem)));
        }
        findings
    },
    planted: || {
        let words =
            NOT_SHARED.iter().map(|(words, _)| format!("SELECT a FROM message WHERE {} b", words.join(" ")));
        let odd = ["SELECT SUM(size) FROM file", "SELECT id FROM file WHERE $1 IS NULL OR id = $1"];
        let in_rust = words.chain(odd.map(str::to_owned)).map(|sql| planted(&sql));
        let migration = File::new(
            "crates/engine/migrations/9999_planted.sql",
            "CREATE TABLE note (\n    at TIMESTAMPTZ\n);",
        );
        each(in_rust.chain([migration]))
    },
    innocent: || {
        vec![
            planted("SELECT CAST(SUM(size) AS BIGINT) FROM file WHERE CAST($1 AS TEXT) IS NULL"),
            planted("SELECT id FROM file WHERE state = 'really? -> now()' ORDER BY id"),
            File::new(
                "crates/engine/src/search/note.rs",
                "const S: &str = \"SELECT rowid FROM x WHERE a ILIKE $1\";",
            ),
        ]
    },
};

pub const NULLS: Rule = Rule {
    name: "an order says where nothing goes",
    because: "SQLite puts NULL first and PostgreSQL last",
    instead: "write ORDER BY x NULLS LAST (or FIRST), or make the column NOT NULL",
    check: |tree| {
        let all = migrations(tree).flat_map(tables);
        let nullable: Vec<(String, String)> =
            all.flat_map(|t| t.nullable.into_iter().map(move |column| (t.name.clone(), column))).collect();
        let found = everything(tree).into_iter().filter_map(|(file, s)| {
            unsaid(s, &nullable).map(|column| Finding::new(file, s.line, format!("{column} may be NULL")))
        });
        found.collect()
    },
    planted: || {
        each([
            planted("SELECT id FROM person WHERE workspace = $1 ORDER BY username"),
            planted("SELECT p.id FROM person p WHERE p.workspace = $1 ORDER BY p.id, p.email DESC LIMIT 3"),
        ])
    },
    innocent: || {
        vec![
            planted("SELECT id FROM person WHERE workspace = $1 ORDER BY username NULLS LAST, id"),
            planted("SELECT id FROM person WHERE workspace = $1 ORDER BY created_at, id"),
        ]
    },
};

fn planted(sql: &str) -> File {
    File::new("crates/engine/src/file/note.rs", format!("const S: &str = \"{sql}\";"))
}

/// Every statement of the rooms and of the migrations.
fn everything(tree: &Tree) -> Vec<(&File, &Statement)> {
    let rooms = tree.rust(&["crates/engine/src/"]).filter(|file| !file.is_in(&TWO_TEXTS));
    let files = rooms.chain(migrations(tree));
    files.flat_map(|file| file.statements().iter().map(move |statement| (file, statement))).collect()
}

/// PostgreSQL's SUM of BIGINT is a NUMERIC, which nothing here reads.
fn bare_sum(statement: &Statement) -> Option<String> {
    let words = &statement.words;
    let sum =
        (0..words.len()).find(|at| words[*at] == "sum" && words.get(at + 1).is_some_and(|w| w == "("))?;
    let cast = sum >= 2 && words[sum - 2] == "cast";
    (!cast).then(|| "a bare SUM; write CAST(SUM(x) AS BIGINT)".to_owned())
}

/// PostgreSQL cannot tell the type of `$1` in `$1 IS NULL`.
fn untyped_null(statement: &Statement) -> Option<String> {
    let bare = |w: &[String]| w[0].starts_with('$') && w[1] == "is";
    statement
        .words
        .windows(2)
        .any(bare)
        .then(|| "a bare `$1 IS NULL`; write CAST($1 AS TEXT) IS NULL".to_owned())
}

/// A column that the statement orders by, that may be NULL, and of which it does not say where NULL goes.
fn unsaid(statement: &Statement, nullable: &[(String, String)]) -> Option<String> {
    let from = statement.words.windows(2).position(|pair| pair == ["order", "by"])? + 2;
    let order =
        statement.words[from..].iter().take_while(|word| !matches!(word.as_str(), "limit" | ")" | "for"));
    let order: Vec<&str> = order.map(String::as_str).collect();
    let tables = statement.tables();
    let may_be_null = |column: &str| {
        nullable.iter().any(|(table, name)| name == column && tables.iter().any(|t| t.name == *table))
    };
    let item = |item: &&[&str]| !item.contains(&"nulls") && item.iter().any(|word| may_be_null(word));
    order.split(|word| *word == ",").find(item).map(|item| item.join(" "))
}
