//! Notices by e-mail: whether they can be sent, and whether their links lead anywhere. Nothing is sent.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::Finding;
use crate::config::{Config, Encryption, Mail};

/// What is looked at.
const CHECK: &str = "e-mail";

/// How long the mail server may take to take a connection.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn finding(config: &Config) -> Finding {
    let mail = &config.mail;
    if !mail.is_on() {
        return Finding::ok(CHECK, "off: nobody who is away is told of messages");
    }
    if let Err(refused) = mail.sender() {
        return Finding::problem(
            CHECK,
            refused.to_string(),
            "set PARLANCE_MAIL_FROM to the sender of e-mails",
        );
    }
    let server = format!("{}:{}", mail.host, mail.port());
    if let Err(problem) = connect(mail) {
        let advice = "check mail.host and mail.port, and whether a firewall is between them and this machine";
        return Finding::problem(CHECK, format!("{server} cannot be reached: {problem}"), advice);
    }
    if config.public_url.configured().is_none() {
        let advice = "set PARLANCE_PUBLIC_URL to where clients reach this server";
        return Finding::problem(CHECK, "the links in e-mails would lead to this machine alone", advice);
    }
    let is_near = matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    match mail.tls {
        Encryption::None if !is_near => Finding::warning(
            CHECK,
            format!("{server} is spoken to without encryption"),
            "set PARLANCE_MAIL_TLS to wrapped or starttls",
        ),
        _ => Finding::ok(CHECK, format!("{server} can be reached")),
    }
}

fn connect(mail: &Mail) -> std::io::Result<()> {
    let mut last = std::io::Error::other("its name is not known");
    for address in (mail.host.as_str(), mail.port()).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(problem) => last = problem,
        }
    }
    Err(last)
}
