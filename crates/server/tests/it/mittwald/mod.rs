//! The support dialect.

mod base;
mod hostile;
pub mod openapi;
mod rate;
mod token;
