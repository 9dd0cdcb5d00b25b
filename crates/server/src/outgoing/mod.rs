//! The one way out by HTTP: every call of ours goes through here, so that all of them follow no redirect, obey no proxy,
//! end in time and read no more than was asked for.
//!
//! Where a stranger says what is called, the address is looked at twice: in the URL, because a resolver is never asked
//! about one that stands there, and behind a name, because a name can lead anywhere. What the operator has configured
//! is called wherever it is.

mod address;
mod resolver;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parlance_engine::account::Parameters;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};

use self::address::Allowed;
pub use self::address::denied;
use self::resolver::{Denied, Guarded, Lookup};
use crate::config;

/// For a connection, however long the whole call may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that was not used for so long is closed.
const IDLE: Duration = Duration::from_secs(20);

/// Connections to one host that are kept for the next call.
const IDLE_CONNECTIONS: usize = 8;

/// Who said where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A customer, or whoever speaks for one: nothing inside our networks may be called.
    Stranger,
    /// The operator: it is as they say.
    Operator,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who says where it goes.
    pub target: Target,
    /// GET, POST …
    pub method: Method,
    /// Where it goes.
    pub url: String,
    /// What stands above the body.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Vec<u8>,
    /// From the first look at the name to the last byte that is read.
    pub timeout: Duration,
    /// How much of the answer's body is read; what is longer is [`Trouble::TooLarge`]. With 0 it is not looked at.
    pub answer_bytes_max: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status. A redirect is an answer like others.
    pub status: StatusCode,
    /// As much of its body as was asked for.
    pub body: Vec<u8>,
}

/// Why nothing came back that can be used. The sentences tell an operator what happened, and nobody what is behind an
/// address that may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may not be called.
    #[error("{0}")]
    Refused(&'static str),
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// It was not reached, or broke off.
    #[error("{0}")]
    Unreachable(String),
    /// Its body is longer than was asked for.
    #[error("the answer is too long")]
    TooLarge,
}

/// The way out.
#[derive(Clone)]
pub struct Outgoing {
    guarded: Client,
    open: Client,
    allowed: Allowed,
    allow_http: bool,
}

impl Outgoing {
    /// The way out of this configuration.
    ///
    /// # Errors
    /// A sentence for the operator when the machine has no certificates to trust.
    pub fn open(config: &config::Outgoing) -> Result<Outgoing, String> {
        Outgoing::looking_up(config, resolver::of_machine())
    }

    fn looking_up(config: &config::Outgoing, lookup: Lookup) -> Result<Outgoing, String> {
        let allowed = Allowed(config.allow_networks.iter().map(|network| network.0).collect());
        let guard = Arc::new(Guarded { allowed: allowed.clone(), lookup });
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|problem| format!("calls by HTTP cannot be made: {}", reason(&problem)))
        };
        let (guarded, open) = (build(careful().dns_resolver(guard))?, build(careful())?);
        Ok(Outgoing { guarded, open, allowed, allow_http: config.allow_http })
    }

    /// Whether a stranger may have this called, as far as the URL tells: to be asked when one is given to us. Where its
    /// name leads is looked at with every call.
    ///
    /// # Errors
    /// [`Trouble::Refused`], with a sentence for whoever gave the URL.
    pub fn check(&self, url: &str) -> Result<Url, Trouble> {
        let refused = |why| Err(Trouble::Refused(why));
        let Ok(url) = Url::parse(url) else { return refused("this is no URL") };
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            "http" => return refused("the URL must begin with https://"),
            _ => return refused("the URL must begin with https:// or http://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("the URL must not have a name or a password in it");
        }
        match host_address(&url) {
            Some(address) if !self.allowed.may_call(address) => refused("this address may not be called"),
            _ => Ok(url),
        }
    }

    /// [`Outgoing::check`] of every URL that an account has called, when it says so: the sooner it hears of it, the better.
    ///
    /// # Errors
    /// [`Error::Invalid`](parlance_engine::Error::Invalid), with the name of the parameter.
    pub fn check_parameters(&self, parameters: &Parameters) -> parlance_engine::Result<()> {
        let urls = parameters.iter().filter(|(parameter, _)| parameter.is_url());
        for (parameter, url) in
            urls.flat_map(|(parameter, urls)| urls.lines().map(move |url| (parameter, url)))
        {
            let refused = |why: Trouble| parlance_engine::Error::invalid(parameter.as_str(), why.to_string());
            self.check(url).map_err(refused)?;
        }
        Ok(())
    }

    /// Makes a call.
    ///
    /// # Errors
    /// See [`Trouble`]. A status that tells of a failure is an [`Answer`] like others.
    pub async fn call(&self, call: Call) -> Result<Answer, Trouble> {
        let (client, url) = match call.target {
            Target::Stranger => (&self.guarded, self.check(&call.url)?),
            Target::Operator => {
                (&self.open, Url::parse(&call.url).map_err(|_| Trouble::Refused("this is no URL"))?)
            }
        };
        let request = client.request(call.method, url).headers(call.headers).body(call.body);
        let calling = async {
            let answer = request.send().await.map_err(|error| trouble(&error))?;
            let status = answer.status();
            Ok(Answer { status, body: read(answer, call.answer_bytes_max).await? })
        };
        tokio::time::timeout(call.timeout, calling).await.unwrap_or(Err(Trouble::Late))
    }
}

/// What all clients have in common.
fn careful() -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .user_agent(concat!("Parlance/", env!("CARGO_PKG_VERSION")))
}

/// The address that stands in a URL in place of a name. Every spelling of one (decimal, octal, hexadecimal, shortened)
/// has become the usual one when the URL was parsed.
fn host_address(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

async fn read(mut answer: reqwest::Response, bytes_max: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    if bytes_max == 0 {
        return Ok(body);
    }
    while let Some(part) = answer.chunk().await.map_err(|error| trouble(&error))? {
        body.extend_from_slice(&part);
        if body.len() > bytes_max {
            return Err(Trouble::TooLarge);
        }
    }
    Ok(body)
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Denied>() {
            return Trouble::Refused("this address may not be called");
        }
        cause = error.source();
    }
    match error.is_timeout() {
        true => Trouble::Late,
        false => Trouble::Unreachable(reason(error)),
    }
}

/// The innermost cause, which says more than its wrappings do and does not repeat the URL, in which there may be a secret.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    if error.source().is_none() { "the call failed".to_owned() } else { innermost.to_string() }
}
