//! How many requests one token and one address may make.
//!
//! Each key has a bucket that fills with time (GCRA). A bucket that is full again is forgotten, and there are never
//! more than [`KEYS_MAX`] of them: beyond, new and old keys share one bucket, so that a flood of addresses costs the
//! flood its comfort and the server no memory.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use super::fault::Fault;
use crate::config;

/// How many requests the bucket holds.
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// How many of them are left.
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// In how many seconds it is full again.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// On answers to requests that nobody counts.
const EXEMPT: HeaderName = HeaderName::from_static("x-ratelimit-exempt");

/// Logins from one address: this many at once, and then one in this many seconds.
const LOGINS_OF_ADDRESS: (u32, u64) = (50, 5);

/// Logins to one account, right or wrong.
const LOGINS_OF_ACCOUNT: (u32, u64) = (10, 30);

/// Buckets of one kind, at most (about 100 bytes each).
const KEYS_MAX: usize = 200_000;

/// The table is swept after this many checks.
const CHECKS_PER_SWEEP: u32 = 8192;

/// The limits per token and per address.
pub struct Rates {
    tokens: Option<Buckets<u64>>,
    addresses: Option<Buckets<IpAddr>>,
    logins_of_address: Buckets<IpAddr>,
    logins_of_account: Buckets<u64>,
}

impl Rates {
    /// The configured limits; 0 a second is none.
    pub fn new(rates: &config::Rates) -> Self {
        Self {
            tokens: quota(rates.token_per_second, rates.token_burst).map(Buckets::new),
            addresses: quota(rates.address_per_second, rates.address_burst).map(Buckets::new),
            logins_of_address: Buckets::new(logins(LOGINS_OF_ADDRESS)),
            logins_of_account: Buckets::new(logins(LOGINS_OF_ACCOUNT)),
        }
    }

    /// Counts a request of a token, and notes in `tally` what is left. `key` stands for the token: its number, or 64
    /// bits of its hash.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`] with the time to wait.
    pub fn token(&self, key: u64, tally: Option<&Tally>) -> Result<(), Fault> {
        self.tokens.as_ref().map_or(Ok(()), |tokens| tokens.check(&key, tally))
    }

    /// Counts a login from an address to an account, for which `account` stands. These limits are not configured:
    /// guessing passwords must be slow wherever Parlance runs.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`] with the time to wait.
    pub fn login(&self, address: Option<IpAddr>, account: u64) -> Result<(), Fault> {
        address.map_or(Ok(()), |address| self.logins_of_address.check(&customer(address), None))?;
        self.logins_of_account.check(&account, None)
    }

    /// Counts a request of an address, and notes in `tally` what is left. Of IPv6 the network of 64 bits counts, for
    /// that is what one customer gets.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`] with the time to wait.
    pub fn address(&self, address: IpAddr, tally: &Tally) -> Result<(), Fault> {
        let addresses = self.addresses.as_ref();
        addresses.map_or(Ok(()), |addresses| addresses.check(&customer(address), Some(tally)))
    }
}

/// What is left of the limit that a request counts against last: its token's, or its address's. Whoever counts notes
/// it, whoever completes the answer reads it.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<Option<Standing>>>);

/// A bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    limit: u32,
    remaining: u32,
    full_in_seconds: u64,
}

impl Tally {
    fn note(&self, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(standing);
    }

    /// Writes it into the headers of an answer; a request that no limit counts says so.
    pub(super) fn show(&self, headers: &mut HeaderMap) {
        let Some(standing) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else {
            headers.insert(EXEMPT, HeaderValue::from_static("yes"));
            return;
        };
        headers.insert(LIMIT, standing.limit.into());
        headers.insert(REMAINING, standing.remaining.into());
        headers.insert(RESET, standing.full_in_seconds.into());
    }
}

impl Standing {
    /// `remaining` requests are left of `quota`.
    fn new(quota: Quota, remaining: u32) -> Standing {
        let limit = quota.burst_size().get();
        let missing = limit.saturating_sub(remaining);
        let full_in = quota.replenish_interval().saturating_mul(missing);
        Standing { limit, remaining, full_in_seconds: full_in.as_millis().div_ceil(1000) as u64 }
    }
}

/// `per_second` as a quota, unless it is 0.
fn quota(per_second: u32, burst: NonZeroU32) -> Option<Quota> {
    NonZeroU32::new(per_second).map(|rate| Quota::per_second(rate).allow_burst(burst))
}

fn logins((burst, seconds): (u32, u64)) -> Quota {
    let quota = Quota::with_period(Duration::from_secs(seconds)).expect("the period is not zero");
    quota.allow_burst(NonZeroU32::new(burst).expect("the burst is not zero"))
}

/// What one customer's addresses have in common.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// The buckets of one kind of key.
struct Buckets<K: Hash + Eq + Clone> {
    each: DefaultKeyedRateLimiter<K, StateInformationMiddleware>,
    /// For everybody together while there are too many keys.
    together: DefaultDirectRateLimiter<StateInformationMiddleware>,
    crowded: AtomicBool,
    checks: AtomicU32,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(quota: Quota) -> Self {
        Self {
            each: RateLimiter::dashmap(quota).with_middleware(),
            together: RateLimiter::direct(quota).with_middleware(),
            crowded: AtomicBool::new(false),
            checks: AtomicU32::new(0),
            clock: DefaultClock::default(),
        }
    }

    fn check(&self, key: &K, tally: Option<&Tally>) -> Result<(), Fault> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            self.sweep(KEYS_MAX);
        }
        let checked = match self.crowded.load(Ordering::Relaxed) {
            false => self.each.check_key(key),
            true => self.together.check(),
        };
        let standing = match &checked {
            Ok(state) => Standing::new(state.quota(), StateSnapshot::remaining_burst_capacity(state)),
            Err(until) => Standing::new(NotUntil::quota(until), 0),
        };
        tally.into_iter().for_each(|tally| tally.note(standing));
        checked
            .map(drop)
            .map_err(|until| Fault::TooManyRequests { wait: until.wait_time_from(self.clock.now()) })
    }

    /// Forgets the full buckets.
    fn sweep(&self, keys_max: usize) {
        self.each.retain_recent();
        self.each.shrink_to_fit();
        self.crowded.store(self.each.len() > keys_max, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three at once, then one an hour: no test waits for it.
    fn buckets() -> Buckets<u64> {
        let hour = Quota::with_period(Duration::from_secs(3600)).unwrap();
        Buckets::new(hour.allow_burst(NonZeroU32::new(3).unwrap()))
    }

    #[test]
    fn a_key_may_burst_and_then_waits_while_others_do_not() {
        let buckets = buckets();
        assert!((0..3).all(|_| buckets.check(&1, None).is_ok()));
        let Err(Fault::TooManyRequests { wait }) = buckets.check(&1, None) else {
            panic!("the fourth is one too many")
        };
        assert!(wait > Duration::from_secs(3000) && wait <= Duration::from_secs(3600), "{wait:?}");
        assert!(buckets.check(&2, None).is_ok());
    }

    #[test]
    fn too_many_keys_share_one_bucket_and_the_table_stops_growing() {
        let buckets = buckets();
        assert!((0..10).all(|key| buckets.check(&key, None).is_ok()));
        buckets.sweep(9);
        assert_eq!((10..20).filter(|key| buckets.check(key, None).is_ok()).count(), 3);
        assert_eq!(buckets.each.len(), 10);
        buckets.sweep(10);
        assert!(buckets.check(&99, None).is_ok());
    }

    #[test]
    fn what_is_left_is_noted_and_never_more_than_the_limit() {
        let (buckets, tally) = (buckets(), Tally::default());
        let left = |buckets: &Buckets<u64>| {
            let _ = buckets.check(&1, Some(&tally));
            tally.0.lock().unwrap().map(|s| (s.limit, s.remaining, s.full_in_seconds))
        };
        assert_eq!(left(&buckets), Some((3, 2, 3_600)));
        assert_eq!(left(&buckets), Some((3, 1, 7_200)));
        assert_eq!(left(&buckets), Some((3, 0, 10_800)));
        assert_eq!(left(&buckets), Some((3, 0, 10_800)), "the fourth is refused");
    }

    #[test]
    fn no_limit_means_no_limit() {
        let unlimited =
            config::Rates { token_per_second: 0, address_per_second: 0, ..config::Config::default().rates };
        let rates = Rates::new(&unlimited);
        assert!((0..100_000).all(|_| rates.token(1, None).is_ok()
            && rates.address([127, 0, 0, 1].into(), &Tally::default()).is_ok()));
    }

    #[test]
    fn an_ipv6_customer_is_a_network_of_64_bits() {
        let of = |text: &str| customer(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
