//! `/v2/conversations/{conversationId}/messages`: read, say, change (contract §2.1).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::conversation::thread;
use parlance_engine::message::{self, Post};
use parlance_engine::{FileId, MessageId, Result};
use serde::Deserialize;
use serde_json::json;

use super::at_conversation::AtConversation;
use super::body;
use super::fault::{Problem, Refused};
use super::wire;
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
pub(super) async fn list(at: AtConversation) -> Result<Response, Refused> {
    Ok(answer(StatusCode::OK, wire::thread(&at.read(thread::get).await?)?))
}

/// POST: says something.
pub(super) async fn create(at: AtConversation, request: Request) -> Result<Response, Refused> {
    let sent = Sent::read(&at.app, request).await?;
    let new: NewMessage = body::read(&sent, "conversation-create-message")?;
    let files = files(&new)?;
    let done = at.write(sent, StatusCode::CREATED, move |cx, conversation| {
        let (body, files) = (new.message_content.clone(), files.clone());
        let id = message::post(cx, &Post { conversation, body, internal: new.internal, files })?.id;
        text(&json!({ "conversationId": conversation.to_string(), "messageId": id.to_string() }))
    });
    Ok(done.await?)
}

/// PATCH: lets a message of the caller's own say something else.
pub(super) async fn update(
    at: AtConversation,
    At((_, id)): At<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&at.app, request).await?;
    let wire: ChangedMessage = body::read(&sent, "conversation-update-message")?;
    let id: MessageId = id.to_ascii_lowercase().parse()?;
    let done = at.write(sent, StatusCode::OK, move |cx, conversation| {
        message::edit(cx, conversation, id, wire.message_content.as_deref())?;
        text(&json!({ "messageId": id.to_string() }))
    });
    Ok(done.await?)
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
