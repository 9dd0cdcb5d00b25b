//! Who calls: `api-login`, the person's e-mail address, and `api-key`, their token (contract §0).

use axum::http::{Extensions, HeaderMap, StatusCode};
use parlance_engine::access::Scope;
use parlance_engine::credential::{self, Session};
use parlance_engine::{Cx, person};

use super::fault::Refused;
use crate::app::App;
use crate::auth;

/// The session of whoever calls. Conversations with contacts are all that there is for them here.
pub(super) async fn session(
    headers: &HeaderMap,
    request: &Extensions,
    app: &App,
) -> Result<Session, Refused> {
    let login = header(headers, "api-login").ok_or(NO_LOGIN)?.to_owned();
    let secret = header(headers, "api-key").ok_or(NO_KEY)?;
    let mut session = auth::session(app, request, secret).await?;
    let caller = session.caller;
    let is_theirs = move |cx: &mut Cx<'_>| person::has_email(cx, caller.person, &login);
    if !app.engine.read(caller.into(), is_theirs).await? {
        return Err(credential::UNKNOWN.into());
    }
    session.caller.scope = Scope::Inbox;
    Ok(session)
}

const NO_LOGIN: Refused =
    Refused::Numbered(StatusCode::UNAUTHORIZED, 108, "Send your e-mail address in one header api-login.");
const NO_KEY: Refused =
    Refused::Numbered(StatusCode::UNAUTHORIZED, 109, "Send your token in one header api-key.");

/// The one header of this name that says something; several would leave it to chance who calls.
fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let (first, another) = (all.next()?, all.next());
    let text = first.to_str().ok()?.trim();
    (another.is_none() && !text.is_empty()).then_some(text)
}
