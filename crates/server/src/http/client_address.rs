//! Whose address a request comes from.
//!
//! `X-Forwarded-For` is a list to which every proxy appends the address that it saw. What a client wrote into it
//! itself stands to the left, so the list is read from the right, and only as long as trusted proxies wrote it.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose headers are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// These networks.
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(networks.into_iter().collect())
    }

    /// Whether `address` is one of them.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// The address of the client: `peer`, or if that is trusted the right-most address of `X-Forwarded-For` that is
    /// not. Behind something that is not an address nothing is believed.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        while self.trust(client) {
            let Some(next) = hops.next().and_then(address) else { break };
            client = next;
        }
        client
    }
}

/// The address in one item of the list, which some proxies write with a port.
fn address(item: &str) -> Option<IpAddr> {
    let item = item.trim();
    let bare = item.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(item);
    let with_port = || item.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse().or_else(|_| with_port()).ok().map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let proxies = TrustedProxies::new(trusted.iter().map(|network| network.parse().unwrap()));
        let line = |line: &&str| (FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        proxies.client(peer.parse().unwrap(), &lines.iter().map(line).collect()).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client(&[], "127.0.0.1", &["198.51.100.7"]), "127.0.0.1");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts_and_what_stands_left_of_it_does_not() {
        let spoofed = &["203.0.113.9, 198.51.100.7, 10.0.0.2"];
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", spoofed), "198.51.100.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["203.0.113.9, nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        assert_eq!(client(&["::1/128"], "::1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client(&["::1/128"], "::1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client(&["::1/128"], "::1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client(&["10.0.0.0/8"], "::ffff:10.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    proptest! {
        #[test]
        fn no_prefix_that_a_client_sends_changes_its_address(prefix in "[ -~]{0,200}") {
            let line = format!("{prefix}, 198.51.100.7");
            prop_assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[&line]), "198.51.100.7");
        }
    }
}
