//! The kinds of value that are more than a number or a string. Each says in its refusal what it expects.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use axum::http::{HeaderValue, Uri};
use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The smallest head that the HTTP library can be limited to.
const HEAD_BYTES_MIN: u32 = 8192;

/// Where the metrics are served, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum MetricsListen {
    /// Nowhere: nothing is measured.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl TryFrom<String> for MetricsListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse()
            .map(Self::At)
            .map_err(|_| "expected an address and port such as 127.0.0.1:9090, or off".to_owned())
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, else JSON.
    Auto,
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// An IP network, or one address of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| one());
        network.map(Self).map_err(|_| "expected networks or addresses such as 10.0.0.0/8 or ::1".to_owned())
    }
}

/// An origin of web pages (`https://shop.example.com`), or `*` for all.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(pub HeaderValue);

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_origin = web_address(&text).is_some_and(|uri| uri.path() == "/" && !text.ends_with('/'));
        let value = HeaderValue::try_from(&text).ok().filter(|_| is_origin || text == "*");
        value
            .map(Self)
            .ok_or_else(|| "expected origins such as https://shop.example.com (no path), or *".to_owned())
    }
}

/// Where clients reach the server, or empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The configured URL, unless it was left empty.
    pub fn configured(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|url| !url.is_empty())
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_base = web_address(&text).is_some_and(|uri| uri.query().is_none() && !text.ends_with('/'));
        if text.is_empty() || is_base {
            return Ok(Self(text));
        }
        Err("expected a URL such as https://chat.example.com, without a slash at the end".to_owned())
    }
}

/// `text` as an `http` or `https` URL with a host and without a password.
fn web_address(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    (is_web && has_host && !text.contains('#')).then_some(uri)
}

/// An address and port.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    text.parse()
        .map_err(|_| D::Error::custom("expected an address and port such as 127.0.0.1:8080 or [::]:8080"))
}

/// A size of the request head that the HTTP library accepts as a limit.
pub(super) fn head_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let bytes = u32::deserialize(from)?;
    if bytes < HEAD_BYTES_MIN {
        return Err(D::Error::custom(format_args!("expected at least {HEAD_BYTES_MIN}")));
    }
    Ok(bytes)
}

/// A folder. An empty text would be whatever folder the server happens to be started in.
pub(super) fn folder<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(from)?;
    match text.trim().is_empty() {
        true => Err(D::Error::custom("expected a folder such as ./data, not an empty text")),
        false => Ok(text.into()),
    }
}

/// Directives of the log.
pub(super) fn log_filter<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    // A bare word that is no level would be taken for a target and switch everything else off.
    let is_clear = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
    if text.split(',').all(is_clear) && text.parse::<Targets>().is_ok() {
        return Ok(text);
    }
    let levels = "error, warn, info, debug, trace, off";
    Err(D::Error::custom(format_args!(
        "expected {levels}, or directives such as info,parlance_server::http=debug"
    )))
}
