//! The rules of the house, checked: who may import whom, which tables a room writes, which SQL both databases
//! understand, how long a function may be, which words mean nothing.
//!
//! Each rule stands beside what it forbids (`planted`) and what only looks like it (`innocent`), and is tried on both.
//! To add a rule, write it in the file it belongs to and name it in [`RULES`].

mod documents;
mod rule;
mod schema;
mod size;
mod sql;
mod subset;
mod tables;
mod tokens;
mod tree;
mod walls;
mod words;

use rule::{Finding, Rule};
use tree::{File, Tree};

const RULES: &[Rule] = &[
    walls::ENGINE_MANIFEST,
    walls::DIALECTS,
    walls::STORES,
    walls::DRIVERS,
    walls::FAULTS,
    tables::OWNERS,
    tables::HOUSED,
    tables::STATEMENTS,
    schema::KEYS,
    subset::SUBSET,
    subset::NULLS,
    size::FUNCTION_MAX,
    size::FUNCTION_SHARE,
    size::FILE_MAX,
    size::FILE_SHARE,
    words::UNFINISHED,
    words::PANICS,
    words::SILENCED,
    words::NAMES,
    words::MACHINES,
    documents::LINKS,
    documents::SETTINGS,
];

#[test]
fn tidy() {
    let tree = Tree::read();
    let findings: Vec<String> = RULES
        .iter()
        .flat_map(|rule| (rule.check)(&tree).iter().map(|f| message(rule, f)).collect::<Vec<_>>())
        .collect();
    assert!(findings.is_empty(), "{} findings\n\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn every_rule_fails_on_its_planted_violations() {
    let tree = Tree::read();
    for rule in RULES {
        let planted = (rule.planted)();
        assert!(!planted.is_empty(), "{} has no planted violation", rule.name);
        for files in planted {
            let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
            let text = files[0].text.clone();
            let findings = (rule.check)(&tree.with(files));
            let found = findings.iter().any(|finding| paths.contains(&finding.path));
            assert!(found, "`{}` does not see what is planted in {}: {text}", rule.name, paths[0]);
        }
    }
}

#[test]
fn no_rule_fails_on_what_only_looks_like_a_violation() {
    let tree = Tree::read();
    for rule in RULES {
        for file in (rule.innocent)() {
            let path = file.path.clone();
            let findings = (rule.check)(&tree.with(vec![file]));
            let wrong: Vec<String> =
                findings.iter().filter(|finding| finding.path == path).map(|f| message(rule, f)).collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }
}

fn message(rule: &Rule, finding: &Finding) -> String {
    let Finding { path, line, problem } = finding;
    format!(
        "{path}:{line}: {problem}\n    rule {}: {}\n    instead: {}\n",
        rule.name, rule.because, rule.instead
    )
}
