//! Logins: an e-mail address and a password become a token for some hours.
//!
//! Three steps, because looking at a password takes 20 ms and may not hold up a transaction: [`find`] reads what belongs
//! to the address, [`Candidate::fits`] looks at the password, [`open`] begins the session if nothing has changed
//! meanwhile.

use super::password::{self, Hash};
use super::{store, token};
use crate::{Cx, Error, PersonId, Result, Time, WorkspaceId};

/// How long a session lives, in seconds.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// Somebody who may be meant by a login, or nobody: a password is looked at either way, so that the time it takes tells
/// nobody which addresses there are.
#[derive(Clone)]
pub struct Candidate {
    hash: Hash,
    whose: Option<(WorkspaceId, PersonId)>,
}

/// A session that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The token; given here and never again.
    pub secret: String,
    /// When it ends.
    pub expires_at: Time,
}

/// The answer to every login that opens nothing.
pub const REFUSED: Error = Error::Unauthenticated("The e-mail address or the password is wrong.");

/// Whose password belongs to this address, in the whole installation.
pub fn find(cx: &mut Cx<'_>, email: &str, decoy: &Hash) -> Result<Candidate> {
    let found = store::login(cx.tx, &password::address(email))?;
    Ok(match found {
        Some((workspace, person, hash)) => Candidate { hash, whose: Some((workspace, person)) },
        None => Candidate { hash: decoy.clone(), whose: None },
    })
}

impl Candidate {
    /// Whose session can be opened, if this is the password. Takes about 20 ms.
    /// [`Error::Unauthenticated`] when it is not, or when there is nobody.
    pub fn fits(&self, password: &str) -> Result<WorkspaceId> {
        let fits = self.hash.fits(password);
        self.whose.filter(|_| fits).map(|(workspace, _)| workspace).ok_or(REFUSED)
    }
}

/// Begins a session of somebody whose password was looked at; for the operator of their workspace.
/// [`Error::Unauthenticated`] when it was changed meanwhile, or they are deactivated.
pub fn open(cx: &mut Cx<'_>, candidate: &Candidate) -> Result<Session> {
    let workspace = cx.operator()?;
    let (_, person) = candidate.whose.filter(|(whose, _)| *whose == workspace).ok_or(REFUSED)?;
    if !store::login_stands(cx.tx, workspace, person, &candidate.hash)? {
        return Err(REFUSED);
    }
    let expires_at = cx.now.plus_seconds(SESSION_SECONDS);
    let new = token::New { person, label: None, can_write: true, expires_at: Some(expires_at) };
    let (_, secret) = token::begin_session(cx, &new)?;
    Ok(Session { secret, expires_at })
}
