//! The support dialect.

mod base;
mod category;
mod client;
mod conversation;
mod file;
mod fresh;
mod generated;
mod hostile;
mod login;
mod message;
mod mw;
mod notification;
pub mod openapi;
mod preference;
mod rate;
mod search;
mod spelling;
mod token;
mod user;
mod visibility;
