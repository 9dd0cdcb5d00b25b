//! The marketplace dialect.

mod attachment;
mod broken;
mod caller;
mod cancel;
mod conversation;
mod fresh;
mod hostile;
mod idempotency;
mod jwks;
mod jwt;
mod logged;
mod sanitise;
mod signed;
pub mod talk;
mod tenancy;
mod token;
