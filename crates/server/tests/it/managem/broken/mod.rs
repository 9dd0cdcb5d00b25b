//! Makes requests that are wrong in some way, or nearly.

mod body;

use std::fmt;

use body::body;
use proptest::prelude::*;
use proptest::sample::select;

use super::talk::Talk;
use crate::support::User;

/// A request as it goes onto the wire.
#[derive(Clone)]
pub struct Broken {
    pub method: String,
    pub target: String,
    pub headers: Vec<Vec<u8>>,
    pub body: Vec<u8>,
    /// Whether HTTP itself may find no end of it.
    pub framing_is_broken: bool,
}

/// What can be named.
#[derive(Debug, Clone)]
pub struct Names {
    token: String,
    ids: Vec<String>,
}

impl Names {
    pub fn of(who: &User<'_>, talk: &Talk) -> Names {
        let ids = [&talk.conversation, &talk.message, &talk.attached, &talk.draft, &talk.uploaded];
        let ids = ids.into_iter().cloned().chain([who.id.to_string()]).collect();
        Names { token: who.token.clone(), ids }
    }
}

impl Broken {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for header in &self.headers {
            bytes.extend(header);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

impl fmt::Debug for Broken {
    /// As it is sent, its long parts cut short.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} {:.200}", self.method, self.target)?;
        for part in self.headers.iter().chain([&self.body]) {
            write!(to, " | {:.100}", String::from_utf8_lossy(part).escape_debug().to_string())?;
        }
        write!(to, " ({} bytes)", self.body.len())
    }
}

pub fn request(names: Names) -> impl Strategy<Value = Broken> {
    let authorized = authorization(names.token.clone());
    let parts = (method(), target(names.ids.clone()), authorized, headers(), body(names.ids), framing());
    parts.prop_map(|(method, target, authorization, others, body, framing)| {
        let mut headers = vec![b"host: x".to_vec(), b"connection: close".to_vec()];
        headers.extend(authorization);
        headers.extend(others);
        let (length, framing_is_broken) = framing.headers(body.len());
        headers.extend(length);
        Broken { method, target, headers, body, framing_is_broken }
    })
}

fn method() -> impl Strategy<Value = String> {
    let usual = select(vec!["GET", "POST", "PATCH", "DELETE", "POST", "POST"]);
    let odd = select(vec!["PUT", "HEAD", "OPTIONS", "TRACE", "get", "Post", "FOO", "PROPFIND", "M-SEARCH"]);
    prop_oneof![6 => usual, 1 => odd].prop_map(str::to_owned)
}

/// An id that is one, or looks a little like one.
fn id(ids: Vec<String>) -> impl Strategy<Value = String> {
    let first = ids[0].clone();
    let odd = vec![
        String::new(),
        "..".into(),
        "../../user/stats".into(),
        "%2e%2e%2f".into(),
        format!("{first}%2Fmessages"),
        format!("{first}%00"),
        format!("%20{first}"),
        format!("{first}%20"),
        format!("{first}%0a"),
        first.to_ascii_uppercase(),
        format!("%7B{first}%7D"),
        format!("urn:uuid:{first}"),
        first.replace('-', ""),
        first[..35].to_owned(),
        format!("{first}0"),
        "0".repeat(36),
        "%ff%fe".into(),
        "%".into(),
        "%zz".into(),
        "%F0%9F%98%80".into(),
        "null".into(),
        "-1".into(),
        "1%27%20OR%20%271%27=%271".into(),
        "%25s%25n".into(),
        "*".into(),
        "{id}".into(),
        "unread-count".into(),
        "x".repeat(300),
        "x".repeat(9_000),
    ];
    prop_oneof![5 => select(ids), 2 => select(odd), 1 => "[!-~]{1,40}".prop_map(|text| text.replace(['#', '?'], ""))]
}

fn target(ids: Vec<String>) -> impl Strategy<Value = String> {
    let paths = vec![
        "/conversations",
        "/conversations",
        "/conversations/unread-count",
        "/user/stats",
        "/conversations/{}/lock",
        "/conversations/{}/messages",
        "/conversations/{}/messages",
        "/conversations/{}/messages/{}/attachments",
        "/conversations/{}/messages/{}/attachments",
        "/conversations/{}/messages/{}/attachments/{}",
        "/conversations/{}",
        "/user",
        "/Conversations/{}/messages",
        "/conversations/{}/messages/",
        "//conversations",
        "/uploads/{}",
        "/files/{}",
        "/{}",
        "*",
        "http://elsewhere.example/conversations",
    ];
    let named = prop::collection::vec(id(ids.clone()), 3);
    (select(paths), named, any::<bool>(), query()).prop_map(move |(path, mut odd, own, query)| {
        // Half of them name what is really there, so that they get further.
        if own {
            odd = vec![ids[0].clone(), ids[1].clone(), ids[2].clone()];
        }
        let path = odd.iter().fold(path.to_owned(), |path, id| path.replacen("{}", id, 1));
        format!("{path}{query}")
    })
}

fn query() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        select(vec![
            "0",
            "-1",
            "1",
            "20",
            "51",
            "101",
            "1000000000",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999999",
            "%EF%BC%91",
            "+1",
            "%201",
            "1%20",
            "1.5",
            "1e3",
            "NaN",
            "",
            "%00",
            "%ff",
            "0x10",
        ])
        .prop_map(str::to_owned),
        "[!-~]{0,12}".prop_map(|text| text.replace('#', "")),
    ];
    let parameter = (select(vec!["page", "size", "sort", "direction", "Page", "x", ""]), number);
    let some = prop::collection::vec(parameter, 1..4).prop_map(|parameters| {
        let parts: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("?{}", parts.join("&"))
    });
    prop_oneof![3 => Just(String::new()), 2 => some, 1 => Just("?".to_owned())]
}

fn authorization(token: String) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let header = |text: String| format!("authorization: {text}").into_bytes();
    let good = header(format!("Bearer {token}"));
    let odd = vec![
        vec![],
        vec![good.clone(), good.clone()],
        vec![header(token.clone())],
        vec![header(format!("Basic {token}"))],
        vec![header("Bearer".into())],
        vec![header("Bearer ..".into())],
        vec![header("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.".into())],
        vec![header(format!("Bearer {}", "x".repeat(5_000)))],
        vec![b"authorization: Bearer \xff\xfe".to_vec()],
    ];
    prop_oneof![8 => Just(vec![good]), 1 => select(odd)]
}

fn headers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let odd: Vec<Vec<u8>> = vec![
        b"content-type: text/plain".to_vec(),
        b"content-type: application/x-www-form-urlencoded".to_vec(),
        b"content-type: multipart/form-data; boundary=x".to_vec(),
        b"content-type: application/json; charset=utf-16".to_vec(),
        b"content-type: \xff".to_vec(),
        b"content-type:".to_vec(),
        b"content-encoding: gzip".to_vec(),
        b"content-encoding: br, deflate".to_vec(),
        b"accept: text/html".to_vec(),
        b"accept-encoding: *;q=9".to_vec(),
        b"idempotency-key:".to_vec(),
        b"idempotency-key: \xc3\xa9".to_vec(),
        b"idempotency-key: a\r\nidempotency-key: b".to_vec(),
        [b"idempotency-key: ".as_slice(), &[b'k'; 256]].concat(),
        b"x-http-method-override: DELETE".to_vec(),
        b"x-forwarded-for: 127.0.0.1, ::1, x".to_vec(),
        b"x-forwarded-host: evil.example".to_vec(),
        b"range: bytes=0-1".to_vec(),
        b"if-match: *".to_vec(),
        b"upgrade: websocket".to_vec(),
        b"origin: null".to_vec(),
        b"cookie: token=x".to_vec(),
        [b"x-long: ".as_slice(), &vec![b'x'; 70_000]].concat(),
        (0..300).map(|n| format!("x-{n}: y")).collect::<Vec<_>>().join("\r\n").into_bytes(),
    ];
    let json = Just(vec![b"content-type: application/json".to_vec()]);
    prop_oneof![4 => json, 1 => Just(vec![]), 2 => prop::collection::vec(select(odd), 1..3)]
}

/// How long the body says it is.
#[derive(Debug, Clone, Copy)]
enum Framing {
    Right,
    TooLong,
    Huge,
    Chunked,
    Twice,
    Nonsense,
}

fn framing() -> impl Strategy<Value = Framing> {
    use Framing as F;
    prop_oneof![20 => Just(F::Right), 1 => select(vec![F::TooLong, F::Huge, F::Chunked, F::Twice, F::Nonsense])]
}

impl Framing {
    fn headers(self, length: usize) -> (Vec<Vec<u8>>, bool) {
        let header = |text: String| format!("content-length: {text}").into_bytes();
        match self {
            Framing::Right => (vec![header(length.to_string())], false),
            Framing::TooLong => (vec![header((length + 7).to_string())], true),
            Framing::Huge => (vec![header("999999999999".into())], true),
            Framing::Chunked => (vec![b"transfer-encoding: chunked".to_vec()], true),
            Framing::Twice => (vec![header(length.to_string()), header((length + 1).to_string())], true),
            Framing::Nonsense => (vec![header("+1".into())], true),
        }
    }
}
