use std::io::Write as _;

use proptest::prelude::*;

use super::*;

fn environment(variables: &[(&str, &str)]) -> Sources {
    let environment = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Sources { environment, ..Sources::default() }
}

fn refusal_of(sources: &Sources) -> String {
    Config::load(sources).expect_err("this configuration must be refused").to_string()
}

fn with_file(text: &str, check: impl FnOnce(Sources)) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    check(Sources { file: Some(file.path().to_owned()), ..Sources::default() });
}

#[test]
fn the_default_file_fits_the_struct_and_documents_every_key() {
    let config = Config::load(&Sources::default()).expect("the defaults are right");
    assert_eq!(config, Config::default());
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url().to_string(), "sqlite:./data/parlance.db");
    let mut previous = "";
    for line in DEFAULT.lines() {
        if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            assert!(previous.starts_with('#') || previous.contains(" = "), "{key} has no comment above it");
        }
        previous = line;
    }
}

#[test]
fn a_flag_beats_the_environment_and_the_environment_beats_the_file() {
    with_file(
        "listen = '127.0.0.1:1'\npublic_url = 'https://a.example'\n[rates]\ntoken_burst = 7\n",
        |mut sources| {
            sources.environment =
                environment(&[("PARLANCE_LISTEN", "127.0.0.1:2"), ("HOME", "/")]).environment;
            assert_eq!(Config::load(&sources).unwrap().listen.port(), 2);
            sources.flags = vec![("listen", "127.0.0.1:3".to_owned())];
            let config = Config::load(&sources).unwrap();
            assert_eq!(config.listen.port(), 3);
            assert_eq!(config.public_url(config.listen), "https://a.example");
            assert_eq!(config.rates.token_burst.get(), 7);
        },
    );
}

#[test]
fn every_key_can_be_set_by_an_environment_variable() {
    for (key, default) in key::all() {
        let text = match &default {
            toml::Value::String(text) => text.clone(),
            toml::Value::Array(_) => String::new(),
            other => other.to_string(),
        };
        let sources = environment(&[(&key::variable(&key), &text)]);
        assert_eq!(Config::load(&sources), Ok(Config::default()), "{key}");
    }
}

#[test]
fn a_list_in_the_environment_has_commas() {
    let sources =
        environment(&[("PARLANCE_TRUSTED_PROXIES", "10.0.0.0/8, ::1"), ("PARLANCE_CORS_ORIGINS", "*")]);
    let config = Config::load(&sources).unwrap();
    let networks: Vec<String> = config.trusted_proxies.iter().map(|network| network.0.to_string()).collect();
    assert_eq!(networks, ["10.0.0.0/8", "::1/128"]);
    assert_eq!(config.cors_origins.len(), 1);
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_known_one() {
    assert_eq!(
        refusal_of(&environment(&[("PARLANCE_LISTNE", "127.0.0.1:1")])),
        "unknown environment variable PARLANCE_LISTNE, did you mean PARLANCE_LISTEN?"
    );
    let far = refusal_of(&environment(&[("PARLANCE_ZZ", "hunter2")]));
    assert_eq!(far, "unknown environment variable PARLANCE_ZZ; `parlance config` prints all that there are");
    assert!(Config::load(&environment(&[("PARLANCE_TEST_POSTGRES", "postgres://x")])).is_ok());
}

#[test]
fn an_unknown_key_of_a_file_is_refused_with_its_line() {
    with_file("listen = '127.0.0.1:1'\n\n[limits]\n# why\nbody_byte_max = 1\n", |sources| {
        let refusal = refusal_of(&sources);
        assert!(refusal.starts_with("unknown key limits.body_byte_max ("), "{refusal}");
        assert!(refusal.ends_with(", line 5), did you mean limits.body_bytes_max?"), "{refusal}");
    });
    with_file("[limit]\nbody_bytes_max = 1\n", |sources| {
        assert!(refusal_of(&sources).starts_with("unknown key limit ("));
    });
}

#[test]
fn a_section_written_as_a_value_and_a_value_written_as_a_section_are_refused() {
    with_file("limits = 3\n", |sources| assert!(refusal_of(&sources).contains("unknown key limits (")));
    with_file("[listen]\nport = 3\n", |sources| assert!(refusal_of(&sources).contains("listen (")));
}

#[test]
fn a_bad_value_says_where_it_stands_and_what_is_expected() {
    let refusals = [
        ("PARLANCE_LISTEN", "8080", "an address and port such as 127.0.0.1:8080"),
        ("PARLANCE_METRICS_LISTEN", "no", "or off"),
        ("PARLANCE_PUBLIC_URL", "https://a.example/", "without a slash at the end"),
        ("PARLANCE_TRUSTED_PROXIES", "10.0.0.0/33", "networks or addresses such as"),
        ("PARLANCE_CORS_ORIGINS", "shop.example.com", "origins such as https://shop.example.com"),
        ("PARLANCE_LOG", "loud", "expected error, warn, info"),
        ("PARLANCE_LOG_FORMAT", "xml", "expected one of"),
        ("PARLANCE_DATABASE_URL", "mysql://root:hunter2@db", "sqlite:PATH or postgres://"),
        ("PARLANCE_DATABASE_GROUP_MAX", "0", "expected a nonzero"),
        ("PARLANCE_LIMITS_HEAD_BYTES_MAX", "100", "expected at least 8192"),
        ("PARLANCE_LIMITS_BODY_BYTES_MAX", "1 MiB", "must be a whole number"),
    ];
    for (name, text, expected) in refusals {
        let refusal = refusal_of(&environment(&[(name, text)]));
        assert!(refusal.contains(expected) && refusal.contains(name), "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_without_showing_its_line() {
    with_file("[database]\nurl = \"postgres://me:hunter2@db/x\n", |sources| {
        let refusal = refusal_of(&sources);
        assert!(refusal.contains("line 2") && !refusal.contains("hunter2"), "{refusal}");
    });
    let missing = Sources { file: Some("/nowhere/parlance.toml".into()), ..Sources::default() };
    assert!(refusal_of(&missing).starts_with("cannot read the configuration file /nowhere/parlance.toml: "));
}

#[test]
fn a_database_url_is_shown_without_its_password() {
    let shown = |text: &str| DatabaseUrl::try_from(text.to_owned()).unwrap().to_string();
    assert_eq!(shown("postgres://me:hunter2@db:5432/chat?sslmode=require"), "postgres://me:***@db:5432/chat");
    assert_eq!(shown("postgresql://db/chat?user=me&password=hunter2"), "postgresql://db/chat");
    assert_eq!(shown("postgres://me:hunt/er2@db/chat"), "postgres://***");
    assert_eq!(shown("sqlite:/var/lib/parlance.db"), "sqlite:/var/lib/parlance.db");
}

proptest! {
    #[test]
    fn no_password_is_ever_shown(password in "[!-~]{4,20}Q") {
        for text in [
            format!("postgres://me:{password}@db.example/chat"),
            format!("postgres://db.example/chat?password={password}"),
        ] {
            let mut config = Config::default();
            config.database.url = DatabaseUrl::try_from(text).unwrap();
            let shown = format!("{config:?} {}", config.database_url());
            prop_assert!(!shown.contains(&password), "{shown}");
        }
    }

    #[test]
    fn no_file_makes_the_loader_panic(text in "(\\PC|\n){0,200}|([a-z_.\\[\\] ={}\"0-9\n-]){0,200}") {
        with_file(&text, |sources| drop(Config::load(&sources)));
    }
}

#[test]
fn an_empty_data_folder_is_refused_for_it_would_be_wherever_the_server_is_started() {
    let refusal = refusal_of(&environment(&[("PARLANCE_DATA", " ")]));
    assert!(refusal.contains("data") && refusal.contains("expected a folder"), "{refusal}");
}
