//! Ids: one type for each noun, so that a person's id is never passed where a conversation's is meant.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::db::{Arg, Column, FromColumn, ToArg};
use crate::{Error, Result, Time};

/// The number of a workspace: 1, 2, 3 …, the first column of every key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WorkspaceId(pub i64);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToArg for WorkspaceId {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(self.0)
    }
}

impl FromColumn for WorkspaceId {
    fn from_column(column: Column<'_>) -> Result<Self> {
        i64::from_column(column).map(WorkspaceId)
    }
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        /// A UUIDv7, written with 36 lower-case characters: in order of creation, and never guessed by counting.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        /// Only the one spelling with 36 lower-case characters is an id; `Error::NotFound` for anything else,
        /// because what cannot be an id names nothing.
        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                parse(text).map(Self).ok_or(Error::NotFound)
            }
        }

        impl ToArg for $name {
            fn to_arg(&self) -> Arg<'_> {
                Arg::Uuid(self.0)
            }
        }

        impl FromColumn for $name {
            fn from_column(column: Column<'_>) -> Result<Self> {
                let text = column.text()?;
                parse(text).map(Self).ok_or_else(|| Error::Internal(format!("{text:?} is stored where an id belongs")))
            }
        }
    )*};
}

uuid_ids! {
    /// A carrier.
    CarrierId
    /// A person of a workspace.
    PersonId
    /// A conversation.
    ConversationId
    /// A message.
    MessageId
    /// An uploaded file.
    FileId
    /// A token; not its secret.
    TokenId
    /// A category of conversations.
    CategoryId
    /// An e-mail to an address that an account has named.
    MemoId
}

fn parse(text: &str) -> Option<Uuid> {
    let spelled_our_way = text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase());
    spelled_our_way.then(|| Uuid::try_parse(text).ok()).flatten()
}

/// A UUIDv7 of this time. The order of such ids is the order of their milliseconds.
pub(crate) fn uuid_v7(now: Time, chance: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}
