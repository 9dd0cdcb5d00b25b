//! Cast, else strip, else ignore: by examples, and with whatever comes.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;

fn fields(value: Value) -> Fields {
    Fields(value.as_object().cloned().expect("an object was written here"))
}

/// What a request with this body and this query says; `None` when it is refused.
async fn read(method: &str, uri: &str, kind: &str, body: impl Into<Body>) -> Option<Fields> {
    let request = Request::builder().method(method).uri(uri).header(CONTENT_TYPE, kind);
    let request = request.body(body.into()).expect("a request");
    Fields::read(request, 1 << 20).await.ok()
}

fn said(query: &str) -> Fields {
    Fields(form::parse(query.as_bytes()))
}

#[test]
fn a_number_is_cast_then_stripped_then_ignored() {
    for (value, expected) in [
        (json!(7), Some(7)),
        (json!("7"), Some(7)),
        (json!(" 7 "), Some(7)),
        (json!(7.9), Some(7)),
        (json!("7.9"), Some(7)),
        (json!("1e2"), Some(100)),
        (json!(-3), Some(-3)),
        (json!("-3"), Some(-3)),
        (json!(true), Some(1)),
        (json!([1, 2]), Some(2)),
        (json!("page 7;"), Some(7)),
        (json!("- 7 -"), Some(-7)),
        (json!(1e300), Some(i64::MAX)),
        (json!("99999999999999999999999"), Some(i64::MAX)),
        (json!("seven"), None),
        (json!("NaN"), None),
        (json!(""), None),
        (json!("-"), None),
        (json!(null), None),
        (json!({}), None),
        (json!([]), None),
        (json!([[7]]), None),
    ] {
        assert_eq!(fields(json!({ "n": value })).whole("n"), expected, "{value}");
    }
    assert_eq!(Fields::default().whole("n"), None);
}

#[test]
fn a_flag_is_read_in_every_spelling_and_nothing_else_is_one() {
    for yes in
        [json!(true), json!("True"), json!("1"), json!(1), json!("yes"), json!(" ON "), json!([false, "t"])]
    {
        assert_eq!(fields(json!({ "f": yes })).flag("f"), Some(true), "{yes}");
    }
    for no in [json!(false), json!("FALSE"), json!("0"), json!(0), json!("no"), json!("off")] {
        assert_eq!(fields(json!({ "f": no })).flag("f"), Some(false), "{no}");
    }
    for neither in [json!("maybe"), json!(""), json!(null), json!({"a": true}), json!([])] {
        assert_eq!(fields(json!({ "f": neither })).flag("f"), None, "{neither}");
    }
}

#[test]
fn a_text_loses_what_no_text_holds_and_a_line_its_blanks() {
    let odd = fields(
        json!({"t": " a\u{0}b\u{1b}\u{1f}\tc\r\nd ", "n": 33612345678_i64, "f": 33612345678.0, "b": true}),
    );
    assert_eq!(odd.text("t").as_deref(), Some(" ab\tc\r\nd "));
    assert_eq!(odd.line("t").as_deref(), Some("ab c  d"));
    assert_eq!(odd.text("n").as_deref(), Some("33612345678"));
    assert_eq!(odd.text("f").as_deref(), Some("33612345678"));
    assert_eq!(odd.text("b").as_deref(), Some("true"));
    assert_eq!(fields(json!({"t": {"a": "b"}})).text("t"), None);
    assert_eq!(fields(json!({"t": " \u{0} "})).line("t"), None);
}

#[test]
fn what_is_given_and_says_nothing_is_not_what_is_not_given() {
    for blank in [json!(null), json!(""), json!(" \t"), json!("\u{0}")] {
        assert!(fields(json!({ "e": blank })).is_blank("e"), "{blank}");
    }
    for other in [json!("a"), json!({}), json!(0), json!(false), json!([])] {
        assert!(!fields(json!({ "e": other })).is_blank("e"), "{other}");
    }
    assert!(!Fields::default().is_blank("e"));
}

#[test]
fn a_moment_has_an_offset_or_is_by_the_clocks_of_paris() {
    let time = |text: &str| fields(json!({ "t": text })).time("t").map(|time| time.0 / 1_000_000);
    assert_eq!(time("2021-01-01T00:01:00+02:00"), Some(1_609_452_060));
    assert_eq!(time("2021-01-01T00:01:00Z"), Some(1_609_459_260));
    assert_eq!(time("2021-01-01 00:01:00"), Some(1_609_455_660), "winter: one hour");
    assert_eq!(time("2021-07-01 00:01:00"), Some(1_625_090_460), "summer: two hours");
    assert_eq!(time("2021-03-28 02:30:00"), Some(1_616_895_000), "an hour that does not exist");
    assert_eq!(time("2021-10-31T02:30"), Some(1_635_640_200), "one that is there twice is the first");
    assert_eq!(time("1609459260"), Some(1_609_459_260));
    assert_eq!(said("t=2021-01-01T00:01:00+02:00").time("t"), Some(Time(1_609_452_060_000_000)));
    for nothing in ["tomorrow", "", "2021-13-01", "99999999999999", "25:00"] {
        assert_eq!(time(nothing), None, "{nothing}");
    }
}

#[test]
fn an_array_is_read_in_every_spelling_and_in_its_order() {
    let all = |query: &str| said(query).lines("k").join(",");
    assert_eq!(all("k=a"), "a");
    assert_eq!(all("k=a&other=x&k=b"), "a,b");
    assert_eq!(all("k[]=a&k%5B%5D=b"), "a,b");
    assert_eq!(all("k=a&k[]=b"), "a,b");
    assert_eq!(all("k[1]=b&k[0]=a&k[10]=d&k[2]=c"), "a,b,c,d");
    assert_eq!(all("k[]=a&k[1]=b"), "a,b");
    assert_eq!(all("kk=a&k[x=a&k]=a&k[=a&[0]=a&=a&k[0]x=a&k[1][2][3][4][5]=a"), "");
    assert_eq!(fields(json!({"k": ["a", 5, null, [1], {"x": 1}, " "]})).lines("k"), ["a", "5", "1"]);
    assert_eq!(fields(json!({"k": {"1": "b", "0": "a"}})).lines("k"), ["a", "b"]);
}

#[test]
fn things_in_a_list_are_read_however_they_are_written() {
    let phones = |fields: Fields| {
        let each = fields.each("to", "phone");
        each.iter().filter_map(|one| one.line("phone")).collect::<Vec<_>>().join(",")
    };
    assert_eq!(
        phones(fields(json!({"to": [{"phone": "1"}, {"phone": 2}, "3", 4, null, [], {}]}))),
        "1,2,3,4"
    );
    assert_eq!(phones(fields(json!({"to": {"phone": "1"}}))), "1");
    assert_eq!(phones(fields(json!({"to": "1"}))), "1");
    assert_eq!(phones(said("to[0][phone]=1&to[1][phone]=2&to[1][name]=x")), "1,2");
    assert_eq!(phones(said("to[][phone]=1&to[][phone]=2")), "1,2");
    assert_eq!(phones(said("to[]=1&to[]=2")), "1,2");
    assert_eq!(fields(json!({"to": {"a": {"b": 1}}})).inside("to").inside("a").whole("b"), Some(1));
    assert_eq!(fields(json!({"to": 5})).inside("to"), Fields::default());
}

#[test]
fn a_word_is_one_of_those_there_are() {
    let words = [("alert", 1), ("wholesale", 2)];
    let word = |value: Value| fields(json!({ "w": value })).word("w", &words);
    assert_eq!(word(json!(" Alert\u{0}")), Some(1));
    assert_eq!(word(json!("WHOLESALE")), Some(2));
    assert_eq!(word(json!("other")), None);
    assert_eq!(word(json!({"alert": 1})), None);
}

#[tokio::test]
async fn a_body_is_json_or_a_form_whatever_it_says_it_is() {
    let a = Some(fields(json!({"a": "1"})));
    let parts = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
    for kind in ["application/json; charset=utf-8", "text/plain", "", "application/x-www-form-urlencoded"] {
        for body in [r#"{"a":"1"}"#, "\u{feff} {\"a\":\"1\"}", "a=1"] {
            assert_eq!(read("POST", "/", kind, body).await, a, "{kind} {body}");
            assert_eq!(read("DELETE", "/", kind, body).await, a, "{kind} {body}");
            assert_eq!(read("GET", "/", kind, body).await, a, "{kind} {body}");
        }
    }
    assert_eq!(read("POST", "/", "multipart/form-data; boundary=b", parts).await, a);
    assert_eq!(read("POST", "/?a=2", "", r#"{"a":"1"}"#).await, a, "the body counts before the query");
    for empty in ["", "{}", "[]", "null", " "] {
        assert_eq!(read("POST", "/?a=1", "", empty).await, a, "{empty}");
    }
    for unreadable in ["{\"a\":", "5", "[1]", "\"a=b\"", "<a/>", "{\"a\":\"\\ud800\"}", "--b"] {
        assert_eq!(read("POST", "/?a=1", "", unreadable).await, None, "{unreadable}");
        assert_eq!(read("GET", "/?a=1", "", unreadable).await, a, "{unreadable}");
    }
    assert_eq!(
        read("POST", "/", "multipart/form-data", parts).await,
        None,
        "it says not where its parts end"
    );
    let broken = Body::from(b"{\"a\":\"1\xff\"}".to_vec());
    assert_eq!(read("POST", "/", "", broken).await, Some(fields(json!({"a": "1\u{fffd}"}))));
}

/// JSON of every sort, with names that operations ask for.
fn value() -> impl Strategy<Value = Value> {
    let numbers = prop_oneof![any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from)];
    let texts = prop_oneof![
        any::<String>(),
        "[-+0-9.eE: TZ]{0,30}",
        select(vec!["true", "null", "NaN"]).prop_map(str::to_owned)
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers,
        texts.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let names =
            prop_oneof![select(vec!["a", "0", "1", "phone_number"]).prop_map(str::to_owned), any::<String>()];
        let members = prop::collection::vec((names, inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Reads it as everything that there is; the kinds of what was read.
fn read_in_every_way(fields: &Fields) -> Vec<bool> {
    let read = ["a", "b", "c", ""].map(|name| {
        for inner in fields.each(name, "a") {
            assert!(inner.line("a").is_none_or(|line| !line.is_empty()));
        }
        assert!(fields.lines(name).iter().all(|line| !line.is_empty() && !line.contains(char::is_control)));
        fields.inside(name).is_blank("a");
        let text = fields.text(name);
        assert!(text.iter().all(|text| text.chars().all(|c| !c.is_control() || "\n\r\t".contains(c))));
        [
            text.is_some(),
            fields.whole(name).is_some(),
            fields.flag(name).is_some(),
            fields.time(name).is_some(),
        ]
    });
    read.concat()
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_or_as_if_it_were_absent(a in value(), b in value()) {
        let fields = fields(json!({"a": a, "b": b}));
        read_in_every_way(&fields);
        if a.is_null() || a.is_object() {
            prop_assert_eq!((fields.text("a"), fields.whole("a"), fields.flag("a"), fields.time("a")), (None, None, None, None));
        }
    }

    #[test]
    fn whatever_stands_in_a_query_is_read(query in "([abc]?(\\[[a0-9]?\\]?){0,5}=?[a-z0-9%&=\\[\\]]{0,8}&?){0,20}|.{0,200}") {
        read_in_every_way(&said(&query));
    }

    #[test]
    fn whatever_bytes_are_a_body_they_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        kind in select(vec!["", "application/json", "multipart/form-data; boundary=b"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        for method in ["GET", "POST"] {
            let read = runtime.block_on(read(method, "/?c=1", kind, bytes.clone()));
            prop_assert!(read.is_some() || method == "POST", "a body of a GET never stands in the way");
            read.iter().for_each(|fields| { read_in_every_way(fields); });
        }
    }

    #[test]
    fn a_form_says_what_the_same_json_says(texts in prop::collection::vec("[a-z0-9 ]{1,8}", 1..20)) {
        let pairs = texts.iter().map(|text| ("a[]", text.clone()));
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        prop_assert_eq!(said(&encoded), fields(json!({"a": texts})));
    }
}
