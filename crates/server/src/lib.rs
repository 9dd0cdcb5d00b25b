//! Parlance as a library for its own command and tests: the server around the engine.

pub mod blob;
pub mod config;
pub mod http;
pub mod picture;
