//! Every statement of the rooms that send finds its rows by more than the workspace, as SQLite plans it.

use crate::support::House;

/// The rooms' own texts; statements are looked for in them.
const ROOMS: [(&str, &str); 9] = [
    ("contact", include_str!("../../../src/contact/store.rs")),
    ("line", include_str!("../../../src/conversation/line/store.rs")),
    ("submission", include_str!("../../../src/submission/store.rs")),
    ("what waits", include_str!("../../../src/submission/waiting.rs")),
    ("campaign", include_str!("../../../src/campaign/store.rs")),
    ("campaign due", include_str!("../../../src/campaign/due.rs")),
    ("carrier", include_str!("../../../src/carrier/store.rs")),
    ("handset", include_str!("../../../src/handset/store.rs")),
    ("credit", include_str!("../../../src/credit/store.rs")),
];

/// What is one row for each workspace, or so few that they are looked through.
const SMALL: [&str; 4] = ["wallet", "price", "k", "counter"];

#[test]
fn every_statement_finds_its_rows_by_more_than_the_workspace() {
    let house = House::on_sqlite();
    let (mut seen, mut slow) = (0, Vec::new());
    for (room, text) in ROOMS {
        for statement in statements(text) {
            let steps = house.database.rows(&format!("EXPLAIN QUERY PLAN {statement}"));
            seen += steps.len();
            slow.extend(
                steps
                    .into_iter()
                    .filter(|step| !is_found(step))
                    .map(|step| format!("{room}: {step}\n{statement}")),
            );
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
    assert!(seen > 30, "the statements were found: {seen}");
}

#[test]
fn a_statement_that_looks_through_a_workspace_is_noticed() {
    let house = House::on_sqlite();
    let plan = |sql: &str| house.database.rows(&format!("EXPLAIN QUERY PLAN {sql}"));
    let all = plan("SELECT message FROM submission WHERE workspace = 1 AND to_address = 'x'");
    assert!(!all.iter().all(|step| is_found(step)), "{all:?}");
    let sorted = plan("SELECT message FROM submission WHERE workspace = 1 AND message = 'x'");
    assert!(sorted.iter().all(|step| is_found(step)), "{sorted:?}");
}

/// The texts between quotes that are whole statements, with something in the place of each argument.
fn statements(source: &str) -> Vec<String> {
    let begins =
        |text: &&str| ["SELECT ", "UPDATE ", "DELETE ", "INSERT "].iter().any(|verb| text.starts_with(verb));
    let whole = |text: &&str| !text.trim_end().ends_with("SELECT") && !text.trim_end().ends_with("VALUES");
    source.split('"').filter(begins).filter(whole).map(argued).collect()
}

fn argued(sql: &str) -> String {
    let mut argued = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        argued.push_str(before);
        argued.push_str("'1'");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    argued + rest
}

/// `… | SEARCH s USING INDEX submission_due (workspace=? AND carrier=?)`, but not `(workspace=?)` alone.
fn is_found(step: &str) -> bool {
    let what = step.rsplit(" | ").next().unwrap_or_default();
    let mut words = what.split(' ');
    match (words.next(), words.next()) {
        (Some("SEARCH"), Some(table)) => SMALL.contains(&table) || !what.ends_with("(workspace=?)"),
        (Some("SCAN"), _) => false,
        _ => true,
    }
}
