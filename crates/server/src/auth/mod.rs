//! Who is calling: a token of ours, or one that a workspace's own backend has signed.

mod jwks;
mod jwt;
mod login;

use axum::http::Extensions;
use parlance_engine::Principal;
use parlance_engine::credential::{self, Session};
use sha2::{Digest, Sha256};

pub use jwt::Jwts;
pub use login::{Logins, login};

use crate::app::App;
use crate::http::Caller;
use crate::refusal::Refusal;

/// The session of whoever presents `secret`, read from the database each time, so that a revoked token or a
/// deactivated person is refused with the next request on every node. `request` is the extensions of the request: what
/// is left of the token's limit is noted there.
pub async fn session(app: &App, request: &Extensions, secret: &str) -> Result<Session, Refusal> {
    app.rates.token(key(secret), request.get::<Caller>().map(|caller| &caller.tally))?;
    let session = match jwt::looks_like_one(secret) {
        true => app.jwts.session(app, secret).await?,
        false => {
            let secret = secret.to_owned();
            app.engine.read(Principal::Nobody, move |cx| credential::by_token(cx, &secret)).await?
        }
    };
    let now = app.engine.now();
    app.used.saw(&session, now);
    if let Some(seen) = &app.seen {
        seen.saw(&session, now);
    }
    Ok(session)
}

/// 64 bits that stand for a token or an address where its owner must not be known.
fn key(secret: &str) -> u64 {
    let hash = Sha256::digest(secret.as_bytes());
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
