//! The support dialect.

mod base;
mod category;
mod conversation;
mod file;
mod fresh;
mod hostile;
mod login;
mod message;
mod notification;
pub mod openapi;
mod preference;
mod rate;
mod search;
mod token;
mod user;
