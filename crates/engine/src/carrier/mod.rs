//! Carriers: the other ends of a workspace's own addresses, through which texts come and go.

use crate::db::stored_enum;
use crate::{CarrierId, Time};

stored_enum! {
    /// What speaks at the other end.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a carrier of kind" {
        /// Simulated telephones in the server itself.
        Handset = "handset",
        /// A short message service centre, by SMPP 3.4.
        Smpp = "smpp",
        /// A gateway of the operator's own, by signed HTTP.
        Http = "http",
        /// Google RCS Business Messaging.
        Rcs = "rcs",
    }
}

/// A carrier of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Its id.
    pub id: CarrierId,
    /// What it is.
    pub kind: Kind,
    /// Our address there: a number, a short code, a name or the id of an agent.
    pub address: String,
    /// Where it is reached, with what opens it.
    pub url: Option<String>,
    /// Signs what we and a gateway send each other.
    pub secret: Option<String>,
    /// How it stands, in a word.
    pub state: String,
    /// What is wrong with it, if anything is.
    pub state_detail: String,
    /// Since when it stands so.
    pub state_at: Time,
    /// Since when there is such a carrier.
    pub created_at: Time,
}
