//! The keys that exist: the leaves of the default file, and the environment variables named after them.

use toml::{Table, Value};

use super::DEFAULT;

/// Variables of our tests, which a server started by a test inherits.
const TEST_VARIABLES: &str = "PARLANCE_TEST_";

/// The default file as values.
pub(super) fn defaults() -> Table {
    DEFAULT.parse().expect("the default file is TOML: a test reads it")
}

/// Every key with its default, such as `("limits.body_bytes_max", 1048576)`.
pub(super) fn all() -> Vec<(String, Value)> {
    let mut keys = Vec::new();
    for (name, value) in defaults() {
        match value {
            Value::Table(section) => {
                keys.extend(section.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            leaf => keys.push((name, leaf)),
        }
    }
    keys
}

/// The default of `key`, if there is such a key.
pub(super) fn default_of(key: &str) -> Option<Value> {
    all().into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

/// The environment variable that sets `key`: `limits.body_bytes_max` → `PARLANCE_LIMITS_BODY_BYTES_MAX`.
pub(super) fn variable(key: &str) -> String {
    format!("PARLANCE_{}", key.replace('.', "_").to_uppercase())
}

/// Whether `name` is a variable that has to be known to us.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with("PARLANCE_") && !name.starts_with(TEST_VARIABLES)
}

/// `, did you mean NEAREST?` for the known name that is most like `unknown`, or nothing when none is.
pub(super) fn suggestion(unknown: &str, known: impl Iterator<Item = String>) -> String {
    let bare = |name: &str| name.trim_start_matches("PARLANCE_").to_owned();
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&bare(unknown), &bare(name));
    let nearest = known.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match nearest {
        Some(name) if likeness(&name) > 0.5 => format!(", did you mean {name}?"),
        _ => "; `parlance config` prints all that there are".to_owned(),
    }
}
