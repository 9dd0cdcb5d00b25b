//! Signs tokens as a marketplace's backend does, and as somebody would who should not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

/// Seconds since the epoch.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Claims of somebody, good for a minute.
pub fn claims(sub: &str) -> Value {
    json!({"sub": sub, "exp": now() + 60})
}

pub fn sign(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    jsonwebtoken::encode(header, claims, key).expect("a token")
}

/// Head and claims of a token with whatever algorithm, without a signature.
pub fn unsigned(algorithm: &str, claims: &Value) -> String {
    let head = json!({"alg": algorithm, "typ": "JWT"});
    format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}
