//! `/healthz`: the process lives. `/readyz`: it can do its work. Both are open and say nothing more than that.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Their paths.
pub(super) const PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// The two routes. `ready` looks whether the server can take requests; its reason against it goes to the log, not to
/// whoever asks.
pub fn routes<F, R>(ready: F) -> Router
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), String>> + Send + 'static,
{
    let ready = Arc::new(ready);
    let readiness = move || {
        let asked = ready();
        async move {
            match asked.await {
                Ok(()) => said(StatusCode::OK, r#"{"status":"ready"}"#),
                Err(reason) => {
                    tracing::warn!(%reason, "not ready");
                    said(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"not ready"}"#)
                }
            }
        }
    };
    Router::new()
        .route(PATHS[0], get(async || said(StatusCode::OK, r#"{"status":"alive"}"#)))
        .route(PATHS[1], get(readiness))
}

fn said(status: StatusCode, body: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
