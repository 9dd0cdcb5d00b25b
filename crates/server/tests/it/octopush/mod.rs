//! The inbox dialect.

mod base;
mod campaign;
mod contact;
mod conversation;
mod generated;
pub mod inbox;
mod tenancy;
mod wallet;
