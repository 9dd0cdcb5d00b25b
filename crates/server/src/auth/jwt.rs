//! JWTs signed by a workspace's own backend: `sub` is the person's external id, `exp` is required, and the workspace
//! is the one whose key verifies the signature.

use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use parlance_engine::credential::{self, Session};
use parlance_engine::person::{self, Facts};
use parlance_engine::workspace::{self, Jwt, Workspace};
use parlance_engine::{Cx, Error, Principal, WorkspaceId, installation};
use serde::Deserialize;

use super::jwks::KeyServers;
use crate::app::App;

/// How far the signer's clock may be from ours, in seconds.
const LEEWAY_SECONDS: u64 = 5;

/// The longest token that is looked at, in bytes.
const BYTES_MAX: usize = 8 * 1024;

/// Knows which workspaces take JWTs and with which keys.
#[derive(Default)]
pub struct Jwts {
    issuers: RwLock<Arc<Issuers>>,
    servers: KeyServers,
}

/// The workspaces whose people come by JWT, as of a version of the installation's settings.
#[derive(Default)]
struct Issuers {
    version: i64,
    all: Vec<(WorkspaceId, Signing)>,
}

enum Signing {
    Secret(DecodingKey),
    Jwks(String),
}

/// What a token says of its bearer.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    avatar: Option<String>,
}

/// Whether a bearer token is a JWT: three parts with dots between them, which none of our own has.
pub(super) fn looks_like_one(secret: &str) -> bool {
    secret.bytes().filter(|b| *b == b'.').count() == 2
}

impl Jwts {
    /// The session of the person a token vouches for; somebody new is created from its claims.
    pub(super) async fn session(&self, app: &App, token: &str) -> Result<Session, Error> {
        let (workspace, claims) = self.verify(app, token).await?;
        let external_id = claims.sub.clone();
        let known = move |cx: &mut Cx<'_>| credential::by_external_id(cx, workspace, &external_id);
        if let Some(session) = app.engine.read(Principal::Nobody, known.clone()).await? {
            return Ok(session);
        }
        let facts = claims.into_facts();
        let operator = Principal::Operator(Some(workspace));
        // A claim that cannot be a fact makes a token that is good for nobody.
        let added = app.engine.write(operator, move |cx| person::vouched_for(cx, facts.clone())).await;
        added.map_err(
            |error| if matches!(error, Error::Invalid { .. }) { credential::UNKNOWN } else { error },
        )?;
        app.engine.read(Principal::Nobody, known).await?.ok_or(credential::UNKNOWN)
    }

    async fn verify(&self, app: &App, token: &str) -> Result<(WorkspaceId, Claims), Error> {
        if token.len() > BYTES_MAX {
            return Err(credential::UNKNOWN);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| credential::UNKNOWN)?;
        let mut refusal = credential::UNKNOWN;
        for (workspace, signing) in &self.issuers(app).await?.all {
            match self.claims(signing, &header, token).await {
                Ok(Some(claims)) => return Ok((*workspace, claims)),
                Ok(None) => {}
                // Perhaps the token is this workspace's; that its key server is down must not lock out the others.
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    async fn claims(&self, signing: &Signing, header: &Header, token: &str) -> Result<Option<Claims>, Error> {
        match signing {
            Signing::Secret(key) => Ok(claims(token, key, Algorithm::HS256)),
            Signing::Jwks(url) => {
                let key = self.servers.key(url, header.kid.as_deref(), header.alg).await?;
                Ok(key.and_then(|key| claims(token, &key, header.alg)))
            }
        }
    }

    /// The issuers as the database knows them now: one key lookup tells whether those at hand still hold.
    async fn issuers(&self, app: &App) -> Result<Arc<Issuers>, Error> {
        let version = app.engine.read(Principal::Nobody, installation::settings_version).await?;
        let kept = Arc::clone(&self.issuers.read().unwrap_or_else(PoisonError::into_inner));
        if kept.version == version {
            return Ok(kept);
        }
        // Read after the version: what is kept is at least as new as it says.
        let workspaces = app.engine.read(Principal::Nobody, workspace::with_jwt).await?;
        let fresh = Arc::new(Issuers { version, all: workspaces.into_iter().filter_map(issuer).collect() });
        *self.issuers.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }
}

fn issuer(workspace: Workspace) -> Option<(WorkspaceId, Signing)> {
    let signing = match workspace.jwt? {
        Jwt::Secret(secret) => Signing::Secret(DecodingKey::from_secret(secret.as_bytes())),
        Jwt::Jwks(url) => Signing::Jwks(url),
    };
    Some((workspace.id, signing))
}

/// The claims, if `key` signed them with exactly this algorithm and they have not expired.
fn claims(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<Claims> {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "sub"]);
    validation.validate_nbf = true;
    // An audience may well be named; which workspace is meant is said by the key.
    validation.validate_aud = false;
    validation.leeway = LEEWAY_SECONDS;
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?;
    Some(decoded.claims).filter(|claims| !claims.sub.is_empty())
}

impl Claims {
    fn into_facts(self) -> Facts {
        Facts {
            external_id: Some(self.sub),
            username: self.username,
            name: self.name,
            email: self.email,
            avatar: self.avatar,
            ..Facts::default()
        }
    }
}
