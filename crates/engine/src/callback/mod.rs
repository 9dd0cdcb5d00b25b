//! Callbacks: calls to a customer's own URLs about what happened, made until they are answered.

use crate::db::stored_enum;

stored_enum! {
    /// What a callback tells of.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a callback of kind" {
        /// What became of a message.
        Delivery = "delivery",
        /// A text came in.
        Inbound = "inbound",
        /// Somebody wants to hear no more.
        OptOut = "opt_out",
    }
}
