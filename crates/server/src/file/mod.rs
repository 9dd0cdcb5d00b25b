//! The bytes of files on their way in and out.
//!
//! By capability link, in no dialect: `/uploads/{link}` takes a picture once, `/files/{link}` shows a file. Whoever has
//! a link needs no token: it was given to somebody who may, for one file and one purpose. What comes in is made into a
//! clean picture at once; the original is never stored.
//!
//! For dialects with uploads of their own: [`take()`] receives a file for an upload token, and [`serve()`] sends one.

mod fault;
mod incoming;
mod range;
mod receive;
mod serve;
mod show;
mod take;

pub use fault::{RANGE, Refused, outside};
pub use serve::{Look, serve};
pub use take::take;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};
use parlance_engine::FileId;
use tokio::sync::OwnedMutexGuard;

use crate::app::App;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        // The shell bounds what arrives; axum's own bound for forms is smaller than a photo.
        .route("/uploads/{link}", put(receive::raw).post(receive::form).layer(DefaultBodyLimit::disable()))
        .route("/files/{link}", get(show::file))
}

/// Files whose bytes are arriving. Uploads of one file follow one another, and the next is not even read before the
/// one before it has ended: so a repetition finds the first one's answer, and a link costs the memory of one upload.
#[derive(Default)]
pub struct Uploads(Mutex<HashMap<FileId, Weak<Place>>>);

/// What an upload holds while it is under way.
type Place = tokio::sync::Mutex<()>;

impl Uploads {
    /// Waits until no other upload of this file is under way.
    async fn begin(&self, file: FileId) -> OwnedMutexGuard<()> {
        self.place(file).lock_owned().await
    }

    fn place(&self, file: FileId) -> Arc<Place> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&file).and_then(Weak::upgrade) {
            return place;
        }
        places.retain(|_, place| place.strong_count() > 0);
        let place = Arc::default();
        places.insert(file, Arc::downgrade(&place));
        place
    }
}
