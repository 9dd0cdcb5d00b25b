//! Sending a file: with headers that let it be nothing but what it is.

use std::fmt::Write as _;
use std::io;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use parlance_engine::Error;
use parlance_engine::file::Attachment;

use super::fault::{Refused, disk};
use super::range;
use crate::app::App;
use crate::blob::{Key, Stream};

/// Whatever a file holds, a browser finds nothing in it to run, and takes it for nothing else than we say.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (header::ACCEPT_RANGES, "bytes"),
];

/// How somebody looks at a file.
#[derive(Debug, Clone)]
pub struct Look {
    /// Within the page, which is done for images alone; else to be saved.
    pub inline: bool,
    /// As text in base64, wholly.
    pub base64: bool,
    /// Whether to call it bytes and nothing else.
    pub as_bytes: bool,
    /// Who may keep it, and for how long.
    pub cache_control: &'static str,
}

/// The file, or the part of it that the headers of the request ask for.
pub async fn serve(app: &App, file: &Attachment, asked: (&HeaderMap, &Look)) -> Result<Response, Refused> {
    let (headers, look) = asked;
    let etag = format!("\"{}\"", file.id);
    let mut response = Response::new(Body::empty());
    describe(response.headers_mut(), file, look, &etag);
    if is_known(headers, &etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let size = u64::try_from(file.size_bytes).unwrap_or(0);
    let range = match look.base64 || !is_current(headers, &etag) {
        true => None,
        false => range::wanted(text(headers, &header::RANGE), size)?,
    };
    let bytes =
        app.blobs.get(&Key::from(file.id.0), range.clone()).await.map_err(|problem| disk(&problem))?;
    let bytes = bytes.ok_or_else(|| Error::Internal(format!("the bytes of file {} are missing", file.id)))?;
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    if let Some(range) = &range {
        let place = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(response.headers_mut(), header::CONTENT_RANGE, &place);
    }
    let (length, body) = match look.base64 {
        true => (length.div_ceil(3) * 4, Body::from_stream(in_base64(bytes))),
        false => (length, Body::from_stream(bytes)),
    };
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    *response.body_mut() = body;
    Ok(response)
}

fn describe(headers: &mut HeaderMap, file: &Attachment, look: &Look, etag: &str) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let content_type = match look {
        Look { base64: true, .. } => "text/plain;base64",
        Look { as_bytes: true, .. } => "application/octet-stream",
        _ => &file.content_type,
    };
    let is_inline = look.inline && file.is_image() && !look.base64;
    set(headers, header::CONTENT_TYPE, content_type);
    set(headers, header::CONTENT_DISPOSITION, &disposition(is_inline, &file.name));
    set(headers, header::CACHE_CONTROL, look.cache_control);
    set(headers, header::ETAG, etag);
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether the asker has it already (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let mut known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.any(|list| {
        list.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*")
    })
}

/// Whether a part may be sent: the asker has parts of no other file (§13.1.5). We send no dates, so none is current.
fn is_current(headers: &HeaderMap, etag: &str) -> bool {
    !headers.contains_key(header::IF_RANGE) || text(headers, &header::IF_RANGE) == Some(etag)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// `Content-Disposition` (RFC 6266): the name in ASCII for old programs, and as it is (RFC 8187) for all others.
fn disposition(is_inline: bool, name: &str) -> String {
    let plain =
        |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let mut value = String::from(if is_inline { "inline" } else { "attachment" });
    value.push_str("; filename=\"");
    value.extend(name.chars().map(plain));
    value.push_str("\"; filename*=UTF-8''");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => value.push(byte.into()),
            _ => _ = write!(value, "%{byte:02X}"),
        }
    }
    value
}

/// The same bytes as text in base64: three at a time, with what is left over at the end.
fn in_base64(bytes: Stream) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send {
    let ending = stream::once(async { None });
    bytes.map(Some).chain(ending).scan(Vec::new(), |rest: &mut Vec<u8>, part| {
        let encoded = match part {
            Some(Err(problem)) => Err(problem),
            Some(Ok(part)) => {
                rest.extend_from_slice(&part);
                let whole = rest.len() - rest.len() % 3;
                Ok(STANDARD.encode(rest.drain(..whole).as_slice()).into())
            }
            None => Ok(STANDARD.encode(rest).into()),
        };
        std::future::ready(Some(encoded))
    })
}
