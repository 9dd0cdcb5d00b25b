//! `[mail]`: through which server notices are sent, from whom, and when.

use std::num::NonZeroU32;

use lettre::message::Mailbox;
use serde::Deserialize;

use super::{Refused, Secret};

/// `[mail]`. Each key is documented in the default file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server; none when it is empty.
    pub host: String,
    /// See [`Mail::port`].
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// A name at the mail server; none when it is empty.
    pub user: String,
    /// The password of that name.
    pub password: Secret,
    /// Who writes.
    pub from: Sender,
    /// When somebody is not there.
    pub inactive_seconds: NonZeroU32,
    /// Between two e-mails about one conversation.
    pub digest_seconds: NonZeroU32,
    /// Before the second try.
    pub retry_seconds: NonZeroU32,
    /// For one e-mail.
    pub timeout_seconds: NonZeroU32,
}

/// How a connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// From the first byte.
    Wrapped,
    /// From STARTTLS on, before anything is said.
    StartTls,
    /// Not at all.
    None,
}

/// The sender of e-mails, or empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sender(Option<Mailbox>);

impl TryFrom<String> for Sender {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let mailbox = text.parse().ok().filter(|_| !text.chars().any(char::is_control));
        mailbox.map(|mailbox| Self(Some(mailbox))).ok_or("expected a sender such as Shop <shop@example.com>")
    }
}

impl Sender {
    /// The sender, unless there is none.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.as_ref()
    }
}

impl Mail {
    /// Whether e-mails are sent.
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    /// The port of the mail server.
    pub fn port(&self) -> u16 {
        match (self.port, self.tls) {
            (0, Encryption::Wrapped) => 465,
            (0, Encryption::StartTls) => 587,
            (0, Encryption::None) => 25,
            (port, _) => port,
        }
    }

    /// Who writes.
    ///
    /// # Errors
    /// A host without a sender.
    pub fn sender(&self) -> Result<&Mailbox, Refused> {
        let missing = "mail.from is needed when there is a mail.host: set PARLANCE_MAIL_FROM to the sender";
        self.from.mailbox().ok_or_else(|| Refused(missing.to_owned()))
    }
}
