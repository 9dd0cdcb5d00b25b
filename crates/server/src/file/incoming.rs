//! A form with one file, as it arrives: written to a file without a name, which is gone when nobody holds it any more.

use std::fs::File;
use std::path::Path;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use tokio::io::{AsyncWriteExt, BufWriter};

use super::fault::{Refused, disk};
use crate::document::{Offer, Refusal};
use crate::http::{Fault, body};

/// The name of the form's field.
const FIELD: &str = "file";

/// Fields of a form, at most.
const FIELDS_MAX: usize = 16;

/// How much is in memory before it is written, in bytes.
const PART_BYTES: usize = 64 * 1024;

/// Where an upload goes, and how long it may be.
pub(super) struct Room<'a> {
    /// The folder.
    pub(super) scratch: &'a Path,
    /// In bytes.
    pub(super) bytes_max: i64,
}

/// The one file of a form. What is too long is refused where it becomes too long, without the rest.
pub(super) async fn receive(request: Request, room: &Room<'_>) -> Result<Offer, Refused> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Refused::Form("Send a multipart/form-data form with one field file."))?;
    let mut offer = None;
    for _ in 0..FIELDS_MAX {
        let next = form.next_field().await.map_err(|error| broken(&error, room))?;
        let Some(field) = next else { return offer.ok_or(Refused::Form("The form has no field file.")) };
        if field.name() != Some(FIELD) {
            continue;
        }
        if offer.is_some() {
            return Err(Refused::Form("The form has more than one field file."));
        }
        offer = Some(write(field, room).await?);
    }
    Err(Refused::Form("The form has too many fields."))
}

async fn write(mut field: Field<'_>, room: &Room<'_>) -> Result<Offer, Refused> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let declared = field.content_type().map(str::to_owned);
    let file = tempfile::tempfile_in(room.scratch).map_err(|problem| disk(&problem))?;
    let mut to = BufWriter::with_capacity(PART_BYTES, tokio::fs::File::from_std(file));
    let mut size_bytes = 0_u64;
    while let Some(part) = field.chunk().await.map_err(|error| broken(&error, room))? {
        size_bytes += part.len() as u64;
        if i64::try_from(size_bytes).is_ok_and(|size| size > room.bytes_max) {
            return Err(Refused::Document(Refusal::TooLarge(room.bytes_max)));
        }
        to.write_all(&part).await.map_err(|problem| disk(&problem))?;
    }
    to.flush().await.map_err(|problem| disk(&problem))?;
    let file: File = to.into_inner().into_std().await;
    Ok(Offer { name, declared, file, size_bytes })
}

/// A form that broke off, or is none.
fn broken(error: &MultipartError, room: &Room<'_>) -> Refused {
    match body::fault(error) {
        Fault::LargeBody => Refused::Document(Refusal::TooLarge(room.bytes_max)),
        Fault::BadRequest => Refused::Form("The form cannot be read to its end."),
        fault => fault.into(),
    }
}
