//! Handing an e-mail to the mail server, and what its answer means.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use parlance_engine::notice::Failure;

use super::SENT_AT_ONCE;
use crate::config::{Encryption, Mail, Refused};

/// A connection that was not used for so long is closed.
const IDLE: Duration = Duration::from_secs(30);

/// Answers 5xx that are about us and not about the e-mail: log in, or not so (RFC 4954 §6).
const OF_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// The way to the mail server.
pub(super) struct Post {
    builder: AsyncSmtpTransportBuilder,
    transport: RwLock<AsyncSmtpTransport<Tokio1Executor>>,
    timeout: Duration,
}

/// What became of an e-mail.
pub(super) enum Outcome {
    /// The mail server has taken it.
    Sent,
    /// It has not, and says why.
    Failed(Failure, String),
    /// It could not be asked.
    Unreachable(String),
}

impl Post {
    /// The way that the configuration describes; nothing is connected yet.
    pub(super) fn open(config: &Mail) -> Result<Post, Refused> {
        let tls = || {
            TlsParameters::new(config.host.clone())
                .map_err(|e| Refused(format!("mail.host: no TLS to it: {e}")))
        };
        let tls = match config.tls {
            Encryption::Wrapped => Tls::Wrapper(tls()?),
            Encryption::StartTls => Tls::Required(tls()?),
            Encryption::None => Tls::None,
        };
        let timeout = Duration::from_secs(config.timeout_seconds.get().into());
        let pool = PoolConfig::new().max_size(SENT_AT_ONCE as u32).idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
            .port(config.port())
            .tls(tls)
            .timeout(Some(timeout))
            .pool_config(pool);
        if !config.user.is_empty() {
            let password = config.password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(config.user.clone(), password));
        }
        let transport = RwLock::new(builder.clone().build());
        Ok(Post { builder, transport, timeout })
    }

    /// Hands over one e-mail.
    pub(super) async fn send(&self, message: Message) -> Outcome {
        let transport = self.transport.read().unwrap_or_else(PoisonError::into_inner).clone();
        match tokio::time::timeout(self.timeout, transport.send(message)).await {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) => outcome(&error),
            Err(_) => {
                // The connection goes back into the pool, where the next e-mail would wait for the same silence.
                *self.transport.write().unwrap_or_else(PoisonError::into_inner) =
                    self.builder.clone().build();
                Outcome::Unreachable("the mail server took longer than mail.timeout_seconds".into())
            }
        }
    }
}

fn outcome(error: &Error) -> Outcome {
    let problem = error.to_string();
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !OF_LOGIN.contains(&code) => {
            Outcome::Failed(Failure::Permanent, problem)
        }
        Some(_) => Outcome::Failed(Failure::Temporary, problem),
        // What it said was no SMTP, or it offers nothing that we can log in with.
        None if error.is_response() || error.is_client() => Outcome::Failed(Failure::Temporary, problem),
        None => Outcome::Unreachable(problem),
    }
}
