//! Who calls: `x-access-token: <token>` or `Authorization: Bearer <token>` (contract §1).

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use parlance_engine::credential::{self, Session};
use parlance_engine::{Error, Principal};

use super::consistency::Wanted;
use super::fault::Refused;
use crate::app::App;
use crate::auth;
use crate::dialect::bearer;

/// The official clients' own header.
const ACCESS_TOKEN: &str = "x-access-token";

/// The session of whoever calls, once the event that the request waits for has been reached. `Option<Asker>` is for
/// operations that are public: there a token that is not valid is none.
pub(super) struct Asker {
    pub(super) session: Session,
    pub(super) wanted: Wanted,
}

impl Asker {
    pub(super) fn principal(&self) -> Principal {
        self.session.caller.into()
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asker, Refused> {
        let session = auth::session(app, &parts.extensions, secret(&parts.headers)?).await?;
        let wanted = Wanted::by(&parts.headers);
        wanted.wait_for_log(app, &session).await?;
        Ok(Asker { session, wanted })
    }
}

impl OptionalFromRequestParts<App> for Asker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Asker>, Refused> {
        let asker = <Asker as FromRequestParts<App>>::from_request_parts(parts, app).await;
        match asker {
            Err(refused) if refused.is_of_nobody() => Ok(None),
            asker => asker.map(Some),
        }
    }
}

const MISSING: Error =
    Error::Unauthenticated("Send one token, in x-access-token or as Authorization: Bearer <token>.");

/// The one token that the headers hold; it may stand in both of them.
fn secret(headers: &HeaderMap) -> Result<&str, Error> {
    let plain = only(headers, ACCESS_TOKEN)?.map(|header| header.to_str().ok());
    let bearer = only(headers, AUTHORIZATION.as_str())?.map(|header| bearer::secret(header, &["bearer"]));
    match (plain, bearer) {
        (None, None) => Err(MISSING),
        (Some(one), None) | (None, Some(one)) => one.ok_or(credential::UNKNOWN),
        (Some(one), Some(other)) if one == other => one.ok_or(credential::UNKNOWN),
        (Some(_), Some(_)) => Err(credential::UNKNOWN),
    }
}

/// The one header of this name; several would leave it to chance who calls.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h HeaderValue>, Error> {
    let mut all = headers.get_all(name).iter();
    let first = all.next();
    if all.next().is_some() { Err(credential::UNKNOWN) } else { Ok(first) }
}
