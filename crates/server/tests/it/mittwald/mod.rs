//! The support dialect.

pub mod openapi;
