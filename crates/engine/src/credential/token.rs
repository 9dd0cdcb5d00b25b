//! Tokens: 256 random bits that stand for a person, kept as a SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::db::{Row, args};
use crate::{Cx, Error, PersonId, Result, Time, TokenId};

/// Begins every token, so that a leaked one is recognised where it does not belong.
const PREFIX: &str = "plc_";

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
    let workspace = cx.operator()?;
    crate::person::get(cx, new.person)?;
    if new.expires_at.is_some_and(|end| end <= cx.now) {
        return Err(Error::invalid("expires", "A token must end in the future."));
    }
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
        "INSERT INTO token (workspace, id, hash, person, label, can_write, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            workspace,
            token.id,
            hash(&secret),
            token.person,
            token.label,
            token.can_write,
            token.created_at,
            token.expires_at
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
