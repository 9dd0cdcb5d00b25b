//! Where settings come from: the operator's file, the environment, the command line; in this order, the last wins.

use std::path::PathBuf;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::{Refused, key, read};

/// What a start of the program brings with it.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    /// The file of `--config`.
    pub file: Option<PathBuf>,
    /// The environment; variables without our prefix are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags of the command line: the key and the text, such as `("listen", "0.0.0.0:80")` for `--listen`.
    pub flags: Vec<(&'static str, String)>,
}

/// One key, its new value, and the place that says so.
pub(super) struct Setting {
    key: String,
    value: Value,
    origin: String,
}

impl Sources {
    /// The file of `--config` and the process's own environment (variables that are not Unicode are passed over).
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { file, environment: std::env::vars_os().filter_map(text).collect(), flags: Vec::new() }
    }

    /// Every setting, in the order in which they apply.
    pub(super) fn settings(&self) -> Result<Vec<Setting>, Refused> {
        let mut settings = self.of_file()?;
        settings.extend(self.of_environment()?);
        for (flag, text) in &self.flags {
            settings.push(Setting::from_text(flag, text, format!("--{}", flag.replace(['_', '.'], "-")))?);
        }
        Ok(settings)
    }

    fn of_file(&self) -> Result<Vec<Setting>, Refused> {
        let Some(path) = &self.file else { return Ok(Vec::new()) };
        let text = read(path)?;
        let place = |offset: usize| {
            let line = text[..offset.min(text.len())].matches('\n').count() + 1;
            format!("{}, line {line}", path.display())
        };
        // The parser's own rendering shows the line, which may hold a password: only its message is used.
        let table = DeTable::parse(&text).map_err(|problem| {
            let offset = problem.span().map_or(0, |span| span.start);
            Refused(format!("{}: {}", place(offset), problem.message()))
        })?;
        let values: Table = toml::from_str(&text).map_err(|problem| Refused(problem.message().to_owned()))?;
        leaves(table.get_ref(), &values, &place)
    }

    fn of_environment(&self) -> Result<Vec<Setting>, Refused> {
        let keys: Vec<String> = key::all().into_iter().map(|(key, _)| key).collect();
        let ours = self.environment.iter().filter(|(name, _)| key::is_ours(name));
        ours.map(|(name, text)| {
            let Some(key) = keys.iter().find(|key| key::variable(key) == *name) else {
                let nearest = key::suggestion(name, keys.iter().map(|key| key::variable(key)));
                return Err(Refused(format!("unknown environment variable {name}{nearest}")));
            };
            Setting::from_text(key, text, format!("environment variable {name}"))
        })
        .collect()
    }
}

impl Setting {
    /// The setting that `text` means for `key`, read as the type of the key's default.
    fn from_text(key: &str, text: &str, origin: String) -> Result<Self, Refused> {
        let value = match key::default_of(key) {
            Some(Value::Integer(_)) => text
                .trim()
                .parse()
                .map(Value::Integer)
                .map_err(|_| Refused(format!("{key} ({origin}) must be a whole number")))?,
            Some(Value::Boolean(_)) => text
                .trim()
                .parse()
                .map(Value::Boolean)
                .map_err(|_| Refused(format!("{key} ({origin}) must be true or false")))?,
            Some(Value::Array(_)) => Value::Array(list(text)),
            _ => Value::String(text.to_owned()),
        };
        Ok(Self { key: key.to_owned(), value, origin })
    }

    /// Puts the value into `values`.
    pub(super) fn apply(&self, values: &mut Table) {
        let (table, name) = match self.key.split_once('.') {
            Some((section, name)) => (values.get_mut(section).and_then(Value::as_table_mut), name),
            None => (Some(values), self.key.as_str()),
        };
        table.expect("a setting is made for known keys only").insert(name.to_owned(), self.value.clone());
    }

    /// The sentence that says why this setting is refused.
    pub(super) fn refusal(&self, problem: &toml::de::Error) -> Refused {
        Refused(format!("{} ({}): {}", self.key, self.origin, problem.message()))
    }
}

/// The values of a list written with commas.
fn list(text: &str) -> Vec<Value> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| Value::String(item.to_owned()))
        .collect()
}

/// The leaves of a file: `spans` knows where each stands, `values` what it says.
fn leaves(
    spans: &DeTable<'_>,
    values: &Table,
    place: &dyn Fn(usize) -> String,
) -> Result<Vec<Setting>, Refused> {
    let mut settings = Vec::new();
    for (name, spanned) in spans {
        let value = &values[name.get_ref().as_ref()];
        match (spanned.get_ref(), value) {
            (DeValue::Table(section), Value::Table(inner)) if is_section(name.get_ref()) => {
                for (key, _) in section {
                    let full = format!("{}.{}", name.get_ref(), key.get_ref());
                    settings.push(leaf(full, key, &inner[key.get_ref().as_ref()], place)?);
                }
            }
            _ => settings.push(leaf(name.get_ref().to_string(), name, value, place)?),
        }
    }
    Ok(settings)
}

/// Whether `name` is a section of the default file.
fn is_section(name: &str) -> bool {
    key::defaults().get(name).is_some_and(Value::is_table)
}

/// One setting of a file, refused when there is no such key.
fn leaf<T>(
    key: String,
    name: &Spanned<T>,
    value: &Value,
    place: &dyn Fn(usize) -> String,
) -> Result<Setting, Refused> {
    let origin = place(name.span().start);
    if key::default_of(&key).is_none() {
        let nearest = key::suggestion(&key, key::all().into_iter().map(|(known, _)| known));
        return Err(Refused(format!("unknown key {key} ({origin}){nearest}")));
    }
    Ok(Setting { key, value: value.clone(), origin })
}
