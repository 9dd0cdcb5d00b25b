//! Campaigns: one text to many contacts, accepted and paid for at once, sent a few at a time.

use crate::db::stored_enum;

stored_enum! {
    /// How a campaign stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum State as "the state of a campaign" {
        /// It is kept and not sent until somebody says so.
        Draft = "draft",
        /// Whom it goes to is being gathered from a list.
        Computing = "computing",
        /// It may be sent.
        Ready = "ready",
        /// It waits for its time.
        Scheduled = "scheduled",
        /// It is being sent.
        Sending = "sending",
        /// Every message of it is on its way.
        Done = "done",
        /// It was called off.
        Cancelled = "cancelled",
        /// It cannot be sent.
        Failed = "failed",
    }
}

stored_enum! {
    /// Why somebody is written to; the law asks more of the one than of the other.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Purpose as "a purpose" {
        /// They wait for it.
        Alert = "alert",
        /// It advertises something.
        Wholesale = "wholesale",
    }
}
