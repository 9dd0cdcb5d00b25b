//! The support dialect.

mod base;
mod hostile;
mod notification;
pub mod openapi;
mod rate;
mod token;
