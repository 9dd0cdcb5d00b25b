//! What the URL of an SMPP carrier says: `smpp://user:password@host:port?window=32`, or `smpps://` for TLS.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use rusmpp::values::{Npi, Ton};

/// The ports that IANA has for SMPP, and for SMPP over TLS.
const PORT: u16 = 2775;
const SECURE_PORT: u16 = 3550;

/// The longest system id and password that fit into a bind, without the NUL at their end (SMPP 3.4 §4.1.1).
const SYSTEM_ID_BYTES_MAX: usize = 15;
const PASSWORD_BYTES_MAX: usize = 8;
/// The same of a system type.
const SYSTEM_TYPE_BYTES_MAX: usize = 12;

/// How long a message may be unanswered if nothing else is said, in seconds; and at most: as long as reports are kept that
/// come before the answer.
const ANSWER_SECONDS: u64 = 5 * 60;
const ANSWER_SECONDS_MAX: usize = 10 * 60;

/// How the parts of a long text are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concatenation {
    /// By a header in the short message itself; what most carriers want.
    Header,
    /// By the parameters `sar_msg_ref_num`, `sar_total_segments` and `sar_segment_seqnum`.
    Parameters,
}

/// How a carrier wants the addresses of one side called; what is not said follows from what the address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbering {
    pub(super) ton: Option<Ton>,
    pub(super) npi: Option<Npi>,
}

/// How a service centre is reached and spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether the session is inside TLS.
    pub(super) is_secure: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) system_id: String,
    pub(super) password: String,
    pub(super) system_type: String,
    /// Requests of ours that may be unanswered at a time.
    pub(super) window: usize,
    pub(super) concatenation: Concatenation,
    /// Our address.
    pub(super) source: Numbering,
    /// The addresses of those we write to.
    pub(super) dest: Numbering,
    /// After how much silence we ask whether somebody is there.
    pub(super) enquire: Duration,
    /// How long a message may be unanswered before the session is ended.
    pub(super) answer: Duration,
}

impl Settings {
    /// Reads a URL. A sentence for the operator when it cannot be used.
    ///
    /// # Errors
    /// The sentence names no password.
    pub fn read(url: &str) -> Result<Settings, String> {
        let example = "write it as smpp://user:password@host:2775";
        let url: Url =
            url.parse().map_err(|problem| format!("The URL cannot be read: {problem}; {example}."))?;
        let is_secure = is_secure(url.scheme()).ok_or(format!("This is no SMPP URL; {example}."))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let mut settings = Settings {
            is_secure,
            // An IPv6 address stands in brackets in a URL alone.
            host: host
                .ok_or(format!("The URL names no host; {example}."))?
                .trim_matches(['[', ']'])
                .to_owned(),
            port: url.port().unwrap_or(if is_secure { SECURE_PORT } else { PORT }),
            system_id: credential("user", url.username(), SYSTEM_ID_BYTES_MAX)?,
            password: credential("password", url.password().unwrap_or_default(), PASSWORD_BYTES_MAX)?,
            system_type: String::new(),
            window: 32,
            concatenation: Concatenation::Header,
            source: Numbering::default(),
            dest: Numbering::default(),
            enquire: Duration::from_secs(30),
            answer: Duration::from_secs(ANSWER_SECONDS),
        };
        for (name, value) in url.query_pairs() {
            settings.set(&name, &value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "window" => self.window = number(name, value, 1, 1_000)?,
            "enquire_seconds" => self.enquire = Duration::from_secs(number(name, value, 1, 3_600)? as u64),
            "answer_seconds" => {
                self.answer = Duration::from_secs(number(name, value, 1, ANSWER_SECONDS_MAX)? as u64);
            }
            "system_type" => self.system_type = credential(name, value, SYSTEM_TYPE_BYTES_MAX)?,
            "concatenation" => self.concatenation = concatenation(value)?,
            "source_ton" => self.source.ton = Some(ton(name, value)?),
            "source_npi" => self.source.npi = Some(npi(name, value)?),
            "dest_ton" => self.dest.ton = Some(ton(name, value)?),
            "dest_npi" => self.dest.npi = Some(npi(name, value)?),
            _ => {
                let known = "answer_seconds, concatenation, dest_npi, dest_ton, enquire_seconds, source_npi, source_ton, \
                             system_type and window";
                return Err(format!("The URL has no parameter {name:?}; there are {known}."));
            }
        }
        Ok(())
    }
}

/// Whether a scheme means TLS; nothing when it is none of SMPP's. Gateways' documentation spells it in two ways.
fn is_secure(scheme: &str) -> Option<bool> {
    match scheme {
        "smpp" => Some(false),
        "smpps" | "ssmpp" => Some(true),
        _ => None,
    }
}

fn credential(name: &str, spelled: &str, bytes_max: usize) -> Result<String, String> {
    let decoded = percent_decode_str(spelled).decode_utf8_lossy().into_owned();
    let fits = decoded.len() <= bytes_max && decoded.is_ascii() && !decoded.contains('\0');
    fits.then_some(decoded)
        .ok_or(format!("The {name} of an SMPP carrier has at most {bytes_max} ASCII characters."))
}

fn number(name: &str, value: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or(format!("{name} is a whole number from {least} to {most}."))
}

/// A type of number (SMPP 3.4 §5.2.5).
fn ton(name: &str, value: &str) -> Result<Ton, String> {
    let known = value.parse::<u8>().ok().map(Ton::from).filter(|ton| !matches!(ton, Ton::Other(_)));
    known.ok_or(format!("{name} is a type of number: a whole number from 0 to 6."))
}

/// A numbering plan (SMPP 3.4 §5.2.6).
fn npi(name: &str, value: &str) -> Result<Npi, String> {
    let known = value.parse::<u8>().ok().map(Npi::from).filter(|npi| !matches!(npi, Npi::Other(_)));
    known.ok_or(format!("{name} is a numbering plan: 0, 1, 3, 4, 6, 8, 9, 10, 14 or 18."))
}

fn concatenation(value: &str) -> Result<Concatenation, String> {
    match value {
        "udh" => Ok(Concatenation::Header),
        "sar" => Ok(Concatenation::Parameters),
        _ => Err("concatenation is udh or sar.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_how_a_carrier_is_reached() {
        let settings =
            Settings::read("smpp://me:s%40cret@gate.example:3000?window=5&concatenation=sar&system_type=SMS&answer_seconds=90")
                .unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("gate.example", 3000));
        assert_eq!((settings.system_id.as_str(), settings.password.as_str()), ("me", "s@cret"));
        assert_eq!((settings.window, settings.concatenation), (5, Concatenation::Parameters));
        assert_eq!(settings.answer, Duration::from_secs(90));
        assert_eq!(settings.system_type, "SMS");
    }

    #[test]
    fn what_it_does_not_say_has_a_default() {
        let settings = Settings::read("smpp://[::1]").unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("::1", 2775));
        assert_eq!((settings.system_id.as_str(), settings.password.as_str(), settings.window), ("", "", 32));
        assert_eq!(settings.concatenation, Concatenation::Header);
    }

    #[test]
    fn it_may_say_what_addresses_are_called() {
        let settings = Settings::read("smpp://host?source_ton=5&source_npi=0&dest_npi=18").unwrap();
        assert_eq!(settings.source, Numbering { ton: Some(Ton::Alphanumeric), npi: Some(Npi::Unknown) });
        assert_eq!(settings.dest, Numbering { ton: None, npi: Some(Npi::WapClientId) });
        for value in ["", "7", "-1", "256", "international"] {
            let problem = Settings::read(&format!("smpp://host?dest_ton={value}")).unwrap_err();
            assert!(problem.contains("dest_ton") && problem.contains("0 to 6"), "{problem}");
        }
        for value in ["2", "19", "256"] {
            let problem = Settings::read(&format!("smpp://host?source_npi={value}")).unwrap_err();
            assert!(problem.contains("source_npi"), "{problem}");
        }
    }

    #[test]
    fn both_spellings_of_the_scheme_mean_tls() {
        for (url, is_secure, port) in [
            ("smpp://gate.example", false, 2775),
            ("smpps://gate.example", true, 3550),
            ("ssmpp://gate.example", true, 3550),
            ("smpps://gate.example:2775", true, 2775),
        ] {
            let settings = Settings::read(url).unwrap();
            assert_eq!((settings.is_secure, settings.port), (is_secure, port), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_its_password() {
        for url in [
            "",
            "smpp:",
            "http://me:secret99@host",
            "smpp://me:secret99@host:99999",
            "smpp://me:secret99-is-too-long@host",
            "smpp://a-name-that-is-too-long:secret99@host",
            "smpp://me:secret99@host?window=0",
            "smpp://me:secret99@host?window=many",
            "smpp://me:secret99@host?answer_seconds=0",
            "smpp://me:secret99@host?answer_seconds=601",
            "smpp://me:secret99@host?concatenation=magic",
            "smpp://me:secret99@host?colour=red",
        ] {
            let problem = Settings::read(url).unwrap_err();
            assert!(!problem.contains("secret99"), "{problem}");
        }
    }
}
