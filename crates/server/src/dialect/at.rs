//! The ids in a path.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::http::Fault;

/// What a path names. What cannot be read names nothing, and is answered as an unknown path is.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<At<T>, Response> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        let unknown = |_| super::owners().answer(parts.uri.path(), Fault::UnknownPath);
        path.map(|Path(ids)| At(ids)).map_err(unknown)
    }
}
