//! Bodies: JSON or a form, whatever they say they are.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{Method, header};
use bytes::Bytes;
use parlance_engine::Error;
use serde_json::{Map, Value};

use super::super::fault::Refused;
use super::form;
use crate::http::body;

/// What a request's body says. One of a GET of which nothing can be read says nothing; any other is refused.
pub(super) async fn read(request: Request, bytes_max: usize) -> Result<Map<String, Value>, Refused> {
    let (head, sent) = request.into_parts();
    let bytes = body::whole(sent, bytes_max).await?;
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let said = match kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        true => parts(kind, bytes).await,
        false => parse(&String::from_utf8_lossy(&bytes)),
    };
    match said {
        None if head.method != Method::GET => {
            Err(Error::invalid("body", "This is neither a JSON object nor a form.").into())
        }
        said => Ok(said.unwrap_or_default()),
    }
}

/// A JSON object, or a form. PHP writes an object without members as `[]`.
pub(super) fn parse(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        Ok(Value::Null) => Some(Map::new()),
        Ok(Value::Array(items)) if items.is_empty() => Some(Map::new()),
        Ok(_) => None,
        Err(_) if text.is_empty() => Some(Map::new()),
        Err(_) if text.starts_with(['{', '[', '"']) || !text.contains('=') => None,
        Err(_) => Some(form::parse(text.as_bytes())),
    }
}

/// The texts of a form in parts; a file is none.
async fn parts(kind: &str, bytes: Bytes) -> Option<Map<String, Value>> {
    let request = Request::builder().header(header::CONTENT_TYPE, kind).body(bytes.into()).ok()?;
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    let mut pairs = Vec::new();
    while let Some(part) = form.next_field().await.ok()? {
        let name = part.name().filter(|_| part.file_name().is_none()).map(str::to_owned);
        let text = String::from_utf8_lossy(&part.bytes().await.ok()?).into_owned();
        pairs.extend(name.map(|name| (name, text)));
    }
    Some(form::gather(pairs))
}
