use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::site::{Site, on_every_site};

const BAD_LINE: usize = 10_500;

fn people(count: usize) -> String {
    (1..=count).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, r#"{{"externalId":"u{n}","username":"user {n}","rating":4.5}}"#);
        text
    })
}

/// `text` with something else in line `number`.
fn with_line(text: &str, number: usize, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines[number - 1] = line;
    lines.join("\n")
}

/// What a list says of everybody but our ids, in order of the external ids.
fn known(list: &Value) -> BTreeMap<String, Value> {
    let people = list.as_array().unwrap().iter().map(|person| {
        let mut person = person.clone();
        person["id"] = Value::Null;
        (person["externalId"].as_str().unwrap().to_owned(), person)
    });
    people.collect()
}

on_every_site! {
    fn a_bad_line_in_the_middle_ends_an_import_and_what_is_before_it_stays(site: &Site) {
        site.json("workspace add shop");
        let whole = people(20_000);
        site.file("bad.ndjson", with_line(&whole, BAD_LINE, r#"{"externalId":"eve","phone":"12"}"#));
        let (code, message) = site.run("person import bad.ndjson --workspace shop --json").error();
        assert_eq!(code, "invalid");
        assert!(message.starts_with("line 10500: phone: "), "{message}");
        assert!(message.ends_with("10499 people were imported before this, none after it."), "{message}");
        let list = site.json("person list --workspace shop");
        let ids: Vec<&str> = list.as_array().unwrap().iter().filter_map(|p| p["externalId"].as_str()).collect();
        assert_eq!(ids.len(), BAD_LINE - 1);
        assert!(ids.contains(&"u10499") && !ids.contains(&"u10501"));

        let mended = site.run_with("person import - --workspace shop --json", whole).json(0);
        assert_eq!(mended, json!({ "imported": 20_000, "added": 9_501, "updated": 10_499 }));
    }

    fn a_list_longer_than_a_page_is_whole_and_can_be_imported_elsewhere(site: &Site) {
        site.json("workspace add shop");
        site.json("workspace add copy");
        site.run_with("person import - --workspace shop", people(1_234));
        let list = site.json("person list --workspace shop");
        let all = list.as_array().unwrap();
        assert_eq!(all.len(), 1_234);
        assert!(all.windows(2).all(|pair| pair[0]["id"].as_str() < pair[1]["id"].as_str()));
        let table = site.run("person list --workspace shop");
        assert_eq!(table.stdout().lines().count(), 1_235, "a heading and a line for each");

        let lines: String = all.iter().map(|person| format!("{person}\n\n")).collect();
        site.run_with("person import - --workspace copy --json", lines).json(0);
        let copy = site.json("person list --workspace copy");
        assert!(known(&copy) == known(&list), "the copy says the same of everybody");
    }
}

#[test]
fn every_kind_of_bad_line_is_reported_with_its_number() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    site.json("workspace add shop");
    let too_long = format!(r#"{{"externalId":"x","profile":"{}"}}"#, "x".repeat(300_000));
    let long_name = format!(r#"{{"externalId":"x","name":"{}"}}"#, "x".repeat(201));
    let bad: [&[u8]; 13] = [
        b"nonsense",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"{\"externalId\":7}",
        b"{\"externalID\":\"x\"}",
        b"{\"externalId\":\"x\",\"rating\":-1}",
        b"{\"externalId\":\"x\",\"kind\":\"king\"}",
        b"{\"externalId\":\"x\",\"joinedAt\":\"yesterday\"}",
        b"{\"externalId\":\"\xff\"}",
        too_long.as_bytes(),
        long_name.as_bytes(),
    ];
    for line in bad {
        let file = [b"{\"externalId\":\"u1\"}\n\n", line, b"\n{\"externalId\":\"u2\"}\n"].concat();
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
        let (code, message) = site.run_with("person import - --workspace shop --json", file).error();
        assert_eq!(code, "invalid", "{shown}: {message}");
        assert!(message.starts_with("line 3: "), "{shown}: {message}");
        assert!(message.contains("\n1 people were imported before this"), "{shown}: {message}");
    }
    assert_eq!(site.json("person list --workspace shop").as_array().map(Vec::len), Some(1));
}

#[test]
fn an_import_into_nowhere_or_from_nowhere_is_refused() {
    let site = Site::on_sqlite();
    assert_eq!(site.run_with("person import - --workspace shop --json", people(3)).error().0, "not_found");
    assert_eq!(site.run("person import - --workspace shop --json").error().0, "not_found");
    site.json("workspace add shop");
    assert_eq!(site.run("person import missing --workspace shop --json").error().0, "unavailable");
    let nobody = json!({ "imported": 0, "added": 0, "updated": 0 });
    assert_eq!(site.json("person import - --workspace shop"), nobody);
}
