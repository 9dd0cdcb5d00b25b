//! Members of an answer that the document does not know: most likely one that it does know, misspelled.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Document;

/// Where each of them is, when the value may be what any of the schemas says.
pub fn members(document: &Document, schemas: &[&Value], value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(document, schemas, value, "", &mut found);
    found
}

/// What the schemas that may hold at one place say together.
#[derive(Default)]
struct Known<'d> {
    members: BTreeMap<&'d str, Vec<&'d Value>>,
    items: Vec<&'d Value>,
    others: Vec<&'d Value>,
    anything: bool,
}

fn look(document: &Document, schemas: &[&Value], value: &Value, at: &str, found: &mut Vec<String>) {
    let mut known = Known::default();
    schemas.iter().for_each(|schema| learn(document, schema, &mut known));
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                look(document, &known.items, item, &format!("{at}[{n}]"), found);
            }
        }
        Value::Object(members) if !known.anything => {
            for (name, value) in members {
                let at = format!("{at}.{name}");
                match known.members.get(name.as_str()) {
                    Some(schemas) => look(document, schemas, value, &at, found),
                    None if known.others.is_empty() => found.push(at),
                    None => look(document, &known.others, value, &at, found),
                }
            }
        }
        _ => {}
    }
}

fn learn<'d>(document: &'d Document, schema: &'d Value, known: &mut Known<'d>) {
    let schema = document.resolve(schema);
    for word in ["allOf", "oneOf", "anyOf"] {
        schema[word].as_array().into_iter().flatten().for_each(|part| learn(document, part, known));
    }
    let members = schema["properties"].as_object();
    for (name, schema) in members.into_iter().flatten() {
        known.members.entry(name).or_default().push(schema);
    }
    known.items.extend(schema.get("items"));
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => known.anything = true,
        Some(schema @ Value::Object(_)) => known.others.push(schema),
        // An object of which nothing at all is said may hold anything.
        _ => known.anything |= schema["type"] == "object" && members.is_none(),
    }
}
