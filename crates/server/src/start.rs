//! Wires the rooms together, and stops them in order.

pub mod demo;
pub mod house;
