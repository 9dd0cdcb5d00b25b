//! The conversation that a path names, and who asks for it: what almost every operation begins with.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use parlance_engine::conversation::ticket;
use parlance_engine::{ConversationId, Cx, Result};

use super::answered;
use super::caller::Asker;
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;

/// How the routes call it.
const PARAMETER: &str = "conversationId";

/// See the module. The path holds its id or its short id; whether it exists is for the verb to find.
pub(super) struct AtConversation {
    pub(super) app: App,
    asker: Asker,
    reference: String,
}

impl AtConversation {
    /// Runs a verb that only reads.
    pub(super) async fn read<T, F>(self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>, ConversationId) -> Result<T> + Send + 'static,
    {
        self.app.engine.read(self.asker.principal(), of(self.reference, verb)).await
    }

    /// Runs a verb that writes and gives the body of its answer; once for each Idempotency-Key.
    pub(super) async fn write<F>(self, sent: Sent, status: StatusCode, verb: F) -> Result<Response>
    where
        F: Fn(&mut Cx<'_>, ConversationId) -> Result<String> + Send + 'static,
    {
        let act = of(self.reference, verb);
        sent.answer(&self.app, self.asker.session.caller, status.as_u16(), act).await.map(answered)
    }
}

/// The verb, of the conversation that `reference` names.
fn of<T>(
    reference: String,
    verb: impl Fn(&mut Cx<'_>, ConversationId) -> Result<T>,
) -> impl Fn(&mut Cx<'_>) -> Result<T> {
    move |cx| {
        let id = ticket::by_reference(cx, &reference)?;
        verb(cx, id)
    }
}

impl FromRequestParts<App> for AtConversation {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<AtConversation, Response> {
        let asker = <Asker as FromRequestParts<App>>::from_request_parts(parts, app).await;
        let asker = asker.map_err(IntoResponse::into_response)?;
        let At(mut ids) = At::<HashMap<String, String>>::from_request_parts(parts, app).await?;
        let reference = ids.remove(PARAMETER).unwrap_or_default();
        Ok(AtConversation { app: app.clone(), asker, reference })
    }
}
