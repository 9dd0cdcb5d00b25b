//! `/v2/conversations/{conversationId}/messages`: read, say, change (contract §2.1).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::conversation::{thread, ticket};
use parlance_engine::message::{self, Post};
use parlance_engine::{FileId, MessageId, Result};
use serde::Deserialize;
use serde_json::json;

use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::wire;
use super::{answered, body};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::spelling::{json as answer, text};

/// The body of POST.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewMessage {
    #[serde(default)]
    message_content: String,
    #[serde(default)]
    file_ids: Vec<String>,
    /// Ours: for agents alone.
    #[serde(default)]
    internal: bool,
}

/// The body of PATCH.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedMessage {
    message_content: Option<String>,
}

/// GET: the conversation from its beginning.
pub(super) async fn list(
    State(app): State<App>,
    asker: Asker,
    At(reference): At<String>,
) -> Result<Response, Refused> {
    let look = app.engine.read(asker.principal(), move |cx| {
        let id = ticket::by_reference(cx, &reference)?;
        thread::get(cx, id)
    });
    Ok(answer(StatusCode::OK, wire::thread(&look.await?)?))
}

/// POST: says something.
pub(super) async fn create(
    State(app): State<App>,
    asker: Asker,
    At(reference): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let new: NewMessage = body::read(&sent, "conversation-create-message")?;
    let files = files(&new)?;
    let done = sent.answer(&app, asker.session.caller, 201, move |cx| {
        let conversation = ticket::by_reference(cx, &reference)?;
        let (body, files) = (new.message_content.clone(), files.clone());
        let id = message::post(cx, &Post { conversation, body, internal: new.internal, files })?.id;
        text(&json!({ "conversationId": conversation.to_string(), "messageId": id.to_string() }))
    });
    Ok(answered(done.await?))
}

/// PATCH: lets a message of the caller's own say something else.
pub(super) async fn update(
    State(app): State<App>,
    asker: Asker,
    At((reference, id)): At<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let wire: ChangedMessage = body::read(&sent, "conversation-update-message")?;
    let id: MessageId = id.to_ascii_lowercase().parse()?;
    let done = sent.answer(&app, asker.session.caller, 200, move |cx| {
        let conversation = ticket::by_reference(cx, &reference)?;
        message::edit(cx, conversation, id, wire.message_content.as_deref())?;
        text(&json!({ "messageId": id.to_string() }))
    });
    Ok(answered(done.await?))
}

/// The files of a message. What says nothing and shows nothing is refused as the official client expects it
/// (contract §4).
fn files(new: &NewMessage) -> Result<Vec<FileId>, Problem> {
    if new.message_content.trim().is_empty() && new.file_ids.is_empty() {
        let problem = Problem::new(".fileIds", "minimum", "should have a message or a file");
        return Err(problem.with("comparison", ">=").with("limit", "1"));
    }
    let unknown = |at| Problem::new(format!(".fileIds[{at}]"), "invalid", "There is no such file.");
    let read = |(at, id): (usize, &String)| id.to_ascii_lowercase().parse().map_err(|_| unknown(at));
    new.file_ids.iter().enumerate().map(read).collect()
}
