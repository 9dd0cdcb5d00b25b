//! The public keys of workspaces that sign with a private one, fetched from where the operator said they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey};
use parlance_engine::Error;
use parlance_engine::error::Cause;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Keys older than this are fetched again.
const FRESH_FOR: Duration = Duration::from_secs(5 * 60);

/// A key that is not in the set may be new: but the set is not fetched more often than this, whoever asks.
const ASKED_AT_MOST_EVERY: Duration = Duration::from_secs(10);

/// The key server's whole answer must be here by then.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest set of keys that is read.
const SET_BYTES_MAX: usize = 256 * 1024;

/// Every key server that was ever asked. One is locked while it is asked, so that a thousand requests with a new key
/// ask once, and nobody waits for somebody else's server.
#[derive(Default)]
pub(super) struct KeyServers(StdMutex<HashMap<String, Arc<Mutex<Option<Keys>>>>>);

struct Keys {
    set: Arc<JwkSet>,
    asked: Instant,
}

impl KeyServers {
    /// The key `kid` at `url`, if there is one for this asymmetric algorithm. [`Error::Busy`] when the server has
    /// never answered.
    pub(super) async fn key(
        &self,
        url: &str,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Option<DecodingKey>, Error> {
        let set = self.set(url, |set| select(set, kid, algorithm).is_some()).await?;
        Ok(select(&set, kid, algorithm).and_then(|jwk| DecodingKey::from_jwk(jwk).ok()))
    }

    async fn set(&self, url: &str, has_it: impl Fn(&JwkSet) -> bool) -> Result<Arc<JwkSet>, Error> {
        let server = self.server(url);
        let mut server = server.lock().await;
        let kept = server.as_ref();
        let good_for = |keys: &Keys| if has_it(&keys.set) { FRESH_FOR } else { ASKED_AT_MOST_EVERY };
        if let Some(keys) = kept.filter(|keys| keys.asked.elapsed() < good_for(keys)) {
            return Ok(Arc::clone(&keys.set));
        }
        let set = match (fetch(url).await, kept) {
            (Ok(set), _) => Arc::new(set),
            (Err(problem), Some(old)) => {
                tracing::warn!(url, problem, "the key server does not answer; its last keys stay in use");
                Arc::clone(&old.set)
            }
            (Err(problem), None) => {
                tracing::error!(url, problem, "the key server does not answer");
                let message = "The keys of this workspace cannot be had at the moment.".to_owned();
                return Err(Error::Busy { cause: Cause::Lost, message });
            }
        };
        *server = Some(Keys { set: Arc::clone(&set), asked: Instant::now() });
        Ok(set)
    }

    fn server(&self, url: &str) -> Arc<Mutex<Option<Keys>>> {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(servers.entry(url.to_owned()).or_default())
    }
}

/// The key of this id, made for this algorithm; without an id, the only such key. A symmetric key has no place
/// in a public set and is never used.
fn select<'s>(set: &'s JwkSet, kid: Option<&str>, algorithm: Algorithm) -> Option<&'s Jwk> {
    let mut fitting = set
        .keys
        .iter()
        .filter(|jwk| fits(jwk, algorithm) && (kid.is_none() || jwk.common.key_id.as_deref() == kid));
    let first = fitting.next()?;
    if fitting.next().is_some() { None } else { Some(first) }
}

fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use jsonwebtoken::jwk::AlgorithmParameters as P;
    use jsonwebtoken::jwk::EllipticCurve as C;
    let family = match (&jwk.algorithm, algorithm) {
        (P::RSA(_), Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512) => true,
        (P::RSA(_), Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512) => true,
        (P::EllipticCurve(key), Algorithm::ES256) => key.curve == C::P256,
        (P::EllipticCurve(key), Algorithm::ES384) => key.curve == C::P384,
        (P::OctetKeyPair(_), Algorithm::EdDSA) => true,
        _ => false,
    };
    family && jwk.common.key_algorithm.is_none_or(|named| names(named, algorithm))
}

/// Both enums spell their members alike.
fn names(named: KeyAlgorithm, algorithm: Algorithm) -> bool {
    named.to_string().eq_ignore_ascii_case(&format!("{algorithm:?}"))
}

async fn fetch(url: &str) -> Result<JwkSet, String> {
    let client = reqwest::Client::builder()
        .timeout(FETCH_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|e| e.to_string())?;
    let mut answer = client
        .get(url)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(|e| e.to_string())?;
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|e| e.to_string())? {
        body.extend_from_slice(&part);
        if body.len() > SET_BYTES_MAX {
            return Err(format!("its answer is larger than {SET_BYTES_MAX} bytes"));
        }
    }
    serde_json::from_slice(&body).map_err(|e| format!("its answer is no set of keys: {e}"))
}
