//! PUT (the bytes alone) and POST (a form with a field `file`) `/uploads/{link}`.

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::Multipart;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::HeaderMap;
use bytes::Bytes;
use parlance_engine::access::Caller;
use parlance_engine::credential::{self, link::Purpose};
use parlance_engine::file::{self, Verdict};
use parlance_engine::idempotency::{self, Answer, Once};
use parlance_engine::{Error, FileId, Principal, Result};
use serde_json::{Value, json};
use tokio::sync::OwnedMutexGuard;

use super::fault::{Refused, busy, disk};
use crate::app::App;
use crate::blob::{Key, Source};
use crate::dialect::{named, request_hash};
use crate::http::body;
use crate::picture::{Failure, Picture, UPLOAD_BYTES_MAX};

/// The name of the form's field.
const FIELD: &str = "file";

type Link = Result<Path<String>, PathRejection>;

/// PUT: the body is the file.
pub(super) async fn raw(
    State(app): State<App>,
    link: Link,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let upload = Upload::open(&app, link).await?;
    let bytes = body::whole(body, UPLOAD_BYTES_MAX).await?;
    upload.take(&headers, "PUT", bytes).await
}

/// POST: the file is a field of a form, as a browser's form sends it.
pub(super) async fn form(
    State(app): State<App>,
    link: Link,
    request: Request,
) -> Result<Json<Value>, Refused> {
    let upload = Upload::open(&app, link).await?;
    let headers = request.headers().clone();
    let bytes = field(request).await?;
    upload.take(&headers, "POST", bytes).await
}

/// A link that waits for its bytes, and whose it is.
struct Upload<'a> {
    app: &'a App,
    caller: Caller,
    file: FileId,
    _alone: OwnedMutexGuard<()>,
}

impl<'a> Upload<'a> {
    async fn open(app: &'a App, link: Link) -> Result<Upload<'a>> {
        let Path(text) = link.map_err(|_| Error::NotFound)?;
        let link = app.engine.links().open(&text, Purpose::Upload, app.engine.now())?;
        let caller =
            app.engine.read(Principal::Nobody, move |cx| credential::by_upload_link(cx, &link)).await?;
        Ok(Upload { app, caller, file: link.file, _alone: app.uploads.begin(link.file).await })
    }

    /// Examines the bytes, keeps what is clean of them, and notes what became of them.
    async fn take(self, headers: &HeaderMap, method: &str, bytes: Bytes) -> Result<Json<Value>, Refused> {
        if bytes.is_empty() {
            return Err(Error::invalid("file", "Nothing was sent.").into());
        }
        let once = named(headers, || request_hash(method, &self.file.to_string(), &bytes))?;
        if let Some(answer) = self.given_before(once.clone()).await? {
            return Ok(answer);
        }
        let picture = self.clean(bytes).await?;
        if let Ok(picture) = &picture {
            self.store(picture.bytes.clone()).await?;
        }
        self.note(once, verdict(picture)).await
    }

    /// The answer to the same request, when this is a repetition; an error when the link is spent.
    async fn given_before(&self, once: Option<Once>) -> Result<Option<Json<Value>>> {
        let file = self.file;
        let looked = self.app.engine.read(self.caller.into(), move |cx| {
            match idempotency::given(cx, once.as_ref())? {
                Some(answer) => Ok(Some(answer)),
                None => file::awaited(cx, file).map(|()| None),
            }
        });
        Ok(looked.await?.map(|_| done(file)))
    }

    async fn clean(&self, bytes: Bytes) -> Result<Result<Picture, Vec<String>>> {
        match self.app.cleaner.clean(move || Ok(bytes.into())).await {
            Ok(picture) => Ok(Ok(picture)),
            Err(Failure::Refused(refusal)) => Ok(Err(vec![refusal.to_string()])),
            Err(Failure::Busy) => Err(busy("Too many pictures are being examined; try again in a moment.")),
            Err(Failure::Unreadable(problem)) => Err(disk(&problem)),
        }
    }

    async fn store(&self, bytes: Vec<u8>) -> Result<()> {
        let stored = self.app.blobs.put(&Key::from(self.file.0), Source::Memory(bytes)).await;
        stored.map_err(|problem| disk(&problem))
    }

    async fn note(&self, once: Option<Once>, verdict: Verdict) -> Result<Json<Value>, Refused> {
        let file = self.file;
        let noted = self.app.engine.write(self.caller.into(), move |cx| {
            idempotency::once(cx, once.as_ref(), |cx| {
                file::uploaded(cx, file, &verdict)?;
                Ok(Answer { status: 200, body: String::new() })
            })
        });
        noted.await?;
        Ok(done(file))
    }
}

/// An upload is taken, whatever it is; finalising says whether it may stay.
fn done(file: FileId) -> Json<Value> {
    Json(json!({ "id": file.to_string() }))
}

fn verdict(picture: Result<Picture, Vec<String>>) -> Verdict {
    match picture {
        Ok(picture) => Verdict::Image {
            content_type: picture.content_type,
            size_bytes: picture.bytes.len() as i64,
            width_px: picture.width.into(),
            height_px: picture.height.into(),
        },
        Err(reasons) => Verdict::Rejected(reasons),
    }
}

/// The bytes of the form's file.
async fn field(request: Request) -> Result<Bytes, Refused> {
    let unusable = |text: &str| Refused::from(Error::invalid("file", text));
    let form = Multipart::from_request(request, &()).await;
    let mut form =
        form.map_err(|_| unusable("Send the bytes with PUT, or a multipart/form-data form with POST."))?;
    while let Some(field) = form.next_field().await.map_err(|e| body::fault(&e))? {
        if field.name() == Some(FIELD) {
            return whole(field).await;
        }
    }
    Err(unusable("The form has no field of the name file."))
}

async fn whole(mut field: axum::extract::multipart::Field<'_>) -> Result<Bytes, Refused> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|e| body::fault(&e))? {
        bytes.extend_from_slice(&part);
        if bytes.len() > UPLOAD_BYTES_MAX {
            return Err(crate::http::Fault::LargeBody.into());
        }
    }
    Ok(bytes.into())
}
