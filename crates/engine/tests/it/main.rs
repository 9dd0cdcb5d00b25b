//! The rules of the engine, plain values in and plain values out, each on both databases.

mod checkup;
mod conversation;
mod copy;
mod file;
mod listing;
mod simulation;
mod support;
