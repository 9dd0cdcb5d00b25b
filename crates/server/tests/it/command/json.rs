use serde_json::Value;

use super::site::Site;

/// Commands that are done, refused and not understood.
const LINES: &[&str] = &[
    "workspace add shop",
    "workspace list",
    "workspace set shop --country DE",
    "workspace set nowhere --country DE",
    "person add --workspace shop --external-id u1",
    "person list --workspace shop",
    "person set u1 --workspace shop --name Ada",
    "person import people.ndjson --workspace shop",
    "person import missing.ndjson --workspace shop",
    "membership add --workspace shop --person u1 --domain d --aggregate a --id i --role r",
    "membership list --workspace shop --person u1",
    "membership remove --workspace shop --person u1 --domain d --aggregate a --id i",
    "category add printing --workspace shop",
    "category list --workspace shop",
    "category set general --workspace shop --active off",
    "preference set --workspace shop --customer c1 --person u1",
    "preference list --workspace shop",
    "preference remove --workspace shop --customer c1",
    "token add --workspace shop --person u1",
    "token list --workspace shop --person u1",
    "token revoke nothing --workspace shop",
    "config",
    "version",
    "help",
    "--help",
    "--version",
    "person --help",
    "",
    "person",
    "nonsense",
    "person add",
    "person add --workspace shop --kind king",
    "person add --workspace shop --rating 4.9999",
    "token add --workspace shop --person u1 --expires someday",
    "workspace set shop --remove-links perhaps",
    "--config missing.toml workspace list",
];

/// Every place where `--json` can stand in each of the lines.
fn lines_with_json() -> impl Iterator<Item = Vec<&'static str>> {
    LINES.iter().flat_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (0..=words.len()).map(move |place| {
            let mut words = words.clone();
            words.insert(place, "--json");
            words
        })
    })
}

fn with_json_everywhere_there_is_exactly_one_json_value(site: &Site) {
    site.file("people.ndjson", "{\"externalId\":\"u2\"}\n");
    for words in lines_with_json() {
        let done = super::site::done(site.command(&words), b"");
        let value: Result<Value, _> = serde_json::from_str(done.stdout());
        let value = value.unwrap_or_else(|problem| panic!("{words:?}: {problem}: {}", done.printed()));
        assert_eq!(done.stderr(), "", "{words:?}");
        let failed = value.get("error").is_some();
        assert_eq!(failed, done.code() != 0, "{words:?}: {value}");
        if failed {
            let is_usage = value["error"]["code"] == "usage";
            assert_eq!(done.code(), if is_usage { 2 } else { 1 }, "{words:?}: {value}");
        }
    }
}

#[test]
fn with_json_anywhere_there_is_exactly_one_json_value_alone() {
    with_json_everywhere_there_is_exactly_one_json_value(&Site::on_sqlite());
}

#[test]
fn with_json_anywhere_there_is_exactly_one_json_value_beside_a_server() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    with_json_everywhere_there_is_exactly_one_json_value(&site);
}
