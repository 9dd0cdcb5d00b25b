//! What is true in Parlance.
