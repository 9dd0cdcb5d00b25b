//! Who writes which table, and that no statement looks across workspaces.

use crate::rule::{Finding, Rule, each};
use crate::schema::{is_installation_wide, migrations, tables};
use crate::sql::{Statement, Table};
use crate::{File, Tree};

const ENGINE: &str = "crates/engine/src/";

/// The rooms that write a table which does not bear their name.
const OWNERS_OF: [(&str, &[&str]); 27] = [
    ("inbox", &["participant"]),
    ("login", &["credential"]),
    ("token", &["credential"]),
    ("commit_mark", &["installation"]),
    // One hot row for each workspace, which is also the lock of its writes: each of these rooms moves a column of its
    // own, and the workspace lays the row down.
    ("counter", &["workspace", "event", "conversation", "person", "file"]),
    ("message_version", &["message"]),
    ("status_update", &["conversation"]),
    ("unsubscribed", &["notice"]),
    ("contact_list", &["contact"]),
    ("contact_list_member", &["contact"]),
    ("submission_part", &["submission"]),
    ("early_report", &["submission"]),
    ("received", &["carrier"]),
    ("received_part", &["carrier"]),
    ("handset_text", &["handset"]),
    ("campaign_recipients", &["campaign"]),
    ("campaign_request", &["campaign"]),
    ("wallet", &["credit"]),
    ("ledger", &["credit"]),
    ("price", &["credit"]),
    ("account_parameter", &["account"]),
    ("sub_account", &["account"]),
    // Renamed to `file` in the step that makes it.
    ("file_next", &["file"]),
    // Built from the log of events for whoever searches.
    ("document", &["search"]),
    ("document_cursor", &["search"]),
    ("document_label", &["search"]),
    ("migration", &["db"]),
];

/// Rooms that write any table: the storage itself copies and restores them all.
const WRITES_ALL: &str = "db";

pub const OWNERS: Rule = Rule {
    name: "a room writes only its own tables",
    because: "then whoever changes what a table means has one folder to read",
    instead: "call a verb of the room that owns the table; reading a neighbour's table in a join is fine",
    check: |tree| {
        let writes = |file: &File, table: &Table| table.written && !is_own(room(file), &table.name);
        each_table(tree, writes, |table| format!("this room does not own the table {}", table.name))
    },
    planted: || {
        each([
            engine(
                "person/note.rs",
                "const S: &str = \"UPDATE message SET body = $2 WHERE workspace = $1\";",
            ),
            engine("person/note.rs", "const S: &str = \"DELETE FROM participant WHERE workspace = $1\";"),
            engine("file/note.rs", "const S: &str = \"INSERT INTO event (workspace) VALUES ($1)\";"),
            engine("file/note.rs", "fn f() { g(concat!(\"UPDATE \", \"conversation SET locked = 1\")) }"),
        ])
    },
    innocent: || {
        let join =
            "SELECT m.id FROM file f JOIN message m ON m.workspace = f.workspace WHERE f.workspace = $1";
        let upsert = "INSERT INTO file (workspace) VALUES ($1) ON CONFLICT (workspace) DO UPDATE SET id = $2";
        vec![engine("file/note.rs", &format!("const S: &[&str] = &[\"{join}\", \"{upsert}\"];"))]
    },
};

pub const HOUSED: Rule = Rule {
    name: "every table has a room",
    because: "a table that nobody owns is written by everybody",
    instead: "make the room that bears its name, or name its room in OWNERS_OF",
    check: |tree| {
        let rooms: Vec<&str> = tree.rust(&[ENGINE]).map(room).collect();
        let orphan =
            |table: &str| !rooms.contains(&table) && !OWNERS_OF.iter().any(|(name, _)| *name == table);
        let all = migrations(tree).flat_map(|file| tables(file).into_iter().map(move |t| (file, t)));
        let orphans = all.filter(|(_, table)| orphan(&table.name));
        orphans
            .map(|(file, t)| Finding::new(file, t.line, format!("no room owns the table {}", t.name)))
            .collect()
    },
    planted: || {
        let table = "CREATE TABLE stray (workspace BIGINT, PRIMARY KEY (workspace));";
        each([File::new("crates/engine/migrations/9999_planted.sql", table)])
    },
    innocent: || {
        let table = "CREATE TABLE message (workspace BIGINT, PRIMARY KEY (workspace));";
        vec![File::new("crates/engine/migrations/9999_planted.sql", table)]
    },
};

/// Where statements look across workspaces, each with the reason.
const ACROSS: [(&str, &str); 13] = [
    ("crates/engine/src/callback/due.rs", "one caller serves all workspaces, and no host waits for another"),
    ("crates/engine/src/campaign/due.rs", "one runner computes and sends the campaigns of all workspaces"),
    ("crates/engine/src/carrier/everywhere.rs", "one server speaks with the carriers of all workspaces"),
    ("crates/engine/src/checkup/", "it looks at the whole installation, for the operator alone"),
    ("crates/engine/src/credential/", "it begins with a secret, and finds out whose workspace that opens"),
    ("crates/engine/src/follower/", "a follower asks in which workspaces there is something new"),
    ("crates/engine/src/installation.rs", "what all workspaces share has none"),
    ("crates/engine/src/memo/due.rs", "one sender serves all workspaces, whatever has waited longest first"),
    ("crates/engine/src/notice/due.rs", "one sender serves all workspaces, whoever has waited longest first"),
    ("crates/engine/src/workspace/", "it is the list of workspaces"),
    ("crates/engine/src/search/store.rs", "it says how far the logs of all workspaces are indexed"),
    ("crates/engine/src/search/sqlite.rs", "a workspace is a range of row numbers in that file"),
    ("crates/engine/src/db/", "the storage itself: the schema, the marks of commits, copies of everything"),
];

pub const STATEMENTS: Rule = Rule {
    name: "every statement filters on the workspace",
    because: "a statement that does not could show one tenant what belongs to another",
    instead: "compare `workspace` of every table in it with `$1` or with that of a table that is",
    check: |tree| {
        let allowed = |file: &File| ACROSS.iter().any(|(folder, _)| file.path.starts_with(folder));
        let files = tree.rust(&[ENGINE]).filter(|file| !allowed(file));
        let all = files.flat_map(|file| file.statements().iter().map(move |statement| (file, statement)));
        all.filter(|(_, statement)| statement.is_whole).flat_map(|(file, s)| unfiltered(file, s)).collect()
    },
    planted: || {
        each([
            "SELECT id FROM message WHERE id = $1",
            "SELECT m.id FROM message m JOIN person p ON p.id = m.author WHERE m.workspace = $1",
            "SELECT m.id FROM message m JOIN person p ON p.workspace = m.workspace",
            "UPDATE message SET body = $2 WHERE id = $1",
            "DELETE FROM message",
            "INSERT INTO message (id, body) VALUES ($1, $2)",
            "UPDATE inbox SET unread = 0 WHERE workspace = $1 AND person IN (SELECT p.person FROM participant p)",
        ]
        .map(|sql| engine("message/note.rs", &format!("const S: &str = \"{sql}\";"))))
    },
    innocent: || {
        [
            "SELECT m.id FROM message m JOIN workspace w ON w.id = m.workspace WHERE m.workspace = $1",
            "SELECT e.id FROM event AS e LEFT JOIN person p ON e.workspace = p.workspace WHERE e.workspace = $2",
            "Select one of the messages FROM the list",
        ]
        .map(|sql| engine("message/note.rs", &format!("const S: &str = \"{sql}\";")))
        .into()
    },
};

fn engine(name: &str, text: &str) -> File {
    File::new(format!("{ENGINE}{name}"), text)
}

/// The noun a file of the engine belongs to.
fn room(file: &File) -> &str {
    let inside = &file.path[ENGINE.len()..];
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

fn is_own(room: &str, table: &str) -> bool {
    let named = OWNERS_OF.iter().find(|(name, _)| *name == table);
    room == table || room == WRITES_ALL || named.is_some_and(|(_, rooms)| rooms.contains(&room))
}

fn each_table(tree: &Tree, wrong: fn(&File, &Table) -> bool, say: fn(&Table) -> String) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust(&[ENGINE]) {
        for statement in file.statements() {
            let found = statement.tables().into_iter().filter(|table| wrong(file, table));
            findings.extend(found.map(|table| Finding::new(file, statement.line, say(&table))));
        }
    }
    findings
}

fn unfiltered(file: &File, statement: &Statement) -> Vec<Finding> {
    let tables = statement.tables();
    let missing =
        tables.iter().filter(|table| !is_installation_wide(&table.name) && !is_bound(statement, table));
    let mut findings: Vec<Finding> = missing
        .map(|table| Finding::new(file, statement.line, format!("no workspace is asked of {}", table.alias)))
        .collect();
    let anchored =
        statement.words.windows(3).any(|w| w[0] == "workspace" && w[1] == "=" && w[2].starts_with('$'));
    let inserts = statement.words[0] == "insert";
    if findings.is_empty() && !tables.is_empty() && !anchored && !inserts {
        findings.push(Finding::new(file, statement.line, "the workspace is compared with no argument"));
    }
    findings
}

/// Whether the statement says of which workspace it takes this table's rows.
fn is_bound(statement: &Statement, table: &Table) -> bool {
    let words = &statement.words;
    if table.at > 0 && words[table.at - 1] == "into" {
        let columns = words[table.at..].iter().take_while(|word| *word != ")");
        return columns.into_iter().any(|column| column == "workspace");
    }
    let qualified = [table.alias.as_str(), ".", "workspace"];
    let compared = statement.has(&[qualified[0], ".", "workspace", "="])
        || statement.has(&["=", qualified[0], ".", "workspace"]);
    compared || (table.alias == table.name && bare(words))
}

/// `workspace = $1` without an alias before it.
fn bare(words: &[String]) -> bool {
    let says = |w: &[String]| w[0] != "." && w[1] == "workspace" && w[2] == "=";
    words.windows(3).any(says)
}
