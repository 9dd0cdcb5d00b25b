//! Parlance as a library for its own command and tests: the server around the engine.

pub mod app;
pub mod auth;
pub mod backup;
pub mod blob;
pub mod callback;
pub mod carrier;
pub mod command;
pub mod config;
pub mod control;
pub mod dialect;
pub mod doctor;
pub mod document;
pub mod file;
pub mod follow;
pub mod http;
pub mod mail;
pub mod outgoing;
pub mod page_cache;
pub mod picture;
pub mod refusal;
pub mod start;
pub mod work;
