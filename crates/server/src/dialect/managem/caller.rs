//! Who calls: `Authorization: Bearer <token>` or `Authorization: ApiKey <token>` (contract §2.7).

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use parlance_engine::access::Scope;
use parlance_engine::credential::{self, Session};
use parlance_engine::{Error, Principal};

use super::fault::Refused;
use crate::app::App;
use crate::auth;
use crate::dialect::bearer;

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
        let secret = bearer::secret(header, &["bearer", "apikey"]).ok_or(credential::UNKNOWN)?;
        let mut session = auth::session(app, &parts.extensions, secret).await?;
        session.caller.scope = Scope::Marketplace;
        Ok(Asker(session))
    }
}

const MISSING: Error = Error::Unauthenticated(
    "Send one header Authorization: Bearer <token>, or Authorization: ApiKey <token>.",
);
