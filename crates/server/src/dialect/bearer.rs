//! Tokens in headers.

use axum::http::HeaderValue;

/// The token behind one of these schemes, whose names are matched without regard to case (RFC 9110 §11.1).
pub(super) fn secret<'h>(header: &'h HeaderValue, schemes: &[&str]) -> Option<&'h str> {
    let (scheme, secret) = header.to_str().ok()?.split_once(' ')?;
    let known = schemes.iter().any(|name| scheme.eq_ignore_ascii_case(name));
    Some(secret).filter(|secret| known && !secret.is_empty())
}
