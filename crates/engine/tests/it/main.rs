//! The rules of the engine, plain values in and plain values out, each on both databases.

mod access;
mod carrier;
mod checkup;
mod conversation;
mod copy;
mod credit;
mod fault;
mod file;
mod follower;
mod idempotency;
mod limit;
mod line;
mod link;
mod listing;
mod login;
mod migrate;
mod notice;
mod notification;
mod sanitise;
mod search;
mod simulation;
mod support;
mod tenancy;
mod ticket;
mod upload;
mod writer;
