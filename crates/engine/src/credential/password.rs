//! Passwords: argon2id, and the one login address they belong to.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

use crate::db::args;
use crate::{Cx, Error, PersonId, Result, Time};

/// The shortest password anybody may have, in characters.
const CHARS_MIN: usize = 10;

/// The longest, in bytes: beyond it a password is an attack on the hash.
const BYTES_MAX: usize = 1024;

/// A password as it is kept. Making one takes about 20 ms and 19 MiB, so it is done before the verb, never in it.
#[derive(Clone)]
pub struct Hash(pub(super) String);

/// The hash of a password that nobody has.
pub fn decoy() -> Result<Hash> {
    hash("a password of nobody's")
}

/// An address as logins know it: without regard to case, and to spaces around it.
pub(super) fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Hashes a password. [`Error::Invalid`] when it is too short or too long.
pub fn hash(password: &str) -> Result<Hash> {
    if password.chars().count() < CHARS_MIN || password.len() > BYTES_MAX {
        return Err(Error::invalid("password", format!("A password has {CHARS_MIN} characters or more.")));
    }
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|h| Hash(h.to_string())).map_err(|e| Error::Internal(format!("hashing a password: {e}")))
}

impl Hash {
    /// Whether `password` is the one that was hashed.
    #[must_use]
    pub fn fits(&self, password: &str) -> bool {
        PasswordHash::new(&self.0)
            .is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
    }
}

/// When somebody's password was last changed, if they have one and it is known.
pub fn changed_at(cx: &mut Cx<'_>, person: PersonId) -> Result<Option<Time>> {
    let workspace = cx.workspace()?;
    let found = cx.tx.maybe(
        "SELECT changed_at FROM login WHERE workspace = $1 AND person = $2",
        args![workspace, person],
        |row| row.get::<Option<Time>>(),
    );
    Ok(found?.flatten())
}

/// Gives a person a login in place of the one they had, or a new password; the sessions that the old one opened end. [`Error::NotFound`] for a person of another
/// workspace; [`Error::Conflict`] when the address is somebody else's login anywhere in the installation.
pub fn set(cx: &mut Cx<'_>, person: PersonId, email: &str, hash: &Hash) -> Result<()> {
    let workspace = cx.operator()?;
    crate::person::get(cx, person)?;
    let email = address(email);
    // A person has one login: a new address takes the place of the old one.
    cx.tx.exec(
        "DELETE FROM login WHERE workspace = $1 AND person = $2 AND email <> $3",
        args![workspace, person, email],
    )?;
    let set = cx.tx.exec(
        "INSERT INTO login (email, workspace, person, password_hash, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (email) DO UPDATE
         SET password_hash = excluded.password_hash, changed_at = excluded.changed_at
         WHERE login.workspace = excluded.workspace AND login.person = excluded.person",
        args![email, workspace, person, hash.0, cx.now],
    )?;
    match set {
        1 => super::token::end_sessions(cx, person),
        _ => Err(Error::Conflict(format!("{email} is already somebody's login."))),
    }
}
