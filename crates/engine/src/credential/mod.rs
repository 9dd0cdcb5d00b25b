//! A secret of any kind → a workspace and a principal. The one room whose statements look across workspaces,
//! because nobody knows yet which workspace a secret belongs to.

pub mod link;
pub mod login;
pub mod password;
mod store;
pub mod token;

use self::link::Link;
use crate::access::Caller;
use crate::file::upload::Stored;
use crate::{Cx, Error, FileId, Result, Time, WorkspaceId};

/// A caller, and the versions of what they can see, read in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub caller: Caller,
    /// Moves with every change of anything in the caller's inbox.
    pub inbox_version: i64,
    /// Moves with every change of a person of the workspace.
    pub people_version: i64,
    /// The number of the workspace's newest event: everything up to it can be seen.
    pub event_number: i64,
    /// When the token was last noted as used.
    pub used_at: Option<Time>,
    /// Nothing is known of them but their external id: somebody named them before they ever came.
    pub unnamed: bool,
}

/// Who holds this token. [`Error::Unauthenticated`] when it is unknown, expired or revoked or its person is
/// deactivated; the answer does not say which.
pub fn by_token(cx: &mut Cx<'_>, secret: &str) -> Result<Session> {
    let found = store::session_by_hash(cx.tx, &token::hash(secret))?;
    let valid = found.filter(|f| f.active && !f.revoked && f.expires_at.is_none_or(|end| end > cx.now));
    valid.map(|found| found.session).ok_or(UNKNOWN)
}

/// Who this is to a workspace whose own backend has vouched for `external_id` (a signed JWT's `sub`).
/// `None` when the workspace does not know them yet; [`Error::Unauthenticated`] when they are deactivated.
pub fn by_external_id(cx: &mut Cx<'_>, workspace: WorkspaceId, external_id: &str) -> Result<Option<Session>> {
    match store::session_by_external_id(cx.tx, workspace, external_id)? {
        Some(found) if !found.active => Err(UNKNOWN),
        found => Ok(found.map(|found| found.session)),
    }
}

/// Who drafted the file that an upload link is for, and uploads it now. [`Error::NotFound`] when the file is gone
/// or they are deactivated.
pub fn by_upload_link(cx: &mut Cx<'_>, link: &Link) -> Result<Caller> {
    store::uploader(cx.tx, link)?.ok_or(Error::NotFound)
}

/// The upload behind a token, whatever became of it; `None` when there is none, or its owner is deactivated.
pub(crate) fn by_upload_token(cx: &mut Cx<'_>, secret: &str) -> Result<Option<Stored>> {
    store::upload(cx.tx, &token::hash(secret))
}

/// The workspace of a person's picture, if this is one.
pub(crate) fn workspace_of_avatar(cx: &mut Cx<'_>, id: FileId) -> Result<Option<WorkspaceId>> {
    store::workspace_of_avatar(cx.tx, id)
}

/// The answer to every credential that does not open anything.
pub const UNKNOWN: Error = Error::Unauthenticated("This token is not valid here.");
