//! Why a command did nothing.

use parlance_engine::Error;
use serde::{Deserialize, Serialize};

use crate::config::Refused;

/// What a command gives.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command did nothing: a code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For programs.
    pub code: Code,
    /// For people.
    pub message: String,
}

/// The codes of failures, spelled in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The command line or the configuration is not understood.
    Usage,
    /// A credential opens nothing.
    Unauthenticated,
    /// Not permitted.
    Forbidden,
    /// It does not exist.
    NotFound,
    /// A value cannot be used.
    Invalid,
    /// It contradicts what is there.
    Conflict,
    /// The conversation is locked.
    Locked,
    /// There is not enough credit left.
    OutOfCredit,
    /// A file's content may not be kept.
    Rejected,
    /// An idempotency key came again with another request.
    KeyReused,
    /// Not now; trying again may help.
    Busy,
    /// The server, the database, a file or a folder cannot be had.
    Unavailable,
    /// A defect of Parlance or a damaged database.
    Internal,
}

impl Failure {
    /// [`Code::Usage`].
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { code: Code::Usage, message: message.into() }
    }

    /// [`Code::Invalid`].
    pub fn invalid(message: impl Into<String>) -> Failure {
        Failure { code: Code::Invalid, message: message.into() }
    }

    /// [`Code::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Failure {
        Failure { code: Code::NotFound, message: message.into() }
    }

    /// [`Code::Unavailable`].
    pub fn unavailable(message: impl Into<String>) -> Failure {
        Failure { code: Code::Unavailable, message: message.into() }
    }

    /// [`Code::Internal`].
    pub fn internal(message: impl Into<String>) -> Failure {
        Failure { code: Code::Internal, message: message.into() }
    }

    /// The process's exit code: 2 when the command was not understood, 1 when it was refused.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.code == Code::Usage { 2 } else { 1 }
    }

    /// This failure, in place of a bare [`Code::NotFound`], with a sentence that names what was not found.
    pub(super) fn naming(self, what: impl FnOnce() -> String) -> Failure {
        if self.code == Code::NotFound { Failure::not_found(what()) } else { self }
    }
}

/// The operator may see everything, even what is wrong inside.
impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let code = match &error {
            Error::Unauthenticated(_) => Code::Unauthenticated,
            Error::Forbidden(_) => Code::Forbidden,
            Error::NotFound => Code::NotFound,
            Error::Invalid { .. } => Code::Invalid,
            Error::Conflict(_) => Code::Conflict,
            Error::Locked => Code::Locked,
            Error::OutOfCredit => Code::OutOfCredit,
            Error::Rejected { .. } => Code::Rejected,
            Error::KeyReused => Code::KeyReused,
            Error::Busy { .. } => Code::Busy,
            Error::Internal(_) => Code::Internal,
        };
        Failure { code, message: error.to_string() }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure::usage(refused.0)
    }
}
