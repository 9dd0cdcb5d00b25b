//! Words that mean nothing, promises that nobody keeps, and what must not be in a public repository.

use crate::rule::{Finding, Rule, each};
use crate::tokens::{Kind, Token, without_tests};
use crate::{File, tokens};

const RUST: &[&str] = &["crates/", "bench/"];
const RUNNING: &[&str] = &["crates/engine/src/", "crates/server/src/"];

/// Put together so that this file does not contain what it looks for.
const UNFINISHED_SIGNS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

pub const UNFINISHED: Rule = Rule {
    name: "nothing is left for later in a comment",
    because: "a note in a comment is read by whoever trips over it, and by nobody before",
    instead: "do it, or open an issue and say in the comment what is so now and why",
    check: |tree| {
        let found =
            tree.files().flat_map(|file| file.lines().map(move |(number, line)| (file, number, line)));
        let signs = |line: &str| {
            UNFINISHED_SIGNS
                .into_iter()
                .find(|sign| line.split(|c: char| !c.is_alphanumeric()).any(|w| w == *sign))
        };
        found
            .filter_map(|(file, number, line)| {
                signs(line).map(|sign| Finding::new(file, number, format!("it says {sign}")))
            })
            .collect()
    },
    planted: || {
        each(
            UNFINISHED_SIGNS
                .map(|sign| File::new("crates/engine/src/note.rs", format!("// {sign}: check this"))),
        )
    },
    innocent: || vec![File::new("crates/engine/src/note.rs", "// the method is todo of a list, a mastodon")],
};

pub const PANICS: Rule = Rule {
    name: "a panic says why it cannot happen",
    because: "a request must never end in one, so whoever writes one has to know, and the next reader as well",
    instead: "give an error back; or `expect(\"why it cannot happen\")`, in three words or more",
    check: |tree| {
        let running = tree.rust(RUNNING).filter(|file| !file.is_test());
        running.flat_map(|file| panics(file, &without_tests(file.tokens()))).collect()
    },
    planted: || {
        each(
            [
                "fn f(a: Option<i64>) -> i64 { a.unwrap() }",
                "fn f(a: Option<i64>) -> i64 { a.expect(\"a\") }",
                "fn f(a: Option<i64>, s: &str) -> i64 { a.expect(s) }",
                "fn f() { unreachable!() }",
                "fn f() { panic!(\"{x}\") }",
                "#[cfg(test)] mod tests { fn g() {} } fn f(a: Option<i64>) -> i64 { a.unwrap() }",
            ]
            .map(|text| File::new("crates/server/src/file/note.rs", text)),
        )
    },
    innocent: || {
        let fine = "fn f(a: Option<i64>) -> i64 { a.expect(\"a loop above found one\") + a.unwrap_or(1) }";
        let test = "#[cfg(test)] mod tests { fn f(a: Option<i64>) -> i64 { a.unwrap() } }";
        vec![
            File::new("crates/server/src/file/note.rs", fine),
            File::new("crates/server/src/file/note.rs", test),
            File::new("crates/server/src/file/tests.rs", "fn f(a: Option<i64>) -> i64 { a.unwrap() }"),
        ]
    },
};

const REASON_WORDS_MIN: usize = 3;

fn panics(file: &File, tokens: &[&Token]) -> Vec<Finding> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let reason = |at: usize| {
        let literal = tokens.get(at).filter(|token| token.kind == Kind::Text);
        literal.is_some_and(|token| token.text.split_whitespace().count() >= REASON_WORDS_MIN)
    };
    let problem = |at: usize| match (text(at), text(at + 1), text(at + 2)) {
        (".", "unwrap", "(") => Some("it unwraps"),
        (".", "expect", "(") if !reason(at + 3) => Some("it expects without a reason"),
        ("panic" | "unreachable" | "unimplemented", "!", _) if !reason(at + 3) => {
            Some("it panics without a reason")
        }
        _ => None,
    };
    let found = (0..tokens.len()).filter_map(|at| Some((at, problem(at)?)));
    found.map(|(at, problem)| Finding::new(file, tokens[at].line, problem)).collect()
}

pub const SILENCED: Rule = Rule {
    name: "a silenced lint says why",
    because: "`allow` stays when its reason is gone; `expect` fails then",
    instead: "write #[expect(lint, reason = \"…\")]",
    check: |tree| {
        let found = tree.rust(RUST).flat_map(|file| silenced(file).into_iter().map(move |line| (file, line)));
        found.map(|(file, line)| Finding::new(file, line, "a lint is silenced without a reason")).collect()
    },
    planted: || {
        each(
            ["#[allow(dead_code)] fn f() {}", "#![allow(dead_code)]", "#[expect(dead_code)] fn f() {}"]
                .map(|text| File::new("crates/engine/src/note.rs", text)),
        )
    },
    innocent: || {
        let text =
            "#[expect(dead_code, reason = \"the other half calls it\")] fn f() { allow(1); a.expect(\"b\") }";
        vec![File::new("crates/engine/src/note.rs", text)]
    },
};

fn silenced(file: &File) -> Vec<usize> {
    let tokens = file.tokens();
    let attribute =
        |at: usize| at > 0 && tokens[at - 1].is("[") && tokens.get(at + 1).is_some_and(|t| t.is("("));
    let unfounded = |at: &usize| match tokens[*at].text.as_str() {
        "allow" => attribute(*at),
        "expect" => {
            attribute(*at) && !tokens[*at..tokens::past(tokens, at + 1)].iter().any(|t| t.is("reason"))
        }
        _ => false,
    };
    (0..tokens.len()).filter(unfounded).map(|at| tokens[at].line).collect()
}

/// Names that say nothing of what is inside. `Service` is the name of a trait of tower's; here it ends a type's name.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "common", "helpers", "helper", "misc", "manager", "service"];
const EMPTY_ENDINGS: [&str; 5] = ["Manager", "Service", "Helper", "Util", "Utils"];

pub const NAMES: Rule = Rule {
    name: "a name says what it is",
    because: "what is called after nothing becomes the home of everything",
    instead: "call it after the noun it holds or the verb it does",
    check: |tree| {
        let mut findings = Vec::new();
        for file in tree.rust(RUST) {
            let empty = file.path.trim_end_matches(".rs").split('/').find(|part| EMPTY_NAMES.contains(part));
            findings.extend(empty.map(|part| Finding::new(file, 1, format!("the path has `{part}` in it"))));
            findings.extend(named(file));
        }
        findings
    },
    planted: || {
        each([
            File::new("crates/server/src/utils.rs", "fn f() {}"),
            File::new("crates/server/src/common/mod.rs", "fn f() {}"),
            File::new("crates/server/src/note.rs", "pub struct SessionManager;"),
            File::new("crates/server/src/note.rs", "trait MessageService {}"),
            File::new("crates/server/src/note.rs", "mod helpers {}"),
        ])
    },
    innocent: || {
        let text =
            "use tower::Service; impl Service<Request> for Guard { type Service = Guard; } struct Managed;";
        vec![File::new("crates/server/src/note.rs", text)]
    },
};

fn named(file: &File) -> Vec<Finding> {
    let tokens = file.tokens();
    let mut findings = Vec::new();
    for pair in tokens.windows(2) {
        let (keyword, name) = (pair[0].text.as_str(), pair[1].text.as_str());
        let empty = match keyword {
            "struct" | "enum" | "trait" | "type" => {
                EMPTY_ENDINGS.iter().any(|ending| name.ends_with(ending) && name != "Service")
            }
            "mod" => EMPTY_NAMES.contains(&name),
            _ => false,
        };
        if empty && pair[0].is_word() && pair[1].is_word() {
            findings.push(Finding::new(file, pair[1].line, format!("`{name}` is an empty name")));
        }
    }
    findings
}

/// Where people and build machines keep their things; put together so that this file does not contain them.
const HOMES: [&str; 5] = [
    concat!("/", "work/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("/", "root/"),
    concat!("C:", "\\Users"),
];

pub const MACHINES: Rule = Rule {
    name: "nothing names a folder of somebody's machine",
    because: "it is not there on the next machine",
    instead: "name it from the root of the repository, or take a temporary folder",
    check: |tree| {
        let mut findings = Vec::new();
        for file in tree.files() {
            let found = file.lines().filter_map(|(number, line)| Some((number, home(line)?)));
            findings
                .extend(found.map(|(number, home)| Finding::new(file, number, format!("it names {home}"))));
        }
        findings
    },
    planted: || {
        let paths = ["docs/note.md", "scripts/note", "crates/engine/src/note.rs", "Cargo.toml", ".ci/run"];
        let in_each = paths.iter().map(|path| File::new(*path, format!("// see {}ada/parlance\n", HOMES[1])));
        each(in_each.chain(HOMES.map(|home| File::new("docs/note.md", format!("cd {home}x")))))
    },
    innocent: || vec![File::new("docs/note.md", format!("see src{}note.rs and ..{}", HOMES[0], HOMES[1]))],
};

/// A folder of a machine: it begins a path, so nothing of a path stands before it.
fn home(line: &str) -> Option<&'static str> {
    let begins = |at: usize| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}'))
    };
    HOMES.into_iter().find(|home| line.match_indices(home).any(|(at, _)| begins(at)))
}
