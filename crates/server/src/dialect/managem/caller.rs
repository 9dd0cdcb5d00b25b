//! Who calls: `Authorization: Bearer <token>` or `Authorization: ApiKey <token>` (contract §2.7).

use axum::extract::{FromRequestParts, Path};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use parlance_engine::access::Scope;
use parlance_engine::credential::{self, Session};
use parlance_engine::{Error, Principal};
use serde::de::DeserializeOwned;

use super::fault::Refused;
use crate::app::App;
use crate::auth;

/// The session of whoever calls.
pub(super) struct Asker(pub(super) Session);

impl Asker {
    pub(super) fn principal(&self) -> Principal {
        self.0.caller.into()
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asker, Refused> {
        let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return Err(MISSING.into()) };
        let secret = header.to_str().ok().and_then(secret).ok_or(credential::UNKNOWN)?.to_owned();
        let mut session = auth::session(app, &secret).await?;
        session.caller.scope = Scope::Marketplace;
        Ok(Asker(session))
    }
}

const MISSING: Error = Error::Unauthenticated(
    "Send one header Authorization: Bearer <token>, or Authorization: ApiKey <token>.",
);

/// The token behind one of the two schemes, whose names are matched without regard to case (RFC 9110 §11.1).
fn secret(header: &str) -> Option<&str> {
    let (scheme, secret) = header.split_once(' ')?;
    let known = ["bearer", "apikey"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    Some(secret).filter(|secret| known && !secret.is_empty())
}

/// The ids in a path. What cannot be read names nothing.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<At<T>, Refused> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        path.map(|Path(ids)| At(ids)).map_err(|_| Error::NotFound.into())
    }
}
