//! The server from outside: every test starts its own, speaks HTTP to it, and runs on both databases.

mod callback;
mod campaign;
mod carrier;
mod command;
mod crash;
mod cross;
mod document;
mod fault;
mod gateway;
mod http;
mod mail;
mod managem;
mod mittwald;
mod octopush;
mod support;
mod tls;
