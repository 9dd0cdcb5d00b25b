//! The figures Parlance publishes.

fn main() {}
