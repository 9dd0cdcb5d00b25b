//! Passwords: argon2id, and the one login address they belong to.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

use crate::db::args;
use crate::{Cx, Error, PersonId, Result};

/// The shortest password anybody may have, in characters.
const CHARS_MIN: usize = 10;

/// The longest, in bytes: beyond it a password is an attack on the hash.
const BYTES_MAX: usize = 1024;

/// A password as it is kept. Making one takes about 20 ms and 19 MiB, so it is done before the verb, never in it.
#[derive(Clone)]
pub struct Hash(String);

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

/// Gives a person a login in place of the one they had, or a new password. [`Error::NotFound`] for a person of another
/// workspace; [`Error::Conflict`] when the address is somebody else's login anywhere in the installation.
pub fn set(cx: &mut Cx<'_>, person: PersonId, email: &str, hash: &Hash) -> Result<()> {
    let workspace = cx.operator()?;
    crate::person::get(cx, person)?;
    let email = email.trim().to_lowercase();
    // A person has one login: a new address takes the place of the old one.
    cx.tx.exec(
        "DELETE FROM login WHERE workspace = $1 AND person = $2 AND email <> $3",
        args![workspace, person, email],
    )?;
    let set = cx.tx.exec(
        "INSERT INTO login (email, workspace, person, password_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash
         WHERE login.workspace = excluded.workspace AND login.person = excluded.person",
        args![email, workspace, person, hash.0],
    )?;
    match set {
        1 => Ok(()),
        _ => Err(Error::Conflict(format!("{email} is already somebody's login."))),
    }
}
