//! What is true in Parlance: conversations, the people in them, what they said and who has read it.
//!
//! This crate knows no HTTP, no JSON, no clock of its own and no dialect. A verb such as [`message::post`] is a
//! plain synchronous function in one transaction; [`Engine`] runs it on SQLite or PostgreSQL.

pub mod access;
pub mod account;
pub mod callback;
pub mod campaign;
pub mod carrier;
pub mod category;
pub mod channel;
pub mod checkup;
pub mod contact;
pub mod conversation;
pub mod credential;
pub mod credit;
mod cx;
pub mod db;
mod engine;
pub mod error;
pub mod event;
pub mod file;
pub mod follower;
pub mod handset;
pub mod id;
pub mod idempotency;
pub mod installation;
mod legible;
pub mod membership;
pub mod memo;
pub mod message;
pub mod notice;
pub mod notification;
pub mod opt_out;
pub mod participant;
pub mod person;
pub mod phone;
pub mod preference;
pub mod presence;
pub mod sanitise;
pub mod search;
pub mod segment;
pub mod submission;
mod time;
pub mod workspace;

pub use access::Principal;
pub use cx::Cx;
pub use engine::{Chance, Engine, Options};
pub use error::{Error, Result};
pub use id::{
    CarrierId, CategoryId, ConversationId, FileId, MemoId, MessageId, PersonId, TokenId, WorkspaceId,
};
pub use time::{Clock, Time};
