//! Names become addresses, and those that may not be called are left out: what is connected to is what was looked at, so
//! a name that leads elsewhere the next time it is asked gains nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Allowed;

/// The addresses of a name, or that there are none.
pub(super) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// How names are looked up: by the machine, or in a test by the test.
pub(super) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;

/// Looks names up as the machine does.
pub(super) fn of_machine() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            // The port is the caller's; any will do for the lookup.
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// A resolver for calls to where strangers say.
pub(super) struct Guarded {
    pub(super) allowed: Allowed,
    pub(super) lookup: Lookup,
}

/// Where a name leads may not be called. What it leads to is nobody's business but the operator's.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that may be called")]
pub(super) struct Denied;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (looking, allowed) = ((self.lookup)(name.as_str().to_owned()), self.allowed.clone());
        Box::pin(async move {
            let mut found = looking.await?;
            found.retain(|address| allowed.may_call(*address));
            if found.is_empty() {
                return Err(Denied.into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
