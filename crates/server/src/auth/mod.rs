//! Who is calling: a token of ours, or one that a workspace's own backend has signed.

mod jwks;
mod jwt;

use parlance_engine::credential::{self, Session};
use parlance_engine::{Error, Principal};
use sha2::{Digest, Sha256};

pub use jwt::Jwts;

use crate::app::App;
use crate::http::Fault;

/// Why there is no session.
pub enum Refusal {
    /// The credential opens nothing, or the database could not say.
    Engine(Error),
    /// This token asks too often.
    Rate(Fault),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Engine(error)
    }
}

/// The session of whoever presents `secret`, read from the database each time, so that a revoked token or a
/// deactivated person is refused with the next request on every node.
pub async fn session(app: &App, secret: &str) -> Result<Session, Refusal> {
    app.rates.token(rate_key(secret)).map_err(Refusal::Rate)?;
    let session = match jwt::looks_like_one(secret) {
        true => app.jwts.session(app, secret).await?,
        false => {
            let secret = secret.to_owned();
            app.engine.read(Principal::Nobody, move |cx| credential::by_token(cx, &secret)).await?
        }
    };
    app.used.saw(&session, app.engine.now());
    Ok(session)
}

/// 64 bits that stand for a token where its owner must not be known.
fn rate_key(secret: &str) -> u64 {
    let hash = Sha256::digest(secret.as_bytes());
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
