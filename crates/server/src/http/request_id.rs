//! The id of a request: in its answer, and in every log line written while it is worked on.

use std::cell::RefCell;
use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries it both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a proxy.
const CHARS_MAX: usize = 64;

thread_local! {
    /// The request that this thread is working on right now. A span of the log would do the same, at a microsecond
    /// for every request, logged or not.
    static CURRENT: RefCell<Option<RequestId>> = const { RefCell::new(None) };
}

/// An id made of letters, digits, `.`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id that a trusted proxy gave the request, if it is a sane one; else a new one.
    pub fn of(headers: &HeaderMap, from_trusted_proxy: bool) -> Self {
        let given = headers.get(HEADER).filter(|value| from_trusted_proxy && is_sane(value.as_bytes()));
        given.cloned().map_or_else(Self::random, Self)
    }

    /// A new id: 64 random bits as hexadecimal digits.
    fn random() -> Self {
        let mut digits = [0; 16];
        let bits: u64 = rand::random();
        for (place, digit) in digits.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(bits >> (4 * place) & 15) as usize];
        }
        Self(HeaderValue::from_bytes(&digits).expect("digits are a header value"))
    }

    /// As a header.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// The id of the request that this thread is working on, if it is.
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Calls `work` with this as the thread's current request.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let _restored = Restored(CURRENT.replace(Some(self.clone())));
        work()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Puts the previous request back, also when the work panics.
struct Restored(Option<RequestId>);

impl Drop for Restored {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

fn is_sane(id: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=CHARS_MAX).contains(&id.len()) && id.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(id: &str) -> HeaderMap {
        HeaderMap::from_iter([(HEADER, HeaderValue::from_str(id).unwrap())])
    }

    #[test]
    fn an_id_is_taken_over_from_a_trusted_proxy_alone() {
        assert_eq!(RequestId::of(&with("a-1.b_2"), true).to_string(), "a-1.b_2");
        assert_ne!(RequestId::of(&with("a-1.b_2"), false).to_string(), "a-1.b_2");
        assert_ne!(RequestId::random(), RequestId::random());
    }

    #[test]
    fn the_current_request_is_restored_after_a_panic() {
        let (outer, inner) = (RequestId::random(), RequestId::random());
        outer.during(|| {
            let panicked = std::panic::catch_unwind(|| inner.during(|| panic!("on purpose")));
            assert!(panicked.is_err());
            assert_eq!(RequestId::current(), Some(outer.clone()));
        });
        assert_eq!(RequestId::current(), None);
    }

    proptest! {
        #[test]
        fn whatever_a_proxy_sends_the_id_is_sane(id in "[ -~]{0,100}") {
            let taken = RequestId::of(&with(&id), true).to_string();
            prop_assert!(is_sane(taken.as_bytes()), "{taken}");
            prop_assert!(taken == id || !is_sane(id.as_bytes()));
        }
    }
}
