//! The rules of the engine, plain values in and plain values out, each on both databases.

mod access;
mod checkup;
mod conversation;
mod copy;
mod file;
mod idempotency;
mod listing;
mod simulation;
mod support;
mod tenancy;
mod writer;
