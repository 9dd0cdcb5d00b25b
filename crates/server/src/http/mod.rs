//! The HTTP shell: everything about serving requests that is the same whatever API they speak.
//!
//! From the outside in: [`listen`] takes connections, [`connection`] bears with each as long as the limits say,
//! [`answer`] makes every answer complete (id, headers, metrics, log), [`cors`] speaks to browsers, [`guard`] refuses
//! what is too much and answers for a handler that does not. A dialect gives routes and an [`Owner`], which says in
//! whose shape its faults are.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use tower::util::option_layer;

use crate::config::Config;

mod answer;
pub mod body;
mod client_address;
mod connection;
mod cors;
mod fault;
mod guard;
pub mod health;
mod limit;
mod link;
mod listen;
pub mod log;
pub mod metrics;
mod rate;
mod request_id;
mod socket;
#[cfg(test)]
mod tests;

pub use answer::Caller;
pub use client_address::TrustedProxies;
pub use connection::Peer;
pub use fault::{Fault, Owner, Owners, Shape, default_shape, say};
pub use limit::Limits;
pub use listen::{Listening, bind, serve};
pub use rate::{Rates, Tally};
pub use request_id::RequestId;

/// What the shell has to know of the configuration and of the dialects.
pub struct Shell {
    /// Limits of size and time.
    pub limits: Limits,
    /// Requests per second; shared with whoever turns a token into a caller.
    pub rates: Arc<Rates>,
    /// Proxies whose headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// Pages that may call from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// Who answers for the faults of which paths.
    pub owners: Owners,
}

impl Shell {
    /// As configured, for the dialects of `owners`.
    pub fn new(config: &Config, owners: Owners) -> Self {
        Self {
            limits: Limits::from(&config.limits),
            rates: Arc::new(Rates::new(&config.rates)),
            trusted_proxies: TrustedProxies::new(config.trusted_proxies.iter().map(|network| network.0)),
            cors_origins: config.cors_origins.iter().map(|origin| origin.0.clone()).collect(),
            owners,
        }
    }

    /// `routes` with the shell around all of them: the last thing that is done to a router. Paths are case-sensitive
    /// and a slash at the end makes another path; what no route takes is answered by the path's owner.
    pub fn around(self, routes: Router) -> Router {
        let shell = Arc::new(self);
        let answers = answer::Answers { shell: shell.clone(), meters: Arc::new(metrics::Meters::new()) };
        let cors = option_layer(cors::layer(&shell.cors_origins));
        let (for_path, for_method) = (shell.owners.clone(), shell.owners.clone());
        routes
            .fallback(async move |request: Request| for_path.answer(request.uri().path(), Fault::UnknownPath))
            .method_not_allowed_fallback(async move |request: Request| {
                for_method.answer(request.uri().path(), Fault::WrongMethod)
            })
            .layer((answers, cors, guard::Guard(shell)))
    }
}
