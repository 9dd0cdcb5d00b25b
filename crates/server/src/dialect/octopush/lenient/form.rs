//! Forms and queries. Names with brackets make a tree: `recipients[0][phone_number]=…`.

use serde_json::{Map, Value};

/// How deep a name may reach; what reaches deeper is not read.
const DEPTH_MAX: usize = 4;

/// Reads `name=value&…`; whatever stands there, something is read.
pub(super) fn parse(encoded: &[u8]) -> Map<String, Value> {
    gather(form_urlencoded::parse(encoded).map(|(name, text)| (name, text.into_owned())))
}

/// A tree of these names and texts. Of the spellings of arrays, `k=a&k=b` and `k[]=a&k[]=b` mean the same.
pub(super) fn gather(pairs: impl IntoIterator<Item = (impl AsRef<str>, String)>) -> Map<String, Value> {
    let mut tree = Value::Object(Map::new());
    for (name, text) in pairs {
        if let Some(path) = path(name.as_ref()) {
            put(&mut tree, &path, text);
        }
    }
    match tree {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// `a[b][]` → `a`, `b` and nothing. `None` for what names nothing.
fn path(name: &str) -> Option<Vec<&str>> {
    let (root, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut path = vec![root];
    while !rest.is_empty() {
        let (key, behind) = rest.strip_prefix('[')?.split_once(']')?;
        path.push(key);
        rest = behind;
    }
    (!root.is_empty() && path.len() <= DEPTH_MAX).then_some(path)
}

fn put(slot: &mut Value, path: &[&str], text: String) {
    match path.split_first() {
        None => say(slot, text),
        Some((key, rest)) => put(place(slot, key), rest, text),
    }
}

/// The place behind a key; an empty key is the next place of a list.
fn place<'v>(slot: &'v mut Value, key: &str) -> &'v mut Value {
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    match slot {
        Value::Array(items) if !key.is_empty() => {
            let named = items.drain(..).enumerate().map(|(at, item)| (at.to_string(), item)).collect();
            *slot = Value::Object(named);
        }
        // It was a mere value so far: the first of several.
        Value::String(first) => *slot = Value::Array(vec![Value::String(std::mem::take(first))]),
        _ => {}
    }
    match slot {
        Value::Object(members) => {
            let key = if key.is_empty() { members.len().to_string() } else { key.to_owned() };
            members.entry(key).or_insert(Value::Null)
        }
        Value::Array(items) => {
            items.push(Value::Null);
            items.last_mut().expect("one was pushed just now")
        }
        other => other,
    }
}

fn say(slot: &mut Value, text: String) {
    match slot {
        Value::Null => *slot = Value::String(text),
        Value::Array(items) => items.push(Value::String(text)),
        Value::String(first) => {
            *slot = Value::Array(vec![Value::String(std::mem::take(first)), Value::String(text)]);
        }
        // There are named values at this place already, and one without a name means nothing beside them.
        _ => {}
    }
}
