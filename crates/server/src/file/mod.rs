//! The bytes of files, by capability link: `/uploads/{link}` takes them once, `/files/{link}` shows them.
//!
//! Whoever has a link needs no token: it was given to somebody who may, for one file and one purpose. What comes in is
//! made into a clean picture at once; the original is never stored.

mod fault;
mod receive;
mod show;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};
use parlance_engine::FileId;

use crate::app::App;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        // The shell bounds what arrives; axum's own bound for forms is smaller than a photo.
        .route("/uploads/{link}", put(receive::raw).post(receive::form).layer(DefaultBodyLimit::disable()))
        .route("/files/{link}", get(show::file))
}

/// Files whose bytes are arriving. A link is good for one upload, also when two begin at once.
#[derive(Default)]
pub struct Uploads(Mutex<HashSet<FileId>>);

/// An upload under way; its end makes room for another, should this one have failed.
struct UnderWay<'u> {
    uploads: &'u Uploads,
    file: FileId,
}

impl Uploads {
    /// `None` while another upload of this file is under way.
    fn begin(&self, file: FileId) -> Option<UnderWay<'_>> {
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
        new.then_some(UnderWay { uploads: self, file })
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.file);
    }
}
