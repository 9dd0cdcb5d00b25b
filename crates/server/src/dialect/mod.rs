//! The APIs that are spoken here. Each dialect is a folder that knows its wire and no rule; adding one touches its
//! folder, one line in [`ALL`] and one folder of tests.

mod at;
mod bearer;
mod managem;
mod mittwald;
mod object;
mod octopush;
mod once;
mod query;
mod spelling;

use axum::Router;
use axum::response::Response;

pub use once::{Done, Sent, named, request_hash};

use crate::app::App;
use crate::http::{Fault, Owner, Owners};

/// An API over the engine.
pub trait Dialect: Send + Sync {
    /// Its name, as in metrics and settings.
    fn name(&self) -> &'static str;
    /// Beginnings of its paths, by which faults that no handler answers find their shape.
    fn prefixes(&self) -> &'static [&'static str];
    /// Its routes.
    fn routes(&self) -> Router<App>;
    /// Whether every answer says how many requests are left.
    fn shows_rates(&self) -> bool;
    /// How it words a request that no handler answers.
    fn fault(&self) -> fn(Fault) -> Response;
}

/// Every dialect; they live on one port, because their paths do not overlap.
pub const ALL: &[&dyn Dialect] = &[&managem::Managem, &mittwald::Mittwald, &octopush::Octopush];

/// All routes of all dialects.
pub fn routes() -> Router<App> {
    ALL.iter().fold(Router::new(), |router, dialect| router.merge(dialect.routes()))
}

/// Who answers for the faults under which paths.
#[must_use]
pub fn owners() -> Owners {
    let owner = |dialect: &&dyn Dialect| Owner {
        name: dialect.name(),
        prefixes: dialect.prefixes(),
        shape: dialect.fault(),
        shows_rates: dialect.shows_rates(),
    };
    Owners::new(ALL.iter().map(owner))
}
