//! The inbox dialect.

mod account;
mod base;
mod campaign;
mod client;
mod contact;
mod conversation;
mod generated;
pub mod inbox;
mod live_chat;
mod tenancy;
mod wallet;
