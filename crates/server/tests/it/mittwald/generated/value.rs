//! Values for a schema: such as it allows, and such as nobody should send.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::mittwald::openapi::Document;

/// Something that this schema allows. Where an id is asked for it is often one of `ids`, which exist.
pub fn valid(schema: &Value, ids: &[String]) -> BoxedStrategy<Value> {
    let schema = Document::read().resolve(schema);
    if let Some(all) = schema["enum"].as_array() {
        return select(all.clone()).boxed();
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(ways) = schema[word].as_array() {
            let ways: Vec<_> = ways.iter().map(|way| valid(way, ids)).collect();
            return proptest::strategy::Union::new(ways).boxed();
        }
    }
    match schema["type"].as_str() {
        Some("string") => text(schema, ids),
        Some("integer") => (minimum(schema)..1_000).prop_map(|n| json!(n)).boxed(),
        Some("number") => (minimum(schema)..1_000).prop_map(|n| json!(n as f64 / 4.0)).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::Bool).boxed(),
        Some("array") => {
            let least = schema["minItems"].as_u64().map_or(0, |n| usize::try_from(n).unwrap_or(0));
            prop::collection::vec(valid(&schema["items"], ids), least..3).prop_map(distinct).boxed()
        }
        _ => object(schema, ids),
    }
}

fn minimum(schema: &Value) -> i64 {
    schema["minimum"].as_i64().unwrap_or(0)
}

fn distinct(items: Vec<Value>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    Value::Array(kept)
}

fn object(schema: &Value, ids: &[String]) -> BoxedStrategy<Value> {
    let members = schema["properties"].as_object().cloned().unwrap_or_default();
    let required =
        |name: &String| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
    let (must, may): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| required(name));
    let count = may.len();
    let of = |(name, schema): (String, Value)| (Just(name), valid(&schema, ids)).boxed();
    let must: Vec<_> = must.into_iter().map(of).collect();
    let may: Vec<_> = may.into_iter().map(of).collect();
    let some = subsequence(may, 0..=count).prop_flat_map(|chosen| chosen);
    (must, some)
        .prop_map(|(must, some)| Value::Object(must.into_iter().chain(some).collect::<Map<String, Value>>()))
        .boxed()
}

fn text(schema: &Value, ids: &[String]) -> BoxedStrategy<Value> {
    let text = match schema["format"].as_str() {
        Some("uuid") => {
            return prop_oneof![4 => select(ids.to_vec()), 1 => uuid()].prop_map(Value::String).boxed();
        }
        Some("date-time") => Just("2031-01-02T03:04:05.678Z".to_owned()).boxed(),
        Some("email") => Just("ada@example.com".to_owned()).boxed(),
        _ if schema["pattern"].is_string() => Just("+49-5772-293100".to_owned()).boxed(),
        _ => "[A-Za-zäß日🙂 .-]{1,40}".boxed(),
    };
    text.prop_map(Value::String).boxed()
}

fn uuid() -> impl Strategy<Value = String> {
    "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"
}

/// The same with one thing in it that should not be.
pub fn nearly(schema: &Value, ids: &[String]) -> BoxedStrategy<Value> {
    (valid(schema, ids), any::<prop::sample::Index>(), odd(), 0..3_u8)
        .prop_map(|(mut value, place, odd, how)| {
            let places = places(&value);
            spoil(&mut value, &places[place.index(places.len())], odd, how);
            value
        })
        .boxed()
}

/// Pointers to everything in a value.
fn places(value: &Value) -> Vec<String> {
    let below = |name: String, value: &Value| -> Vec<String> {
        places(value).into_iter().map(|place| format!("/{name}{place}")).collect()
    };
    let inner: Vec<String> = match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, value)| below(name.clone(), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, value)| below(n.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    [String::new()].into_iter().chain(inner).collect()
}

fn spoil(value: &mut Value, place: &str, odd: Value, how: u8) {
    match (how, place.rsplit_once('/')) {
        (0, Some((parent, name))) => {
            if let Some(Value::Object(members)) = value.pointer_mut(parent) {
                members.remove(name);
            }
        }
        (1, _) => {
            if let Some(Value::Object(members)) = value.pointer_mut(place) {
                members.insert("workspace".into(), odd);
            }
        }
        _ => {
            if let Some(there) = value.pointer_mut(place) {
                *there = odd;
            }
        }
    }
}

/// What nobody should send.
pub fn odd() -> BoxedStrategy<Value> {
    let texts = hostile().prop_map(Value::String);
    let nested = (0..60_usize).prop_map(|depth| (0..depth).fold(json!(1), |inner, _| json!([inner])));
    let fixed = select(vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e308),
        json!(0.5),
        json!([]),
        json!({}),
        json!([null]),
        json!({"$ref": "#"}),
        json!({"__proto__": {"admin": true}}),
        json!({"domain": "user", "aggregate": "project", "id": 1}),
    ]);
    prop_oneof![3 => texts, 3 => fixed, 1 => nested].boxed()
}

/// Text that has broken other servers.
pub fn hostile() -> BoxedStrategy<String> {
    let fixed = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{202e}gpj.exe",
        "\u{200b}",
        "\u{feff}",
        "\u{fffe}",
        "../../../../etc/passwd",
        "..%2f..%2f",
        "' OR '1'='1",
        "\"); DROP TABLE person; --",
        "\"",
        "\"unclosed phrase",
        "a* OR (b AND NEAR(c d))",
        "title:x -y ^z {a b}",
        "%",
        "_%_",
        "\\",
        "<script>alert(1)</script>",
        "{{7*7}}${7*7}",
        "\r\nset-cookie: a=b",
        "00000000-0000-0000-0000-000000000000",
        "٣",
        "1e9",
        "9223372036854775808",
        "-9223372036854775809",
        "NaN",
        "null",
        "self",
        "2026-02-30T25:61:61Z",
        "👩‍👩‍👧‍👦",
        "ﬀİß",
    ];
    let long = select(vec![300_usize, 8_000, 8_001, 70_000]).prop_map(|n| "ä".repeat(n));
    prop_oneof![6 => select(fixed.to_vec()).prop_map(str::to_owned), 1 => long, 2 => "\\PC{0,30}"].boxed()
}
