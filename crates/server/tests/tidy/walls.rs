//! Who may import whom.

use crate::rule::{Finding, Rule, each};
use crate::tokens::{self, Path, follow};
use crate::{File, Tree};

const ENGINE: &str = "crates/engine/src/";
const MANIFEST: &str = "crates/engine/Cargo.toml";
const WORKSPACE: &str = "Cargo.toml";
const DIALECT: &str = "crates/server/src/dialect/";

/// What the engine may not know: networks, wires, and a runtime to wait in.
const NOT_IN_ENGINE: [&str; 9] =
    ["axum", "hyper", "hyper-util", "http", "reqwest", "tower", "tower-http", "serde", "serde_json"];

/// What the engine takes of tokio: the channels over which it answers, which need no runtime.
const TOKIO: [&str; 1] = ["sync"];

pub const ENGINE_MANIFEST: Rule = Rule {
    name: "the engine knows no network and no wire",
    because: "what is true must not depend on who asks, and a simulation must be able to run it alone",
    instead: "do it in crates/server and give the engine plain values",
    check: |tree| {
        let manifest = tree.files().filter(|file| file.path == MANIFEST);
        manifest.flat_map(|file| forbidden(tree, file)).collect()
    },
    planted: || {
        each(
            [
                "serde_json.workspace = true",
                "axum = \"0.8\"",
                "json = { package = \"serde_json\", version = \"1\" }",
                "tokio = { workspace = true, features = [\"rt\", \"sync\"] }",
            ]
            .map(|line| File::new(MANIFEST, format!("[package]\nname = \"x\"\n\n[dependencies]\n{line}\n"))),
        )
    },
    innocent: || {
        let text = "[dependencies]\ntokio = { workspace = true, features = [\"sync\"] }\n[dev-dependencies]\nserde_json = \"1\"\n";
        vec![File::new(MANIFEST, text)]
    },
};

fn forbidden(tree: &Tree, file: &File) -> Vec<Finding> {
    let manifest: toml::Table = file.text.parse().expect("the engine's manifest is TOML");
    let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (key, value) in dependencies {
        let name = value.get("package").and_then(toml::Value::as_str).unwrap_or(key);
        let line =
            file.lines().find(|(_, line)| line.starts_with(key.as_str())).map_or(1, |(number, _)| number);
        if NOT_IN_ENGINE.contains(&name) {
            findings.push(Finding::new(file, line, format!("the engine depends on {name}")));
        }
        if name == "tokio" {
            let more = features(value).chain(inherited(tree, value)).filter(|f| !TOKIO.contains(&f.as_str()));
            findings
                .extend(more.map(|f| Finding::new(file, line, format!("the engine takes `{f}` of tokio"))));
        }
    }
    findings
}

fn features(dependency: &toml::Value) -> impl Iterator<Item = String> {
    let list = dependency.get("features").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|feature| feature.as_str().map(str::to_owned))
}

/// The features that `workspace = true` brings with it.
fn inherited(tree: &Tree, dependency: &toml::Value) -> Vec<String> {
    if dependency.get("workspace").is_none() {
        return Vec::new();
    }
    let root = tree.files().find(|file| file.path == WORKSPACE).expect("the repository has a manifest");
    let root: toml::Table = root.text.parse().expect("the manifest is TOML");
    features(&root["workspace"]["dependencies"]["tokio"]).collect()
}

pub const DIALECTS: Rule = Rule {
    name: "a dialect knows no other dialect",
    because: "so one can be read, changed or left out without the others; and what announces is the engine alone",
    instead: "move what two dialects share up to `dialect/`, and let the engine's events do the announcing",
    check: |tree| {
        let folders = dialects(tree);
        let mut findings = Vec::new();
        for file in tree.rust(&["crates/server/src/"]) {
            let own = folders.iter().find(|folder| file.path.starts_with(&format!("{DIALECT}{folder}/")));
            let wrong = |path: &Path| match own {
                Some(own) => is_foreign(path, &folders, own),
                None => !file.is_in(&[DIALECT]) && is_foreign(path, &folders, ""),
            };
            findings.extend(paths(file).into_iter().filter(wrong).map(|path| names(file, &path)));
        }
        findings
    },
    planted: || {
        each(
            [
                ("managem/note.rs", "use crate::live::Hub;"),
                ("managem/note.rs", "use crate::{auth, work::{self, sweep}};"),
                ("managem/note.rs", "fn f() { super::super::other::wire::render() }"),
                ("other/note.rs", "fn f() { vec![crate::dialect::managem::wire::time(1)]; }"),
                ("../file/note.rs", "use crate::dialect::managem::wire;"),
            ]
            .map(|(path, text)| dialect(path, text)),
        )
    },
    innocent: || {
        vec![
            dialect(
                "managem/note.rs",
                "use super::wire; use crate::dialect::once; fn live(work: i64) -> i64 { work }",
            ),
            dialect("mod.rs", "pub mod managem; const ALL: &[&dyn Dialect] = &[&managem::Managem];"),
        ]
    },
};

fn dialect(path: &str, text: &str) -> File {
    let path =
        path.strip_prefix("../").map_or(format!("{DIALECT}{path}"), |p| format!("crates/server/src/{p}"));
    File::new(path, text)
}

/// The folders in `dialect/`, and one more so that a plant can speak of it.
fn dialects(tree: &Tree) -> Vec<String> {
    let inside = tree.files().filter_map(|file| file.path.strip_prefix(DIALECT)?.split_once('/'));
    let mut folders: Vec<String> =
        inside.map(|(folder, _)| folder.to_owned()).chain(["other".to_owned()]).collect();
    folders.sort();
    folders.dedup();
    folders
}

fn is_foreign(path: &Path, dialects: &[String], own: &str) -> bool {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    match segments[..] {
        ["crate", "dialect", name, ..] => name != own && dialects.iter().any(|dialect| dialect == name),
        ["crate", "live" | "work", ..] => !own.is_empty(),
        _ => false,
    }
}

pub const STORES: Rule = Rule {
    name: "a room's statements are its own",
    because: "a verb is the only way to a table, so that no rule can be walked around",
    instead: "declare it `mod store;`, and call a verb of the room instead of its store",
    check: |tree| {
        let mut findings = Vec::new();
        for file in tree.rust(&[ENGINE]) {
            let here = tokens::module(&file.path);
            let wrong = |path: &Path| !is_inside(&here, path);
            findings.extend(paths(file).into_iter().filter(wrong).map(|path| names(file, &path)));
            findings.extend(opened(file));
        }
        findings
    },
    planted: || {
        each(
            [
                ("person/note.rs", "use crate::message::store;"),
                ("person/note.rs", "use crate::{file, message::store::{insert, page}};"),
                ("person/note.rs", "fn f() { crate::message::store::insert() }"),
                ("person/note.rs", "pub mod store;"),
                ("person/note.rs", "pub(crate) mod store;"),
            ]
            .map(|(path, text)| File::new(format!("{ENGINE}{path}"), text)),
        )
    },
    innocent: || {
        let text = "mod store; pub(crate) use store::columns; fn f() { store::page(); super::store::page() }";
        vec![File::new(format!("{ENGINE}person/note.rs"), text)]
    },
};

/// Whether a path leads into no store but that of the room it stands in.
fn is_inside(here: &[String], path: &Path) -> bool {
    let store = path.segments.iter().position(|segment| segment == "store");
    let room = store.map_or(&path.segments[..0], |at| &path.segments[..at]);
    room.first().is_none_or(|first| first != "crate") || here.starts_with(room)
}

fn opened(file: &File) -> Vec<Finding> {
    let tokens = file.tokens();
    let modules = (1..tokens.len()).filter(|at| follow(tokens, *at, &["mod", "store"]));
    let opened = modules.filter(|at| tokens[at - 1].is("pub") || tokens[at - 1].is(")"));
    opened.map(|at| Finding::new(file, tokens[at].line, "the store is not private")).collect()
}

pub const DRIVERS: Rule = Rule {
    name: "two places know which database is underneath",
    because: "everything else is written once and runs on both",
    instead: "go through `db::Conn`, and add to it what is missing",
    check: |tree| {
        let drivers = ["rusqlite", "libsqlite3_sys", "postgres", "tokio_postgres", "tokio_postgres_rustls"];
        let know = ["crates/engine/src/db/conn/", "crates/engine/src/search/"];
        let wrong = |path: &Path| path.segments.len() > 1 && drivers.contains(&path.segments[0].as_str());
        let others =
            tree.rust(&["crates/engine/src/", "crates/server/src/"]).filter(|file| !file.is_in(&know));
        others
            .flat_map(|file| paths(file).into_iter().filter(wrong).map(move |path| names(file, &path)))
            .collect()
    },
    planted: || {
        each([
            File::new("crates/engine/src/db/note.rs", "enum Raw { One(rusqlite::Connection) }"),
            File::new("crates/engine/src/person/note.rs", "use postgres::Client;"),
            File::new(
                "crates/server/src/work/note.rs",
                "fn f() { let _ = rusqlite::Connection::open(\"x\"); }",
            ),
        ])
    },
    innocent: || {
        let text = "fn f(a: Address) { matches!(a, Address::Postgres(_)); } use super::conn;";
        vec![File::new("crates/engine/src/db/note.rs", text)]
    },
};

pub const FAULTS: Rule = Rule {
    name: "a dialect names every error",
    because: "a new error of the engine must not compile until each dialect has said how it looks on its wire",
    instead: "write out the variants instead of `_`",
    check: |tree| {
        let faults = tree.rust(&[DIALECT]).filter(|file| file.path.ends_with("/fault.rs"));
        let arms = faults.flat_map(|file| {
            let tokens = file.tokens();
            let found = (0..tokens.len()).filter(|at| follow(tokens, *at, &["_", "=", ">"]));
            found.map(move |at| Finding::new(file, tokens[at].line, "an arm for every other error"))
        });
        arms.collect()
    },
    planted: || {
        each([dialect(
            "managem/fault.rs",
            "fn f(e: Error) -> u16 { match e { Error::Locked => 409, _ => 500 } }",
        )])
    },
    innocent: || {
        vec![dialect("managem/fault.rs", "fn f(e: Error) -> u16 { match e { Error::NotFound(_) => 404 } }")]
    },
};

fn paths(file: &File) -> Vec<Path> {
    tokens::paths(file.tokens(), &tokens::module(&file.path))
}

fn names(file: &File, path: &Path) -> Finding {
    Finding::new(file, path.line, format!("it names {}", path.segments.join("::")))
}
