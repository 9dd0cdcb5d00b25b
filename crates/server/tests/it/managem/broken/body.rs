//! Bodies that are wrong in some way.

use proptest::prelude::*;
use proptest::sample::select;

/// JSON with one thing wrong, or no JSON at all.
pub fn body(ids: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let value = value(ids);
    let create = (0..5_usize, value.clone()).prop_map(|(at, odd)| {
        let mut parts = ["\"ORDER\"".to_owned(), "\"o-1\"".into(), "\"bob\"".into(), "\"Hi\"".into()];
        if let Some(part) = parts.get_mut(at) {
            *part = odd;
        }
        let [kind, id, recipient, body] = parts;
        format!(r#"{{"source":{{"type":{kind},"id":{id}}},"recipientId":{recipient},"body":{body}}}"#)
            .into_bytes()
    });
    let source = value
        .clone()
        .prop_map(|odd| format!(r#"{{"source":{odd},"recipientId":"bob","body":"Hi"}}"#).into_bytes());
    let member = (select(vec!["body", "id", "Body", "source"]), value)
        .prop_map(|(name, odd)| format!(r#"{{"{name}":{odd}}}"#).into_bytes());
    let nested =
        select(vec!["[", "{\"body\":", "[[{\"a\":"]).prop_map(|text| text.repeat(20_000).into_bytes());
    let malformed: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"\"Hi\"".to_vec(),
        b"[\"Hi\"]".to_vec(),
        b"{\"body\":\"Hi\"}{}".to_vec(),
        b"{\"body\":\"Hi\",}".to_vec(),
        b"{'body':'Hi'}".to_vec(),
        b"{body:\"Hi\"}".to_vec(),
        b"{\"body\":\"a\",\"body\":\"b\"}".to_vec(),
        b"\xef\xbb\xbf{\"body\":\"Hi\"}".to_vec(),
        b"{\"body\":\"\xff\"}".to_vec(),
        b"{\"body\":\"\xed\xa0\x80\"}".to_vec(),
        b"{\"body\":\"\0\"}".to_vec(),
        b"{\"body\":\"a\nb\"}".to_vec(),
        b"body=Hi".to_vec(),
        b"--x\r\n\r\nHi\r\n--x--".to_vec(),
        b"\x1f\x8b\x08\x00".to_vec(),
        b"{\"body\":\"Hi\"} // well".to_vec(),
        format!("{{\"body\":\"{}\"}}", "x".repeat(1_100_000)).into_bytes(),
    ];
    prop_oneof![
        4 => create,
        1 => source,
        4 => member,
        2 => select(malformed),
        1 => nested,
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// A JSON value, mostly of a type that nobody asked for.
fn value(ids: Vec<String>) -> impl Strategy<Value = String> + Clone {
    let odd: Vec<String> = [
        "null",
        "true",
        "0",
        "-0",
        "1e999",
        "-1e999",
        "123456789012345678901234567890",
        "1.5",
        "NaN",
        "Infinity",
        "01",
        "+1",
        "[]",
        "{}",
        "[\"Hi\"]",
        "{\"body\":\"Hi\"}",
        "[\"ORDER\",\"o-1\"]",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u202e\"",
        "\"\\n\"",
        "\"\\x41\"",
        "\"unterminated",
        "\"order\"",
        "\"LISTING\"",
        "\"ada\"",
        "\"🙂\"",
        "\"\\u200b\"",
        "undefined",
        "",
    ]
    .map(str::to_owned)
    .into();
    let long =
        select(vec![201_usize, 5_001, 50_000]).prop_map(|length| format!("\"{}\"", "x".repeat(length)));
    prop_oneof![
        4 => select(odd),
        1 => select(ids).prop_map(|id| format!("\"{id}\"")),
        1 => long,
        1 => any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
    ]
}
