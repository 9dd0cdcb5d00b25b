//! Parlance as a library for its own command and tests: the server around the engine.

pub mod app;
pub mod auth;
pub mod blob;
pub mod config;
pub mod dialect;
pub mod file;
pub mod http;
pub mod page_cache;
pub mod picture;
pub mod start;
pub mod work;
