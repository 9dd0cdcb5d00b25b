//! The support dialect.

mod base;
mod conversation;
mod hostile;
mod message;
mod notification;
pub mod openapi;
mod rate;
mod token;
