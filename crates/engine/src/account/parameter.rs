//! The parameters of an account, and what each may be.

use std::collections::BTreeMap;

use crate::credit::price::PRODUCTS;
use crate::db::stored_enum;
use crate::{Error, Result, contact, phone};

/// What an account has said. A value that has several parts, as URLs may, has each on a line of its own.
pub type Parameters = BTreeMap<Parameter, String>;

/// How many URLs are called, or addresses written to, about the same.
pub const URLS_MAX: usize = 5;

/// The longest part of a value, in characters.
const CHARS_MAX: usize = 2_000;

/// The largest bound of credit, in units.
const BOUND_MAX: i64 = 1_000_000_000;

/// What no e-mail address has outside of quotation marks (RFC 5322 §3.2.3), which nobody needs.
const NOT_IN_EMAIL: &[char] = &['<', '>', '(', ')', '[', ']', ',', ';', ':', '"', '\\'];

stored_enum! {
    /// What an account can say.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Parameter as "a parameter" {
        /// What a warning of low credit counts: one of [`PRODUCTS`].
        AlertType = "alert_type",
        /// When no more credit than this is left there is one, in whole units.
        AlertBound = "alert_bound",
        /// To which e-mail addresses it goes.
        AlertEmails = "alert_emails_to",
        /// To which phone number.
        AlertPhone = "alert_phone_number_to",
        /// Who a text is from when the sending does not say.
        SmsSender = "sender_for_sms_premium",
        /// Who a call is from when the sending does not say.
        VoiceSender = "sender_for_voice_sms",
        /// Where texts for trying out go.
        TestPhone = "phone_number_for_test_sms",
        /// What is called when a text comes in.
        InboundUrl = "callback_url_for_inbounds",
        /// What is called when it is known what became of a message.
        DeliveryUrl = "callback_url_for_deliveries",
        /// What is called when somebody wants to hear no more.
        OptOutUrl = "callback_url_for_blacklisted_numbers",
        /// What is called when a page is visited that a message led to; nothing here leads to one.
        VisitUrl = "callback_url_for_visits",
        /// To which e-mail addresses texts that come in are forwarded.
        InboundEmail = "email_for_inbounds",
        /// Which version of callbacks is spoken.
        ApiVersion = "api_version",
        /// Whether a callback about a text says more of it: `true` or `false`.
        InboundMetadata = "use_metadata_node_for_inbound",
    }
}

impl Parameter {
    /// Those that say what is called back about what happens here.
    pub(crate) const CALLBACKS: [Parameter; 3] =
        [Parameter::InboundUrl, Parameter::DeliveryUrl, Parameter::OptOutUrl];

    /// The parameter of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Parameter> {
        Parameter::ALL.into_iter().find(|parameter| parameter.as_str() == name)
    }

    /// A value as it is kept; nothing stays nothing. Phone numbers are E.164 then, and may have been written as those of
    /// `country`. [`Error::Invalid`] for a value that this cannot be.
    pub(super) fn read(self, value: &str, country: &str) -> Result<String> {
        let lines_max = if self.is_url() || self.is_email() { URLS_MAX } else { 1 };
        let fits = value.lines().count() <= lines_max && value.lines().all(|line| self.takes(line));
        match value.trim() {
            _ if !fits => Err(Error::invalid(self.as_str(), self.problem())),
            "" => Ok(String::new()),
            number if self.is_phone() => {
                phone::normalise(number, country).map_err(|problem| Error::invalid(self.as_str(), problem))
            }
            value => Ok(value.to_owned()),
        }
    }

    /// What a value must be.
    fn problem(self) -> String {
        match self {
            _ if self.is_url() => {
                format!(
                    "This must be at most {URLS_MAX} URLs, each of which begins with https:// or http:// and has at \
                     most {CHARS_MAX} characters."
                )
            }
            _ if self.is_email() => format!("This must be at most {URLS_MAX} e-mail addresses."),
            Parameter::AlertBound => {
                format!("This must be a whole number of units of credit, from 0 to {BOUND_MAX}.")
            }
            Parameter::AlertType => format!("This must be one of {}.", PRODUCTS.join(", ")),
            Parameter::InboundMetadata => "This must be true or false.".to_owned(),
            _ => format!("This must be a line of at most {CHARS_MAX} characters without control characters."),
        }
    }

    /// Whether it is what is called.
    #[must_use]
    pub fn is_url(self) -> bool {
        matches!(
            self,
            Parameter::InboundUrl | Parameter::DeliveryUrl | Parameter::OptOutUrl | Parameter::VisitUrl
        )
    }

    /// Whether it is what is written to.
    #[must_use]
    pub fn is_email(self) -> bool {
        matches!(self, Parameter::AlertEmails | Parameter::InboundEmail)
    }

    /// Whether it is a phone number.
    fn is_phone(self) -> bool {
        matches!(self, Parameter::AlertPhone | Parameter::TestPhone)
    }

    fn takes(self, line: &str) -> bool {
        let is_text = line.chars().count() <= CHARS_MAX && !line.chars().any(char::is_control);
        let is_web = || line.starts_with("https://") || line.starts_with("http://");
        let is_bound = || line.trim().parse::<i64>().is_ok_and(|units| (0..=BOUND_MAX).contains(&units));
        let is_email = || contact::email(line).is_some() && !line.contains(NOT_IN_EMAIL);
        is_text
            && (!self.is_url() || (is_web() && !line.contains(char::is_whitespace)))
            && (!self.is_email() || is_email())
            && (self != Parameter::AlertBound || is_bound())
            && (self != Parameter::AlertType || PRODUCTS.contains(&line))
            && (self != Parameter::InboundMetadata || matches!(line, "true" | "false"))
    }
}
