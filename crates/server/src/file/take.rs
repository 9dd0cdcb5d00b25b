//! An upload for a token: received, examined, stored, noted.

use axum::extract::Request;
use parlance_engine::file::Attachment;
use parlance_engine::file::upload::{self, Received, Shown};
use parlance_engine::{Error, FileId, Principal};

use super::fault::{Refused, disk};
use super::incoming::{self, Room};
use crate::app::App;
use crate::blob::{Key, Source};
use crate::document::{self, Document, Offer};

/// A file that was taken, and the number under which the log can be asked whether it can be seen.
pub type Taken = (Attachment, i64);

/// Takes the file of a form for an upload token, once. Nothing is kept of what is refused or not sent to its end; what
/// was sent to its end is examined and kept even if its sender hangs up.
///
/// # Errors
/// Those of [`upload::ticket`] for the token, before anything is read; [`Refused::Form`], [`Refused::Document`]; and
/// [`Error::Conflict`] when another upload for the same token was faster.
pub async fn take(app: &App, token: &str, request: Request) -> Result<Taken, Refused> {
    let shown = {
        let token = token.to_owned();
        app.engine.read(Principal::Nobody, move |cx| upload::ticket(cx, &token)).await?
    };
    let room = Room { scratch: &app.scratch, bytes_max: shown.rules.bytes_max };
    let offer = incoming::receive(request, &room).await?;
    let (app, token) = (app.clone(), token.to_owned());
    let kept = tokio::spawn(async move { keep(&app, shown, token, offer).await });
    kept.await.unwrap_or_else(|died| Err(Error::Internal(format!("keeping an upload: {died}")).into()))
}

async fn keep(app: &App, shown: Shown, token: String, offer: Offer) -> Result<Taken, Refused> {
    let document = document::examine(&app.cleaner, shown.rules, offer).await?;
    let owner = Principal::from(shown.caller);
    let id = app.engine.write(owner, move |cx| upload::claim(cx, &token)).await?;
    let (received, source) = apart(document);
    let stored = store(app, id, source).await;
    let noted = match stored {
        Ok(()) => app.engine.write_numbered(owner, move |cx| upload::received(cx, id, &received)).await,
        Err(error) => Err(error),
    };
    if noted.is_err() {
        discard(app, id).await;
    }
    Ok(noted?)
}

fn apart(document: Document) -> (Received, Source) {
    let Document { name, content_type, source, size_bytes, pixels } = document;
    let pixels = pixels.map(|(width, height)| (width.into(), height.into()));
    (Received { name, content_type, size_bytes, pixels }, source)
}

async fn store(app: &App, id: FileId, source: Source) -> Result<(), Error> {
    app.blobs.put(&Key::from(id.0), source).await.map_err(|problem| disk(&problem))
}

/// Bytes that are nobody's. Where even this fails, the sweep finds them by the ticket, unless another upload has
/// claimed that since.
async fn discard(app: &App, id: FileId) {
    if let Err(problem) = app.blobs.delete(&Key::from(id.0)).await {
        tracing::warn!(%problem, %id, "the bytes of an upload that came to nothing could not be removed");
    }
}
