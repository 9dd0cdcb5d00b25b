//! Reading a file: a token for a short while, what is known of the file, and its bytes (contract §11).

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use parlance_engine::credential::link::{Link, Purpose};
use parlance_engine::file::{Attachment, upload};
use parlance_engine::{Error, FileId, Principal};
use serde::Serialize;

use super::at_conversation::AtConversation;
use super::fault::{Problem, Refused};
use super::{parameter, upload as wire};
use crate::app::App;
use crate::dialect::at::At;
use crate::dialect::query::Query;
use crate::dialect::spelling::{Stamp, bytes, json};
use crate::file::{Look, serve};

/// How a file can be asked for, in a parameter of the query or a header.
const AS_BYTES: &str = "application/octet-stream";
const AS_BASE64: &str = "text/plain;base64";

/// Pictures of people may be kept by everybody for an hour; a new one has a new id.
const OF_EVERYBODY: &str = "public, max-age=3600";
const OF_NOBODY_ELSE: &str = "private, no-store";

/// How an id begins that is a number for people to say.
const SHORT_ID: &str = "file-";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v2/conversations/{conversationId}/files/{fileId}/access-token", get(access))
        .route("/v2/files/{fileId}", get(file))
        .route("/v2/files/{fileId}/meta", get(meta))
        .route("/v2/files/{fileId}/{fileName}", get(file_with_name))
}

/// The answer to a request for a token to read with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Access {
    access_token: String,
    expires_at: Stamp,
}

/// GET …/access-token: a token for reading one file of the conversation.
async fn access(at: AtConversation, At((_, id)): At<(String, String)>) -> Result<Response, Refused> {
    let (app, id) = (at.app.clone(), file_id(&id)?);
    let link = at.read(move |cx, conversation| upload::lend(cx, conversation, id)).await?;
    let wire = Access { access_token: app.engine.links().sign(&link), expires_at: Stamp(link.expires_at) };
    Ok(json(StatusCode::OK, bytes(&wire)?))
}

/// GET: the bytes.
async fn file(
    State(app): State<App>,
    At(id): At<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = Query::new(query.as_deref());
    let look = look(&headers, &query)?;
    let (found, cache_control) = find(&app, &id, &headers, &query).await?;
    Ok(serve(&app, &found, (&headers, &Look { cache_control, ..look })).await?)
}

/// GET: the bytes, at an address that ends in a name for people. Which name is not asked.
async fn file_with_name(
    app: State<App>,
    At((id, _)): At<(String, String)>,
    headers: HeaderMap,
    query: RawQuery,
) -> Result<Response, Refused> {
    file(app, At(id), headers, query).await
}

/// GET …/meta: what is known of the file.
async fn meta(
    State(app): State<App>,
    At(id): At<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let (found, _) = find(&app, &id, &headers, &Query::new(query.as_deref())).await?;
    Ok(json(StatusCode::OK, wire::meta(&found)?))
}

/// The file, if the request may have it, and who may keep it: a picture of a person is everybody's, and any other file
/// needs its token.
async fn find(
    app: &App,
    id: &str,
    headers: &HeaderMap,
    query: &Query<'_>,
) -> Result<(Attachment, &'static str), Refused> {
    let opened = match token(headers, query)? {
        Some(token) => app.engine.links().open(token, Purpose::Read, app.engine.now()).ok(),
        None => None,
    };
    match opened {
        Some(link) => Ok((lent(app, id, link).await?, OF_NOBODY_ELSE)),
        None => Ok((avatar(app, id).await?, OF_EVERYBODY)),
    }
}

/// What the link opens, if that is what the path names.
async fn lent(app: &App, id: &str, link: Link) -> Result<Attachment, Error> {
    let found = app.engine.read(Principal::Nobody, move |cx| upload::lent(cx, &link)).await?;
    let number = id.strip_prefix(SHORT_ID).and_then(|number| number.parse().ok());
    let is_it = number == Some(found.short_id) || file_id(id) == Ok(found.id);
    if is_it { Ok(found) } else { Err(Error::NotFound) }
}

/// A picture of a person. Whoever asks for anything else learns that they need a token, and not whether it exists.
async fn avatar(app: &App, id: &str) -> Result<Attachment, Error> {
    const NO_TOKEN: Error =
        Error::Unauthenticated("This needs a token for the file, which is valid for a short while.");
    let id = file_id(id).map_err(|_| NO_TOKEN)?;
    let found = app.engine.read(Principal::Nobody, move |cx| upload::avatar(cx, id)).await;
    found.map_err(|error| if error == Error::NotFound { NO_TOKEN } else { error })
}

/// The token of the request, in its header or its query.
fn token<'r>(headers: &'r HeaderMap, query: &'r Query<'_>) -> Result<Option<&'r str>, Problem> {
    match headers.get("token") {
        Some(header) => Ok(header.to_str().ok()),
        None => parameter::text(query, "token"),
    }
}

fn file_id(text: &str) -> Result<FileId, Error> {
    text.to_ascii_lowercase().parse()
}

/// How the file is asked for. The query says it before the headers, of which clients send some for reasons of their own:
/// in those, only what the contract knows means anything.
fn look(headers: &HeaderMap, query: &Query<'_>) -> Result<Look, Problem> {
    let accept = parameter::word(query, "accept", &[(AS_BYTES, AS_BYTES), (AS_BASE64, AS_BASE64)])?;
    let place = parameter::word(query, "content-disposition", &[("inline", true), ("attachment", false)])?;
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let accept = accept.unwrap_or(said(header::ACCEPT));
    Ok(Look {
        inline: place.unwrap_or(said(header::CONTENT_DISPOSITION) == "inline"),
        base64: accept == AS_BASE64,
        as_bytes: accept == AS_BYTES,
        cache_control: OF_NOBODY_ELSE,
    })
}
