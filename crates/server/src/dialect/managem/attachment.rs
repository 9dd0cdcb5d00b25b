//! `/conversations/{id}/messages/{messageId}/attachments`: an image in three steps (contract §1.7 to §1.10).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use parlance_engine::Result;
use parlance_engine::file::{self, Place};

use super::answered;
use super::caller::Asker;
use super::fault::Refused;
use super::wire::{self, FinishedImage};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::spelling::json;

/// POST: where to send the image to.
pub(super) async fn create(
    State(app): State<App>,
    asker: Asker,
    At((id, message)): At<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let place = place(&id, &message)?;
    let links = app.links();
    let answer = sent
        .answer(&app, asker.0.caller, 201, move |cx| wire::image_upload(&file::draft(cx, place)?, &links));
    Ok(answered(answer.await?))
}

/// PATCH: the image was sent; hang it on the message, or hear why not.
pub(super) async fn finalize(
    State(app): State<App>,
    asker: Asker,
    At((id, message)): At<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let place = place(&id, &message)?;
    let image = sent.json::<FinishedImage>()?.id.parse()?;
    let attached = app.engine.write(asker.principal(), move |cx| file::attach(cx, place, image)).await?;
    Ok(json(StatusCode::OK, wire::attachment(&attached, &app.links())?))
}

/// DELETE: takes an image off the message.
pub(super) async fn delete(
    State(app): State<App>,
    asker: Asker,
    At((id, message, image)): At<(String, String, String)>,
) -> Result<Response, Refused> {
    let (place, image) = (place(&id, &message)?, image.parse()?);
    app.engine.write(asker.principal(), move |cx| file::delete(cx, place, image)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn place(conversation: &str, message: &str) -> Result<Place> {
    Ok(Place { conversation: conversation.parse()?, message: message.parse()? })
}
