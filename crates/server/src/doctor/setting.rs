//! The configuration: what is understood, but perhaps not meant.

use super::Finding;
use crate::config::Config;

pub(super) fn findings(config: &Config) -> Vec<Finding> {
    vec![public_url(config), listen(config), proxies(config)]
}

/// Whether everybody who gets a link can follow it, unseen by others.
fn public_url(config: &Config) -> Finding {
    let heard_here_only = config.listen.ip().is_loopback();
    match config.public_url.configured() {
        None if heard_here_only => {
            Finding::ok("public URL", "not set: links lead to this machine, where alone the server is heard")
        }
        None => Finding::problem(
            "public URL",
            format!("not set, but others are served: links would begin with http://{}", config.listen),
            "set PARLANCE_PUBLIC_URL to where clients reach this server",
        ),
        Some(url) if url.starts_with("http://") && !heard_here_only => Finding::warning(
            "public URL",
            format!("{url} is not encrypted"),
            "put a proxy with TLS in front, and set PARLANCE_PUBLIC_URL to its https:// URL",
        ),
        Some(url) => Finding::ok("public URL", url),
    }
}

fn listen(config: &Config) -> Finding {
    let address = config.listen;
    match address.ip() {
        ip if ip.is_loopback() => Finding::ok("listen", format!("{address}: heard on this machine alone")),
        ip if ip.is_unspecified() => Finding::warning(
            "listen",
            format!("{address}: heard on every network, without TLS"),
            "put a proxy with TLS in front and listen on 127.0.0.1, or where only the proxy hears it",
        ),
        _ => Finding::ok("listen", format!("{address}: see to it that only a proxy with TLS reaches it")),
    }
}

/// Behind a proxy that is not believed, everybody has the proxy's address, and its limits.
fn proxies(config: &Config) -> Finding {
    let is_behind_one = config.public_url.configured().is_some_and(|url| url.starts_with("https://"));
    match config.trusted_proxies.len() {
        0 if is_behind_one => Finding::warning(
            "proxies",
            "the public URL is a proxy's, but none is trusted: all clients share one address and its rate limit",
            "set PARLANCE_TRUSTED_PROXIES to the address of the proxy",
        ),
        0 => Finding::ok("proxies", "none is trusted"),
        count => Finding::ok("proxies", format!("{count} addresses or networks are trusted")),
    }
}
