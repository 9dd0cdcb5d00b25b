//! The public keys of workspaces that sign with a private one, fetched from where the operator said they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey};
use parlance_engine::Time;
use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::outgoing::{Call, Outgoing, Target};

/// Keys older than this are fetched again.
const FRESH_SECONDS: i64 = 5 * 60;

/// A key that is not in the set may be new: but no server is asked more often than this, whoever asks, and whether
/// it answered or not.
const ASKED_EVERY_SECONDS: i64 = 10;

/// The key server's whole answer must be here by then.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest set of keys that is read.
const SET_BYTES_MAX: usize = 256 * 1024;

/// Which key a token names.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
}

/// What key servers are asked, when, and by which way.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) wanted: Wanted,
    pub(super) now: Time,
    pub(super) outgoing: Outgoing,
}

/// Every key server that was ever asked.
#[derive(Default)]
pub(super) struct KeyServers(StdMutex<HashMap<String, Arc<KeyServer>>>);

/// A server and what it last said.
#[derive(Default)]
struct KeyServer {
    kept: StdMutex<Kept>,
    /// Held while it is asked, so that a thousand requests with a new key ask once.
    asking: Mutex<()>,
}

#[derive(Clone, Default)]
struct Kept {
    set: Option<Arc<JwkSet>>,
    asked_at: Option<Time>,
}

impl KeyServers {
    /// The key at `url` by what is known of it, which nobody is asked for, if that is not too old.
    pub(super) fn fresh(&self, url: &str, wanted: &Wanted, now: Time) -> Option<DecodingKey> {
        let kept = self.server(url).kept();
        kept.key(wanted).filter(|_| !kept.is_older_than(FRESH_SECONDS, now))
    }

    /// The key at `url` by what is known of it, however old.
    pub(super) fn known(&self, url: &str, wanted: &Wanted) -> Option<DecodingKey> {
        self.server(url).kept().key(wanted)
    }

    /// Asks the servers at `urls` for this key, all at once, unless they were asked just now. False when one of them
    /// has never answered.
    pub(super) async fn ask(&self, urls: Vec<String>, question: &Question) -> bool {
        let mut asking = JoinSet::new();
        for url in urls {
            let (server, question) = (self.server(&url), question.clone());
            asking.spawn(async move { server.ask(&url, &question).await });
        }
        asking.join_all().await.into_iter().all(|has_answered| has_answered)
    }

    fn server(&self, url: &str) -> Arc<KeyServer> {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(servers.entry(url.to_owned()).or_default())
    }
}

impl KeyServer {
    /// False when it has never answered.
    async fn ask(&self, url: &str, question: &Question) -> bool {
        let Question { wanted, now, outgoing } = question;
        let _alone = self.asking.lock().await;
        let kept = self.kept();
        let good_for = if kept.key(wanted).is_some() { FRESH_SECONDS } else { ASKED_EVERY_SECONDS };
        if !kept.is_older_than(good_for, *now) {
            return kept.set.is_some();
        }
        let set = match fetch(outgoing, url).await {
            Ok(set) => Some(Arc::new(set)),
            Err(problem) => {
                tracing::warn!(url, problem, "the key server does not answer; its last keys stay in use");
                kept.set
            }
        };
        let has_answered = set.is_some();
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept { set, asked_at: Some(*now) };
        has_answered
    }

    fn kept(&self) -> Kept {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Kept {
    fn key(&self, wanted: &Wanted) -> Option<DecodingKey> {
        let jwk = select(self.set.as_ref()?, wanted)?;
        DecodingKey::from_jwk(jwk).ok()
    }

    fn is_older_than(&self, seconds: i64, now: Time) -> bool {
        self.asked_at.is_none_or(|at| at.plus_seconds(seconds) <= now)
    }
}

/// The key of this id, made for this algorithm; without an id, the only such key. A symmetric key has no place
/// in a public set and is never used.
fn select<'s>(set: &'s JwkSet, wanted: &Wanted) -> Option<&'s Jwk> {
    let is_named = |jwk: &&Jwk| wanted.kid.is_none() || jwk.common.key_id == wanted.kid;
    let mut fitting = set.keys.iter().filter(|jwk| fits(jwk, wanted.algorithm)).filter(is_named);
    let first = fitting.next()?;
    if fitting.next().is_some() { None } else { Some(first) }
}

fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use AlgorithmParameters as P;
    let family = match (&jwk.algorithm, algorithm) {
        (P::RSA(_), Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512) => true,
        (P::RSA(_), Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512) => true,
        (P::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (P::EllipticCurve(key), Algorithm::ES384) => key.curve == EllipticCurve::P384,
        (P::OctetKeyPair(_), Algorithm::EdDSA) => true,
        _ => false,
    };
    family && jwk.common.key_algorithm.is_none_or(|named| names(named, algorithm))
}

/// Both enums spell their members alike.
fn names(named: KeyAlgorithm, algorithm: Algorithm) -> bool {
    named.to_string().eq_ignore_ascii_case(&format!("{algorithm:?}"))
}

async fn fetch(outgoing: &Outgoing, url: &str) -> Result<JwkSet, String> {
    let call = Call {
        // The URL is a setting of the operator's.
        target: Target::Operator,
        method: Method::GET,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        timeout: FETCH_TIMEOUT,
        answer_bytes_max: SET_BYTES_MAX,
    };
    let answer = outgoing.call(call).await.map_err(|trouble| trouble.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("it answered {}", answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|e| format!("its answer is no set of keys: {e}"))
}
