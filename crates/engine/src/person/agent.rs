//! Agents: those who answer.

use super::{Person, store};
use crate::{Cx, PersonId, Result, Time};

/// Nobody has more agents than this; the list ends here.
const LIST_MAX: i64 = 1_000;

/// An agent among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Who it is.
    pub person: Person,
    /// When they last used a token, as far as that was noted.
    pub seen_at: Option<Time>,
    /// Whether they are the first of the workspace.
    pub is_first: bool,
}

/// The agents of the caller's workspace who are active, in the order in which they came. For agents alone:
/// [`crate::Error::Forbidden`] for everybody else.
pub fn agents(cx: &mut Cx<'_>) -> Result<Vec<Agent>> {
    let workspace = cx.staff()?;
    store::agents(cx.tx, workspace, LIST_MAX)
}

/// Whether this is the e-mail address by which somebody is known, without regard to case and to spaces around it.
pub fn has_email(cx: &mut Cx<'_>, id: PersonId, email: &str) -> Result<bool> {
    let workspace = cx.workspace()?;
    let known = store::email(cx.tx, workspace, id)?;
    Ok(known.is_some_and(|known| known.trim().to_lowercase() == email.trim().to_lowercase()))
}
