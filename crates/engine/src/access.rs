//! Who asks, and what they may.

use crate::person::Kind;
use crate::{PersonId, TokenId, WorkspaceId};

/// Who asks for a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// Whoever may run the command `parlance` on the server's machine, in one workspace or in none.
    Operator(Option<WorkspaceId>),
    /// A person who showed a credential.
    Person(Caller),
    /// Somebody who has shown nothing yet.
    Nobody,
}

impl Principal {
    /// The operator, in no workspace.
    pub const OPERATOR: Principal = Principal::Operator(None);

    /// The one workspace in which this principal can see or change anything.
    #[must_use]
    pub fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Principal::Operator(workspace) => *workspace,
            Principal::Person(caller) => Some(caller.workspace),
            Principal::Nobody => None,
        }
    }
}

/// A person who asks. Made by [`crate::credential`] alone outside of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Who they are.
    pub person: PersonId,
    /// An agent sees every conversation of the workspace.
    pub kind: Kind,
    /// False for a token that may only read.
    pub can_write: bool,
    /// The token they showed, if it was one of ours.
    pub token: Option<TokenId>,
    /// Which conversations there are for them, whatever else they may.
    pub scope: Scope,
}

/// Which sorts of conversations a caller's dialect has words for. The others do not exist there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All of them.
    #[default]
    All,
    /// Those about an order or a listing.
    Marketplace,
    /// Those with a contact.
    Inbox,
}

impl From<Caller> for Principal {
    fn from(caller: Caller) -> Principal {
        Principal::Person(caller)
    }
}
