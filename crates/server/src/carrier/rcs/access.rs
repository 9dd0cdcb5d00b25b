//! How we prove to the service who we are: by a token that does not change, or by one of an hour that a service account's
//! key is exchanged for (RFC 7523).

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parlance_engine::Time;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::outgoing::{Call, Outgoing, Target};

/// What the token is to be good for.
const SCOPE: &str = "https://www.googleapis.com/auth/rcsbusinessmessaging";

/// How long what is exchanged for a token is good, in seconds.
const ASSERTION_SECONDS: i64 = 60 * 60;

/// How long before its end a token is not used any more, in seconds.
const SPARE_SECONDS: i64 = 60;

/// For one exchange.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer of an exchange, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A way to prove who we are.
pub(super) enum Access {
    /// By a token that the operator has.
    Fixed(String),
    /// By tokens that a key is exchanged for; the last one, and until when it is used.
    Exchanged(Box<Account>, Mutex<Option<(String, Time)>>),
}

/// A service account's key, as the file of it says.
#[derive(Deserialize)]
pub(super) struct Account {
    client_email: String,
    private_key: String,
    token_uri: String,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

impl Access {
    /// Always this token.
    pub(super) fn fixed(token: String) -> Access {
        Access::Fixed(token)
    }

    /// By the key in this file, a JSON object as Google gives it out.
    ///
    /// # Errors
    /// A sentence for the operator, without anything of the key.
    pub(super) fn of_key_file(path: &str) -> Result<Access, String> {
        let text =
            std::fs::read(path).map_err(|problem| format!("Its key file cannot be read: {problem}."))?;
        let account: Account = serde_json::from_slice(&text)
            .map_err(|_| "Its key file is no service account's key.".to_owned())?;
        // Whether it can sign is seen before it must.
        account.assertion(Time(0))?;
        Ok(Access::Exchanged(Box::new(account), Mutex::new(None)))
    }

    /// A token that is good now.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(super) async fn token(&self, outgoing: &Outgoing, now: Time) -> Result<String, String> {
        let (account, kept) = match self {
            Access::Fixed(token) => return Ok(token.clone()),
            Access::Exchanged(account, kept) => (account, kept),
        };
        // Held while it is exchanged, so that many messages ask once.
        let mut kept = kept.lock().await;
        if let Some((token, _)) = kept.as_ref().filter(|(_, until)| *until > now) {
            return Ok(token.clone());
        }
        let Granted { access_token, expires_in } = account.exchange(outgoing, now).await?;
        let until = now.plus_seconds(expires_in.saturating_sub(SPARE_SECONDS));
        *kept = Some((access_token.clone(), until));
        Ok(access_token)
    }

    /// The last token was not believed.
    pub(super) async fn forget(&self) {
        if let Access::Exchanged(_, kept) = self {
            *kept.lock().await = None;
        }
    }
}

impl Account {
    async fn exchange(&self, outgoing: &Outgoing, now: Time) -> Result<Granted, String> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .append_pair("assertion", &self.assertion(now)?)
            .finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let call = Call {
            target: Target::Operator,
            method: Method::POST,
            url: self.token_uri.clone(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, form)]),
            body: body.into_bytes(),
            timeout: TIMEOUT,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let answer =
            outgoing.call(call).await.map_err(|trouble| format!("No token was given: {trouble}."))?;
        if !answer.status.is_success() {
            return Err(format!("No token was given: the answer was {}.", answer.status.as_u16()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| "No token was given: nonsense was.".to_owned())
    }

    /// A JWT that says who we are (RFC 7523 §3), signed with RS256.
    fn assertion(&self, now: Time) -> Result<String, String> {
        let issued = now.0.div_euclid(1_000_000);
        let claims = json!({
            "iss": self.client_email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": issued,
            "exp": issued + ASSERTION_SECONDS,
        });
        let signed = EncodingKey::from_rsa_pem(self.private_key.as_bytes())
            .and_then(|key| jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key));
        signed.map_err(|_| "Its key file has no RSA key that can be used.".to_owned())
    }
}
