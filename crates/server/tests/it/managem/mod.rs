//! The marketplace dialect.

mod attachment;
mod conversation;
mod token;
