//! The rules of the engine, plain values in and plain values out, each on both databases.

mod conversation;
mod support;
