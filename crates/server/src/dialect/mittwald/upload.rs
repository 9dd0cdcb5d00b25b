//! Sending a file: a token for one upload, the rules for it, and the upload (contract §11).

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use parlance_engine::conversation::ticket;
use parlance_engine::file::upload::{self, Ticket};
use parlance_engine::file::{Attachment, Rules};
use parlance_engine::{ConversationId, Error, FileId, PersonId, Principal};
use serde::Serialize;

use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::rules::{FileUploadRules, TicketRules};
use super::{body, done};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::spelling::{Shown, bytes, json, text};
use crate::document;
use crate::file;
use crate::refusal::Refusal;

/// The header that bears the token for an upload.
const TOKEN: &str = "token";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v2/conversations/{conversationId}/files", post(request))
        .route("/v2/users/{userId}/avatar", post(request_avatar))
        // The shell bounds what arrives; axum's own bound for forms is smaller than a document.
        .route("/v2/files", post(create).layer(DefaultBodyLimit::disable()))
        .route("/v2/file-upload-tokens/{fileUploadToken}/rules", get(rules_of_token))
        .route("/v2/file-token-rules/{token}", get(rules_of_token))
        .route("/v2/file-upload-types/{fileUploadType}/rules", get(rules_of_type))
        .route("/v2/file-type-rules/{name}", get(rules_of_type))
}

/// The answer to a request for an upload to a conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadTicket<'a> {
    conversation_id: Shown<ConversationId>,
    upload_token: &'a str,
    rules: TicketRules,
}

/// The answer to a request for an upload of one's picture.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AvatarTicket<'a> {
    ref_id: &'a str,
    rules: TicketRules,
}

/// The contract's FileMeta, with the names that it has given up beside those that took their place.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileMeta<'a> {
    id: Shown<FileId>,
    short_id: String,
    name: &'a str,
    mime_type: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    size_in_bytes: i64,
    friendly_url: String,
    #[serde(rename = "friendlyURL")]
    old_friendly_url: String,
}

/// POST …/files: a token for an upload to the conversation. It is in this answer and nowhere else, so that the answer
/// is not kept for a repetition.
async fn request(
    State(app): State<App>,
    asker: Asker,
    At(reference): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    body::none(&Sent::read(&app, request).await?)?;
    let ask = move |cx: &mut parlance_engine::Cx<'_>| {
        let id = ticket::by_reference(cx, &reference)?;
        Ok((id, upload::request(cx, id)?))
    };
    let ((id, Ticket { token, rules }), number) = app.engine.write_numbered(asker.principal(), ask).await?;
    let rules = TicketRules::of_conversation(&rules);
    let wire = UploadTicket { conversation_id: Shown(id), upload_token: &token, rules };
    Ok(done(StatusCode::CREATED, text(&wire)?, number))
}

/// POST …/avatar: a token for an upload of the caller's own picture.
async fn request_avatar(
    State(app): State<App>,
    asker: Asker,
    At(user): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    body::none(&Sent::read(&app, request).await?)?;
    if !asker.is(&user) {
        return Err(Error::Forbidden("One can upload a picture of oneself alone.").into());
    }
    let (ticket, number) = app.engine.write_numbered(asker.principal(), upload::request_avatar).await?;
    let wire = AvatarTicket { ref_id: &ticket.token, rules: TicketRules::of_avatar(&ticket.rules) };
    Ok(done(StatusCode::OK, text(&wire)?, number))
}

/// POST: the bytes, for the token in the header. It was given to somebody who may, so no other credential is asked for.
async fn create(State(app): State<App>, headers: HeaderMap, request: Request) -> Result<Response, Refused> {
    let missing = || {
        let problem = Problem::new(".Token", "required", "should have required property 'Token'");
        problem.with("missingProperty", "Token")
    };
    let token = headers.get(TOKEN).ok_or_else(missing)?.to_str().unwrap_or_default().to_owned();
    let (file, number) = file::take(&app, &token, request).await.map_err(of_token)?;
    Ok(done(StatusCode::CREATED, text(&FileMeta::new(&file))?, number))
}

/// GET: what may be uploaded with a token, while it is good.
async fn rules_of_token(State(app): State<App>, At(token): At<String>) -> Result<Response, Refused> {
    let shown = app.engine.read(Principal::Nobody, move |cx| upload::ticket(cx, &token)).await?;
    Ok(json(StatusCode::OK, bytes(&FileUploadRules::new(&shown.rules))?))
}

/// GET: what may be uploaded at all: in the caller's workspace, or in one that has no rules of its own.
async fn rules_of_type(
    State(app): State<App>,
    asker: Option<Asker>,
    At(name): At<String>,
) -> Result<Response, Refused> {
    let rules = match (name.as_str(), asker) {
        ("avatar", _) => Rules::of_avatars(),
        ("conversation", None) => Rules::of_documents(),
        ("conversation", Some(asker)) => {
            app.engine.read(asker.principal(), upload::rules_of_documents).await?
        }
        _ => return Err(Error::NotFound.into()),
    };
    Ok(json(StatusCode::OK, bytes(&FileUploadRules::new(&rules))?))
}

impl Asker {
    /// Whether a path names them: by their id, or as `self`.
    fn is(&self, user: &str) -> bool {
        let id: Result<PersonId, Error> = user.to_ascii_lowercase().parse();
        user == "self" || id == Ok(self.session.caller.person)
    }
}

/// A file as the contract describes it.
pub(super) fn meta(file: &Attachment) -> Result<Vec<u8>, Error> {
    bytes(&FileMeta::new(file))
}

impl<'a> FileMeta<'a> {
    fn new(file: &'a Attachment) -> FileMeta<'a> {
        let friendly_url = format!("{}/{}", file.id, in_a_path(&file.name));
        FileMeta {
            id: Shown(file.id),
            short_id: format!("file-{}", file.short_id),
            name: &file.name,
            mime_type: &file.content_type,
            kind: &file.content_type,
            size_in_bytes: file.size_bytes,
            old_friendly_url: friendly_url.clone(),
            friendly_url,
        }
    }
}

/// A name as a segment of a path: what means something there is escaped.
fn in_a_path(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}

/// What stands in the way of an upload: what is wrong with its token is told in the words that the official web client
/// knows, under statuses for which it looks at the words (contract §4).
fn of_token(refused: file::Refused) -> Refused {
    let unusable =
        |status, message: &str| Refused::Unusable(status, Problem::new(".Token", "token", message));
    match refused {
        file::Refused::Stopped(Refusal::Engine(Error::Invalid { field: "token", problem })) => {
            unusable(StatusCode::BAD_REQUEST, &problem)
        }
        file::Refused::Stopped(Refusal::Engine(Error::NotFound)) => {
            unusable(StatusCode::UNPROCESSABLE_ENTITY, "This upload token does not exist.")
        }
        file::Refused::Stopped(Refusal::Engine(Error::Conflict(message))) => {
            unusable(StatusCode::UNPROCESSABLE_ENTITY, &message)
        }
        other => other.into(),
    }
}

impl From<file::Refused> for Refused {
    fn from(refused: file::Refused) -> Refused {
        let unusable =
            |status, message: &str| Refused::Unusable(status, Problem::new(".file", "file", message));
        match refused {
            file::Refused::Form(message) => unusable(StatusCode::BAD_REQUEST, message),
            file::Refused::Document(refusal) => unusable(status(&refusal), &refusal.to_string()),
            file::Refused::Range(size) => Refused::OutOfRange(size),
            file::Refused::Stopped(refusal) => Refused::Stopped(refusal),
        }
    }
}

/// The three that the contract knows for uploads, of which it does not say when: 400 for what the rules say before
/// anybody has looked into the file, 406 for what it is, 422 for what is in it.
fn status(refusal: &document::Refusal) -> StatusCode {
    use document::Refusal as Why;
    match refusal {
        Why::Empty | Why::TooLarge(_) | Why::Name(_) => StatusCode::BAD_REQUEST,
        Why::NotAllowed { .. } | Why::Mismatch { .. } => StatusCode::NOT_ACCEPTABLE,
        Why::Unsafe(_) | Why::EmptyArchive | Why::Encrypted | Why::Dimensions(_) | Why::Corrupt => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}
