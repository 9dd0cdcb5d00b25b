//! The seal under what we and a gateway send each other: an HMAC-SHA256 over the time and the body.

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit, Mac};
use parlance_engine::Time;
use reqwest::header::{HeaderName, HeaderValue};
use sha2::Sha256;

/// When it was sent, in seconds since 1970.
pub(super) const TIMESTAMP: HeaderName = HeaderName::from_static("x-parlance-timestamp");

/// `v1=` and 64 hexadecimal digits.
pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("x-parlance-signature");

/// How far the clocks of the two may be apart, and how long a call may be on its way, in seconds.
const WINDOW_SECONDS: i64 = 5 * 60;

/// Names the way of sealing, so that there can be another one day.
const VERSION: &str = "v1=";

/// The headers that seal `body`, sent at this time.
pub(super) fn seal(secret: &str, now: Time, body: &[u8]) -> [(HeaderName, HeaderValue); 2] {
    let seconds = now.0.div_euclid(1_000_000).to_string();
    let digest = mac(secret, &seconds, body).finalize().into_bytes();
    let signature = digest.iter().fold(VERSION.to_owned(), |text, byte| format!("{text}{byte:02x}"));
    let value = |text: &str| HeaderValue::from_str(text).expect("digits and letters fit into a header");
    [(TIMESTAMP, value(&seconds)), (SIGNATURE, value(&signature))]
}

/// Whether `body` was sealed with this secret, and not long ago.
///
/// # Errors
/// A sentence for whoever runs the gateway; it does not say how the seal should look.
pub(super) fn check(secret: &str, now: Time, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(seconds), Some(signature)) = (text(&TIMESTAMP), text(&SIGNATURE)) else {
        return Err("X-Parlance-Timestamp and X-Parlance-Signature are needed.");
    };
    let digest = signature.strip_prefix(VERSION).and_then(bytes).ok_or("The signature is not valid.")?;
    // Compared in constant time.
    mac(secret, seconds, body).verify_slice(&digest).map_err(|_| "The signature is not valid.")?;
    let sent: i64 = seconds.parse().map_err(|_| "The timestamp is not a number of seconds.")?;
    let apart = now.0.div_euclid(1_000_000).saturating_sub(sent).saturating_abs();
    if apart > WINDOW_SECONDS { Err("The timestamp is too far from the time it is here.") } else { Ok(()) }
}

fn mac(secret: &str, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("an HMAC takes a key of any length");
    mac.chain_update(seconds.as_bytes()).chain_update(b".").chain_update(body)
}

/// What 64 hexadecimal digits say.
fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Time = Time(1_700_000_000_000_000);

    fn sealed(secret: &str, now: Time, body: &[u8]) -> HeaderMap {
        seal(secret, now, body).into_iter().collect()
    }

    #[test]
    fn a_seal_is_what_anybody_computes_it_to_be() {
        // openssl: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        let headers = sealed("secret", NOW, br#"{"a":1}"#);
        assert_eq!(headers[&TIMESTAMP], "1700000000");
        assert_eq!(
            headers[&SIGNATURE],
            "v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
        );
    }

    #[test]
    fn what_is_old_or_of_the_future_is_not_believed() {
        for (seconds, is_good) in [(0, true), (299, true), (301, false), (-299, true), (-301, false)] {
            let headers = sealed("secret", NOW.plus_seconds(-seconds), b"x");
            assert_eq!(check("secret", NOW, &headers, b"x").is_ok(), is_good, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn only_what_was_sealed_is_believed(body in prop::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let headers = sealed("secret", NOW, &body);
            prop_assert!(check("secret", NOW, &headers, &body).is_ok());
            prop_assert!(check("secre", NOW, &headers, &body).is_err());
            let mut other = body.clone();
            other.push(flip);
            prop_assert!(check("secret", NOW, &headers, &other).is_err());
            if !body.is_empty() {
                let mut other = body.clone();
                other[at.index(body.len())] ^= flip;
                prop_assert!(check("secret", NOW, &headers, &other).is_err());
            }
        }

        #[test]
        fn whatever_stands_in_the_headers_nothing_breaks(time in "[ -~]{0,30}", signature in "(v1=)?[ -~]{0,70}") {
            let mut headers = HeaderMap::new();
            headers.extend(HeaderValue::from_str(&time).ok().map(|value| (TIMESTAMP, value)));
            headers.extend(HeaderValue::from_str(&signature).ok().map(|value| (SIGNATURE, value)));
            prop_assert!(check("secret", NOW, &headers, b"x").is_err());
        }
    }
}
