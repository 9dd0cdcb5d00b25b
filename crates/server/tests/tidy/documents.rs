//! What the documents promise is there.

use std::collections::BTreeSet;

use crate::rule::{Finding, Rule, each};
use crate::{File, Tree};

pub const LINKS: Rule = Rule {
    name: "a link leads somewhere",
    because: "a reader who follows a broken link stops reading",
    instead: "name the file as it is called now, from the folder of the document",
    check: |tree| {
        let paths: BTreeSet<&str> = tree.files().map(|file| file.path.as_str()).collect();
        let mut findings = Vec::new();
        for file in documents(tree) {
            for (number, line) in file.lines() {
                let broken = links(line).filter(|link| !leads(&paths, &file.path, link));
                findings
                    .extend(broken.map(|link| Finding::new(file, number, format!("{link} is not there"))));
            }
        }
        findings
    },
    planted: || {
        each([
            File::new("docs/note.md", "See [the other page](missing.md)."),
            File::new("README.md", "See [the other page](docs/missing.md#part)."),
        ])
    },
    innocent: || {
        let text = "See [this](../Makefile#why), [that](https://example.com/x.md), [here](#part), [folder](../scripts).";
        vec![File::new("docs/note.md", text)]
    },
};

fn documents(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files().filter(|file| file.path.ends_with(".md"))
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(link, _)| link).filter(|link| !link.contains("://") && !link.starts_with('#'))
}

fn leads(paths: &BTreeSet<&str>, from: &str, link: &str) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('#').next().unwrap_or(link).split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    let target = parts.join("/");
    let folder = format!("{target}/");
    paths.contains(target.as_str()) || paths.iter().any(|path| path.starts_with(&folder))
}

/// Variables that are no setting of the server's.
const OF_TESTS: [&str; 1] = ["PARLANCE_TEST_POSTGRES"];

const DEFAULTS: &str = "crates/server/config/default.toml";

pub const SETTINGS: Rule = Rule {
    name: "a variable in a document is a setting",
    because: "the server refuses a variable that it does not know",
    instead: "look it up in crates/server/config/default.toml",
    check: |tree| {
        let known = variables(tree);
        let mut findings = Vec::new();
        for file in documents(tree).filter(|file| file.path != "CHANGELOG.md") {
            for (number, line) in file.lines() {
                let unknown = named(line).filter(|name| !known.contains(*name) && !OF_TESTS.contains(name));
                findings
                    .extend(unknown.map(|name| Finding::new(file, number, format!("{name} is no setting"))));
            }
        }
        findings
    },
    planted: || each([File::new("docs/note.md", "Set `PARLANCE_PORT=80`.")]),
    innocent: || {
        vec![File::new(
            "docs/note.md",
            "Set `PARLANCE_DATABASE_URL` and PARLANCE_LISTEN; all begin with PARLANCE_.",
        )]
    },
};

/// The variables of every key of the default configuration.
fn variables(tree: &Tree) -> BTreeSet<String> {
    let defaults =
        tree.files().find(|file| file.path == DEFAULTS).expect("the default configuration is there");
    let table: toml::Table = defaults.text.parse().expect("the default configuration is TOML");
    let mut names = BTreeSet::new();
    for (key, value) in &table {
        match value.as_table() {
            Some(section) => names.extend(section.keys().map(|inner| variable(&format!("{key}_{inner}")))),
            None => drop(names.insert(variable(key))),
        }
    }
    names
}

fn variable(key: &str) -> String {
    format!("PARLANCE_{}", key.to_uppercase())
}

fn named(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("PARLANCE_") && *word != "PARLANCE_")
}
