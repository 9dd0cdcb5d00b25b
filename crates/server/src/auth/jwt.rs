//! JWTs signed by a workspace's own backend: `sub` is the person's external id, `exp` is required, and the workspace
//! is the one whose key verifies the signature.

use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use parlance_engine::credential::{self, Session};
use parlance_engine::error::Cause;
use parlance_engine::person::{self, Facts};
use parlance_engine::workspace::{self, Jwt, Workspace};
use parlance_engine::{Cx, Error, Principal, WorkspaceId, installation};
use serde::Deserialize;

use super::jwks::{KeyServers, Question, Wanted};
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
        let found = app.engine.read(Principal::Nobody, known.clone()).await.map_err(good_for_nobody)?;
        if let Some(session) = found.filter(|session| !(session.unnamed && claims.name_somebody())) {
            return Ok(session);
        }
        let facts = claims.into_facts();
        let operator = Principal::Operator(Some(workspace));
        let added = app.engine.write(operator, move |cx| person::vouched_for(cx, facts.clone())).await;
        added.map_err(good_for_nobody)?;
        app.engine.read(Principal::Nobody, known).await?.ok_or(credential::UNKNOWN)
    }

    async fn verify(&self, app: &App, token: &str) -> Result<(WorkspaceId, Claims), Error> {
        if token.len() > BYTES_MAX {
            return Err(credential::UNKNOWN);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| credential::UNKNOWN)?;
        let wanted = Wanted { kid: header.kid, algorithm: header.alg };
        let (issuers, now) = (self.issuers(app).await?, app.engine.now());
        let fresh = |url: &str| self.servers.fresh(url, &wanted, now);
        // Most tokens are known by what is at hand: then nobody waits for anybody's key server.
        if let Some(verified) = issuers.verify(token, wanted.algorithm, fresh) {
            return Ok(verified);
        }
        let question = Question { wanted: wanted.clone(), now, outgoing: app.outgoing.clone() };
        let have_answered = self.servers.ask(issuers.key_servers(wanted.algorithm), &question).await;
        let known = |url: &str| self.servers.known(url, &wanted);
        let verified = issuers.verify(token, wanted.algorithm, known);
        // Perhaps the token belongs to the workspace whose keys were never to be had.
        verified.ok_or_else(|| if have_answered { credential::UNKNOWN } else { no_keys() })
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

impl Issuers {
    /// Whose key has signed the token, and its claims; `key` gives the key at a URL.
    fn verify(
        &self,
        token: &str,
        algorithm: Algorithm,
        key: impl Fn(&str) -> Option<DecodingKey>,
    ) -> Option<(WorkspaceId, Claims)> {
        self.all.iter().find_map(|(workspace, signing)| {
            let claims = match signing {
                Signing::Secret(secret) => claims(token, secret, Algorithm::HS256),
                Signing::Jwks(url) => claims(token, &key(url)?, algorithm),
            };
            claims.map(|claims| (*workspace, claims))
        })
    }

    /// Where a key for this algorithm could be; nowhere, when it is one for shared secrets.
    fn key_servers(&self, algorithm: Algorithm) -> Vec<String> {
        if matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
            return Vec::new();
        }
        let url = |signing: &Signing| match signing {
            Signing::Jwks(url) => Some(url.clone()),
            Signing::Secret(_) => None,
        };
        self.all.iter().filter_map(|(_, signing)| url(signing)).collect()
    }
}

/// A claim that cannot be a fact makes a token that is good for nobody.
fn good_for_nobody(error: Error) -> Error {
    if matches!(error, Error::Invalid { .. }) { credential::UNKNOWN } else { error }
}

fn no_keys() -> Error {
    let message = "The keys of a workspace cannot be had at the moment.".to_owned();
    Error::Busy { cause: Cause::Lost, message }
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
    /// Whether they say more than an id.
    fn name_somebody(&self) -> bool {
        let claims = [&self.username, &self.name, &self.email, &self.avatar];
        claims.into_iter().flatten().any(|text| !text.trim().is_empty())
    }

    /// An empty claim says nothing, as many backends write what they do not know.
    fn into_facts(self) -> Facts {
        let said = |claim: Option<String>| claim.filter(|text| !text.trim().is_empty());
        Facts {
            external_id: Some(self.sub),
            username: said(self.username),
            name: said(self.name),
            email: said(self.email),
            avatar: said(self.avatar),
            ..Facts::default()
        }
    }
}
