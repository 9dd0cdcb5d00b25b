//! Tokens: 256 random bits that stand for a person, kept as a SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::access::Caller;
use crate::db::{Row, args};
use crate::{Cx, Error, PersonId, Result, Time, TokenId};

/// Begins every token, so that a leaked one is recognised where it does not belong.
const PREFIX: &str = "plc_";

/// How many tokens a person may have that they minted or were given, and that were not ended.
pub const OWN_MAX: i64 = 100;

/// The longest description that a person gives a token of their own.
const LABEL_CHARS_MAX: usize = 200;

/// A token as its owner may see it: everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id, by which it is revoked.
    pub id: TokenId,
    /// Whom it stands for.
    pub person: PersonId,
    /// What it is for, in its owner's words.
    pub label: Option<String>,
    /// False when it may only read.
    pub can_write: bool,
    /// When it was minted.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When it was last used, to the minute.
    pub used_at: Option<Time>,
}

/// What a new token shall be.
#[derive(Debug, Clone)]
pub struct New {
    /// Whom it stands for.
    pub person: PersonId,
    /// What it is for.
    pub label: Option<String>,
    /// False when it may only read.
    pub can_write: bool,
    /// When it ends; it does not, when this is `None`.
    pub expires_at: Option<Time>,
}

/// What is stored in place of a secret: its SHA-256 as 64 hexadecimal digits.
#[must_use]
pub fn hash(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Mints a token. The secret is given here and never again.
/// [`Error::NotFound`] for a person of another workspace, [`Error::Invalid`] for an end in the past.
pub fn add(cx: &mut Cx<'_>, new: &New) -> Result<(Token, String)> {
    cx.operator()?;
    crate::person::get(cx, new.person)?;
    insert(cx, new, false)
}

/// Mints a token for the caller, as [`add`] does, at most [`OWN_MAX`]. [`Error::Forbidden`] unless they show a token of
/// ours that may write: whom another backend vouches for gets tokens from that backend, or a token of minutes would
/// beget one that never ends.
pub fn add_own(cx: &mut Cx<'_>, mut new: New) -> Result<(Token, String)> {
    let caller = owner(cx)?;
    new.person = caller.person;
    if new.label.as_ref().is_some_and(|label| label.chars().count() > LABEL_CHARS_MAX) {
        let problem = format!("A description has at most {LABEL_CHARS_MAX} characters.");
        return Err(Error::invalid("description", problem));
    }
    if count_own(cx)? >= OWN_MAX {
        return Err(Error::Conflict(format!("A person has at most {OWN_MAX} tokens; delete one first.")));
    }
    insert(cx, &new, false)
}

/// A person who may mint and end their tokens.
fn owner(cx: &Cx<'_>) -> Result<Caller> {
    let caller = cx.writer()?;
    let vouched_for = Error::Forbidden("Only a token of this server gives other tokens.");
    if caller.token.is_some() { Ok(caller) } else { Err(vouched_for) }
}

fn insert(cx: &mut Cx<'_>, new: &New, session: bool) -> Result<(Token, String)> {
    if new.expires_at.is_some_and(|end| end <= cx.now) {
        return Err(Error::invalid("expires", "A token must end in the future."));
    }
    let workspace = cx.workspace()?;
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(cx.secret()));
    let token = Token {
        id: TokenId(cx.uuid()),
        person: new.person,
        label: new.label.clone(),
        can_write: new.can_write,
        created_at: cx.now,
        expires_at: new.expires_at,
        revoked_at: None,
        used_at: None,
    };
    cx.tx.exec(
        "INSERT INTO token (workspace, id, hash, person, label, can_write, created_at, expires_at, session)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            workspace,
            token.id,
            hash(&secret),
            token.person,
            token.label,
            token.can_write,
            token.created_at,
            token.expires_at,
            session
        ],
    )?;
    Ok((token, secret))
}

/// A person's tokens with an id above `after`, oldest first, at most `limit`.
pub fn page(cx: &mut Cx<'_>, person: PersonId, after: Option<TokenId>, limit: i64) -> Result<Vec<Token>> {
    let workspace = cx.operator()?;
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    cx.tx.all(
        "SELECT id, person, label, can_write, created_at, expires_at, revoked_at, used_at FROM token
         WHERE workspace = $1 AND person = $2 AND id > $3 ORDER BY id LIMIT $4",
        args![workspace, person, after, limit],
        read,
    )
}

/// A token that a login opens, for the operator of a workspace.
pub(super) fn begin_session(cx: &mut Cx<'_>, new: &New) -> Result<(Token, String)> {
    cx.operator()?;
    insert(cx, new, true)
}

/// Ends the tokens that a person's logins opened.
pub(super) fn end_sessions(cx: &mut Cx<'_>, person: PersonId) -> Result<()> {
    let workspace = cx.operator()?;
    cx.tx.exec(
        "UPDATE token SET revoked_at = $3
         WHERE workspace = $1 AND person = $2 AND session = 1 AND revoked_at IS NULL",
        args![workspace, person, cx.now],
    )?;
    Ok(())
}

/// The caller's own tokens that were not ended, oldest first, without those of logins.
pub fn page_own(cx: &mut Cx<'_>, skip: i64, limit: i64) -> Result<Vec<Token>> {
    let caller = cx.caller()?;
    cx.tx.all(
        "SELECT id, person, label, can_write, created_at, expires_at, revoked_at, used_at FROM token
         WHERE workspace = $1 AND person = $2 AND session = 0 AND revoked_at IS NULL
         ORDER BY id LIMIT $3 OFFSET $4",
        args![caller.workspace, caller.person, limit, skip],
        read,
    )
}

/// How many there are of them.
pub fn count_own(cx: &mut Cx<'_>) -> Result<i64> {
    let caller = cx.caller()?;
    cx.tx.scalar(
        "SELECT COUNT(*) FROM token
         WHERE workspace = $1 AND person = $2 AND session = 0 AND revoked_at IS NULL",
        args![caller.workspace, caller.person],
    )
}

/// Ends a token of the caller's own now, on every node. [`Error::NotFound`] when they have none of this id,
/// [`Error::Forbidden`] as in [`add_own`].
pub fn revoke_own(cx: &mut Cx<'_>, id: TokenId) -> Result<()> {
    let caller = owner(cx)?;
    let revoked = cx.tx.exec(
        "UPDATE token SET revoked_at = $4
         WHERE workspace = $1 AND person = $2 AND id = $3 AND session = 0 AND revoked_at IS NULL",
        args![caller.workspace, caller.person, id, cx.now],
    )?;
    if revoked == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends a token now, on every node. Revoking it again changes nothing; [`Error::NotFound`] when there is none.
pub fn revoke(cx: &mut Cx<'_>, id: TokenId) -> Result<()> {
    let workspace = cx.operator()?;
    let revoked = cx.tx.exec(
        "UPDATE token SET revoked_at = COALESCE(revoked_at, $3) WHERE workspace = $1 AND id = $2",
        args![workspace, id, cx.now],
    )?;
    if revoked == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Notes, for the operator, that these tokens were used just now.
pub fn used(cx: &mut Cx<'_>, tokens: &[TokenId]) -> Result<()> {
    let workspace = cx.operator()?;
    tokens.iter().try_for_each(|id| {
        let sql = "UPDATE token SET used_at = $3 WHERE workspace = $1 AND id = $2";
        cx.tx.exec(sql, args![workspace, id, cx.now]).map(drop)
    })
}

fn read(row: &Row<'_>) -> Result<Token> {
    Ok(Token {
        id: row.get()?,
        person: row.get()?,
        label: row.get()?,
        can_write: row.get()?,
        created_at: row.get()?,
        expires_at: row.get()?,
        revoked_at: row.get()?,
        used_at: row.get()?,
    })
}
