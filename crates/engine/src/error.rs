//! The one error: everything that can stand between a caller and what they asked for.

/// What a verb gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a verb did nothing. A verb that fails leaves the database as it was.
///
/// Every dialect matches on this without a `_` arm, so a new variant does not compile until each dialect has
/// said how it looks on its wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No credential, or one that is unknown, expired, revoked, or whose person is deactivated.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The caller may see it, but not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It does not exist, or the caller may not know that it does.
    #[error("There is nothing here by this name that you may see.")]
    NotFound,
    /// What was sent cannot be used.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which part of what was sent, as the engine names it.
        field: &'static str,
        /// What is wrong with it and what would be right, as a sentence.
        problem: String,
    },
    /// It contradicts what is already there.
    #[error("{0}")]
    Conflict(String),
    /// The conversation is locked and takes no message and no attachment.
    #[error("This conversation is locked: it takes no more messages.")]
    Locked,
    /// There is not enough credit left for what was to be sent.
    #[error("There is not enough credit left to send this.")]
    OutOfCredit,
    /// The file's content may not be kept.
    #[error("The file was rejected: {}", reasons.join(" "))]
    Rejected {
        /// Why, one sentence each.
        reasons: Vec<String>,
    },
    /// An idempotency key came again with another request.
    #[error("This Idempotency-Key was used for another request; use a new key for a new request.")]
    KeyReused,
    /// Not now: nothing was done, and the same call may go through in a moment.
    #[error("{message}")]
    Busy {
        /// What is in the way.
        cause: Cause,
        /// The same as a sentence for the log and the caller.
        message: String,
    },
    /// A defect of Parlance or a damaged database; the text is for the log alone.
    #[error("internal: {0}")]
    Internal(String),
}

/// What makes the engine [`Error::Busy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The queue of writes is full, or the engine is stopping.
    Queue,
    /// Another transaction was in the way; doing the same again may succeed at once.
    Contention,
    /// Somebody kept a lock for longer than a write may wait; it was waited for in vain once and is not again.
    Lock,
    /// The connection to the database is lost.
    Lost,
    /// The disk is full or does not answer.
    Disk,
}

impl Error {
    /// [`Error::Invalid`] of this field.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Error {
        Error::Invalid { field, problem: problem.into() }
    }

    pub(crate) fn busy(cause: Cause, message: impl Into<String>) -> Error {
        Error::Busy { cause, message: message.into() }
    }

    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Error::Busy { cause, .. } => Some(*cause),
            _ => None,
        }
    }
}
