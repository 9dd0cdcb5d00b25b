//! `/conversations/unread-count` and `/user/stats` (contract §1.3, §4.4): the same number, in two places.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::participant;

use super::caller::Asker;
use super::fault::Refused;
use crate::app::App;
use crate::dialect::spelling::json;

/// GET /conversations/unread-count.
pub(super) async fn unread_count(State(app): State<App>, asker: Asker) -> Result<Response, Refused> {
    let unread = app.engine.read(asker.principal(), participant::unread).await?;
    Ok(json(StatusCode::OK, format!(r#"{{"unread":{unread}}}"#)))
}

/// GET /user/stats. Purchases and cases are the marketplace's own affair: there are none here.
pub(super) async fn retrieve(State(app): State<App>, asker: Asker) -> Result<Response, Refused> {
    let unread = app.engine.read(asker.principal(), participant::unread).await?;
    let body = format!(
        r#"{{"purchases":{{"total":0,"incomplete":0}},"cases":{{"open":0}},"messages":{{"unread":{unread}}}}}"#
    );
    Ok(json(StatusCode::OK, body))
}
