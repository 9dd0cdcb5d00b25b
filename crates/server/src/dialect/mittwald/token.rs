//! `/v2/users/self/api-tokens`, and what a token says of itself (contract §2.3).

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use parlance_engine::credential::token::{self, New, Token};
use parlance_engine::person::Kind;
use parlance_engine::{PersonId, Time, TokenId};
use serde::{Deserialize, Serialize};

use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::parameter::Paging;
use super::{body, done};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::query::Query;
use crate::dialect::spelling::{Shown, Stamp, bytes, json, text};

/// The body of POST /v2/users/self/api-tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewToken {
    description: String,
    roles: Vec<String>,
    expires_at: Option<String>,
}

/// The contract's ApiToken.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiToken<'a> {
    api_token_id: Shown<TokenId>,
    description: &'a str,
    roles: &'static [&'static str],
    created_at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Stamp>,
}

/// What a token says of itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    user_id: Shown<PersonId>,
    token_id: Shown<TokenId>,
    is_impersonated: bool,
    is_employee: bool,
}

/// GET: the caller's tokens, without their secrets.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let paging = Paging::of(&Query::new(query.as_deref()))?;
    let read = app.engine.read(asker.principal(), move |cx| {
        Ok((token::page_own(cx, paging.skip, paging.limit)?, token::count_own(cx)?))
    });
    let (tokens, total) = read.await?;
    let wire: Vec<ApiToken<'_>> = tokens.iter().map(ApiToken::new).collect();
    Ok(paging.show(json(StatusCode::OK, bytes(&wire)?), total))
}

/// POST: a new one; its secret is in this answer and nowhere else, so that the answer is not kept for a repetition.
pub(super) async fn create(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let new = new(body::read(&sent, "user-create-api-token")?, asker.session.caller.person)?;
    let mint = move |cx: &mut parlance_engine::Cx<'_>| token::add_own(cx, new.clone());
    let ((_, secret), number) = app.engine.write_numbered(asker.principal(), mint).await?;
    Ok(done(StatusCode::CREATED, text(&serde_json::json!({ "token": secret }))?, number))
}

/// DELETE: ends one.
pub(super) async fn delete(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
) -> Result<Response, Refused> {
    let id: TokenId = id.parse()?;
    let ((), number) =
        app.engine.write_numbered(asker.principal(), move |cx| token::revoke_own(cx, id)).await?;
    Ok(done(StatusCode::NO_CONTENT, String::new(), number))
}

/// GET …/sessions/current/status: whose token this is.
pub(super) async fn status(asker: Asker) -> Result<Response, Refused> {
    let caller = asker.session.caller;
    let status = Status {
        user_id: Shown(caller.person),
        token_id: Shown(asker.token()),
        is_impersonated: false,
        is_employee: caller.kind == Kind::Agent,
    };
    Ok(json(StatusCode::OK, bytes(&status)?))
}

/// POST …/credentials/token, deprecated: that the token is valid. Its public part is its id here.
pub(super) async fn check(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    body::none(&Sent::read(&app, request).await?)?;
    let token = asker.token().to_string();
    let wire = text(&serde_json::json!({ "id": token, "publicToken": token }))?;
    Ok(done(StatusCode::OK, wire, asker.session.event_number))
}

impl Asker {
    /// The id of the token they showed. A JWT has none of its own: for it stands that of its bearer.
    fn token(&self) -> TokenId {
        let caller = self.session.caller;
        caller.token.unwrap_or(TokenId(caller.person.0))
    }
}

impl<'a> ApiToken<'a> {
    fn new(token: &'a Token) -> ApiToken<'a> {
        ApiToken {
            api_token_id: Shown(token.id),
            description: token.label.as_deref().unwrap_or_default(),
            roles: if token.can_write { &["api_read", "api_write"] } else { &["api_read"] },
            created_at: Stamp(token.created_at),
            expires_at: token.expires_at.map(Stamp),
        }
    }
}

/// A token that may write may also read, as every token here.
fn new(wire: NewToken, person: PersonId) -> Result<New, Problem> {
    let expires_at = wire.expires_at.map(|text| moment(&text)).transpose()?;
    let can_write = wire.roles.iter().any(|role| role == "api_write");
    Ok(New { person, label: Some(wire.description), can_write, expires_at })
}

fn moment(text: &str) -> Result<Time, Problem> {
    let moment: Result<Timestamp, _> = text.parse();
    let problem = |_| {
        Problem::new(".expiresAt", "format", "should match format \"date-time\"").with("format", "date-time")
    };
    moment.map(|moment| Time(moment.as_microsecond())).map_err(problem)
}
