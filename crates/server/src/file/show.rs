//! GET `/files/{link}`: what a capability link opens.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use parlance_engine::credential::link::Purpose;
use parlance_engine::{Error, Principal, file};

use super::fault::Refused;
use super::serve::{Look, serve};
use crate::app::App;

/// A picture may be kept by the browser, whose user could see it, and by nobody on the way.
const LOOK: Look =
    Look { inline: true, base64: false, as_bytes: false, cache_control: "private, max-age=3600" };

/// The file a link opens, while it hangs on a message.
pub(super) async fn file(
    State(app): State<App>,
    link: Result<Path<String>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path(link) = link.map_err(|_| Error::NotFound)?;
    let link = app.engine.links().open(&link, Purpose::View, app.engine.now())?;
    let attachment = app.engine.read(Principal::Nobody, move |cx| file::viewed(cx, &link)).await?;
    serve(&app, &attachment, (&headers, &LOOK)).await
}
