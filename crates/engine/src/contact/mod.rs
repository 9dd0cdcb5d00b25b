//! Contacts: people who are known by the addresses at which they are reached.

use crate::PersonId;

/// Where a contact is reached; it belongs to one contact of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A phone number, as E.164.
    Phone(String),
    /// An e-mail address, in lower case.
    Email(String),
    /// An account of a social network, or a sender that is no phone number.
    Page(String),
}

/// A contact and everything that is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who it is.
    pub person: PersonId,
    /// Their phone number, as E.164.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their account of a social network.
    pub page: Option<String>,
    /// Their given name; may be empty.
    pub first_name: String,
    /// Their family name; may be empty.
    pub last_name: String,
    /// What else a template may say of them (`{param1}` to `{param5}`); may be empty.
    pub params: [String; 5],
}
