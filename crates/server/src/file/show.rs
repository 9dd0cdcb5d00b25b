//! GET `/files/{link}`: a picture, with headers that let it be nothing but a picture.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use parlance_engine::credential::link::Purpose;
use parlance_engine::{Error, Principal, file};
use tokio_util::io::ReaderStream;

use super::fault::Refused;
use crate::app::App;
use crate::blob::Key;

/// It was cleaned when it came; these keep a browser from finding anything else in it. It may be kept by the
/// browser, whose user could see it, and by nobody on the way.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_DISPOSITION, "inline"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (header::CACHE_CONTROL, "private, max-age=3600"),
];

/// The file a link opens, while it hangs on a message.
pub(super) async fn file(
    State(app): State<App>,
    link: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Refused> {
    let Path(link) = link.map_err(|_| Error::NotFound)?;
    let link = app.engine.links().open(&link, Purpose::View, app.engine.now())?;
    let attachment = app.engine.read(Principal::Nobody, move |cx| file::viewed(cx, &link)).await?;
    let (blobs, key) = (app.blobs.clone(), Key::from(attachment.id.0));
    let opened = tokio::task::spawn_blocking(move || blobs.get(&key)).await;
    let bytes = match opened {
        Ok(Ok(Some(bytes))) => bytes,
        Ok(Ok(None)) => {
            return Err(Error::Internal(format!("the bytes of file {} are missing", attachment.id)).into());
        }
        Ok(Err(problem)) => return Err(super::receive::disk(&problem).into()),
        Err(died) => return Err(Error::Internal(format!("reading a file: {died}")).into()),
    };
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(bytes)));
    Ok(response(body, &attachment))
}

fn response(body: Body, attachment: &file::Attachment) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&attachment.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(attachment.size_bytes));
    response
}
