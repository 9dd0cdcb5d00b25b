//! The tables as the migrations make them.

use crate::rule::{Finding, Rule, each, nothing};
use crate::sql::words;
use crate::{File, Tree};

const MIGRATIONS: &str = "crates/engine/migrations/";

/// Tables that belong to no workspace, each with the reason.
const INSTALLATION_WIDE: [(&str, &str); 4] = [
    ("installation", "there is one, and the workspaces are in it"),
    ("commit_mark", "a commit may hold the work of several workspaces"),
    ("workspace", "its id is the workspace"),
    ("login", "an e-mail address opens one account in the whole installation"),
];

pub const KEYS: Rule = Rule {
    name: "keys begin with the workspace",
    because: "so a shard key exists from the first day, and a leak between tenants needs two mistakes",
    instead: "put `workspace` first in the PRIMARY KEY, or add the table to INSTALLATION_WIDE with its reason",
    check: |tree| {
        let wrong = |table: &Table| {
            !is_installation_wide(&table.name) && table.key.first().is_none_or(|c| c != "workspace")
        };
        let found =
            migrations(tree).flat_map(|file| tables(file).into_iter().filter(wrong).map(move |t| (file, t)));
        found
            .map(|(file, t)| {
                Finding::new(file, t.line, format!("the key of {} is ({})", t.name, t.key.join(", ")))
            })
            .collect()
    },
    planted: || {
        each([
            migration(
                "CREATE TABLE note (\n    id TEXT NOT NULL PRIMARY KEY,\n    workspace BIGINT NOT NULL\n);",
            ),
            migration("CREATE TABLE note (id TEXT, workspace BIGINT, PRIMARY KEY (id, workspace));"),
            migration("CREATE TABLE note (workspace BIGINT NOT NULL, body TEXT);"),
        ])
    },
    innocent: nothing,
};

fn migration(text: &str) -> File {
    File::new(format!("{MIGRATIONS}9999_planted.sql"), text)
}

/// A table of a migration.
pub struct Table {
    pub name: String,
    pub line: usize,
    /// The columns of its primary key, in order.
    pub key: Vec<String>,
    /// The columns that may be NULL.
    pub nullable: Vec<String>,
}

pub fn is_installation_wide(table: &str) -> bool {
    INSTALLATION_WIDE.iter().any(|(name, _)| *name == table)
}

pub fn migrations(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files().filter(|file| file.is_in(&[MIGRATIONS]))
}

/// The tables that a migration makes.
pub fn tables(file: &File) -> Vec<Table> {
    let starts = file.lines().filter(|(_, line)| line.starts_with("CREATE TABLE "));
    starts.map(|(line, _)| table(file, line)).collect()
}

fn table(file: &File, line: usize) -> Table {
    let rest: String = file.text.lines().skip(line - 1).collect::<Vec<_>>().join("\n");
    let words = words(&rest);
    let open = words.iter().position(|word| word == "(").unwrap_or(words.len());
    let parts = parts(&words[open.min(words.len() - 1)..]);
    let key = parts.iter().find_map(|part| key(part)).unwrap_or_default();
    let nullable = parts.iter().filter(|part| is_nullable(part)).map(|part| part[0].clone()).collect();
    let name = words.get(open.wrapping_sub(1)).cloned().unwrap_or_default();
    Table { name, line, key, nullable }
}

/// What stands between the commas of the outermost brackets.
fn parts(words: &[String]) -> Vec<Vec<String>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0;
    for word in words {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        let begins = depth == 1 && word == "(" && parts[0].is_empty();
        if depth == 1 && word == "," {
            parts.push(Vec::new());
        } else if let (false, Some(part)) = (begins, parts.last_mut()) {
            part.push(word.clone());
        }
    }
    parts
}

fn key(part: &[String]) -> Option<Vec<String>> {
    let at = part.windows(2).position(|pair| pair == ["primary", "key"])?;
    let is_column = at > 0;
    let names = part.iter().skip(at + 2).filter(|word| word.chars().all(|c| c.is_alphanumeric() || c == '_'));
    Some(if is_column { vec![part[0].clone()] } else { names.cloned().collect() })
}

fn is_nullable(part: &[String]) -> bool {
    let is_column = part.get(1).is_some_and(|kind| kind == "text" || kind == "bigint");
    is_column && !part.windows(2).any(|pair| pair == ["not", "null"])
}
