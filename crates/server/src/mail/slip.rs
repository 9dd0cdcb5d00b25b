//! What the e-mail about a memo looks like: in plain text and in HTML, which say the same.

use std::fmt::Write;

use lettre::Message;
use lettre::address::Address;
use lettre::message::{Mailbox, MultiPart};
use parlance_engine::Time;
use parlance_engine::channel::Channel;
use parlance_engine::credit::UNIT_MICRO;
use parlance_engine::memo::{Low, Memo, Occasion, Text};

use super::compose::{clock, header, moment};
use super::text::{escaped, lines, one_line, unencoded, unlinked};
use crate::app::Links;

/// Of a name or an address, in characters.
const NAME_CHARS_MAX: usize = 80;

/// Of a text that came in, in characters: as long as any is.
const BODY_CHARS_MAX: usize = 8_000;

/// Everything that makes an e-mail.
pub(super) struct Slip<'a> {
    pub(super) memo: &'a Memo,
    pub(super) from: &'a Mailbox,
    pub(super) links: &'a Links,
    pub(super) now: Time,
}

impl Slip<'_> {
    /// The e-mail; a sentence for the log when there can be none, as to an address that is none.
    pub(super) fn compose(&self) -> Result<Message, String> {
        let address: Result<Address, _> = self.memo.address.parse();
        let address = address.map_err(|_| "the address of a memo is no e-mail address".to_owned())?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .date(moment(self.now))
            .subject(unencoded(&self.subject()))
            .message_id(Some(self.id(&self.memo.claim.id.to_string())))
            .raw_header(header("Auto-Submitted", "auto-generated".into()));
        if let Occasion::Text(text) = &self.memo.occasion {
            let thread = self.id(&format!("texts.{}", text.conversation));
            builder = builder.in_reply_to(thread.clone()).references(thread);
        }
        let parts = MultiPart::alternative_plain_html(self.plain(), self.html());
        builder.multipart(parts).map_err(|problem| format!("the e-mail cannot be composed: {problem}"))
    }

    /// The same however often it is tried.
    fn id(&self, name: &str) -> String {
        format!("<{name}@{}>", self.from.email.domain())
    }

    fn subject(&self) -> String {
        match &self.memo.occasion {
            Occasion::Text(text) => format!("Text from {} to {}", who(text), our_end(text)),
            Occasion::Credit(_) => format!("The credit of {} is low", self.workspace()),
        }
    }

    fn workspace(&self) -> String {
        one_line(&self.memo.workspace_name, NAME_CHARS_MAX)
    }

    /// What happened, in one sentence.
    fn heading(&self) -> String {
        let at = clock(self.memo.happened_at);
        let sentence = match &self.memo.occasion {
            Occasion::Text(text) => {
                let by = if text.channel == Channel::Sms { "" } else { text.channel.as_str() };
                let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
                format!("{} wrote to {}{by}, {at}:", who(text), our_end(text))
            }
            Occasion::Credit(Low { balance_micro, bound_micro }) => format!(
                "{} has {} left, which is no more than the {} below which you want to know of it; {at}.",
                self.workspace(),
                money(*balance_micro),
                money(*bound_micro)
            ),
        };
        unlinked(&sentence)
    }

    /// What was written.
    fn body(&self) -> Option<String> {
        match &self.memo.occasion {
            Occasion::Text(text) => Some(unlinked(&lines(&text.body, BODY_CHARS_MAX))),
            Occasion::Credit(_) => None,
        }
    }

    /// Why this comes.
    fn reason(&self) -> String {
        let (what, parameter) = match self.memo.occasion {
            Occasion::Text(_) => ("texts that come in", "email_for_inbounds"),
            Occasion::Credit(_) => ("low credit", "alert_emails_to"),
        };
        let workspace = unlinked(&self.workspace());
        format!("An account of {workspace} has named this address for {what}, by its parameter {parameter}.")
    }

    fn plain(&self) -> String {
        let mut text = format!("{}\n", self.heading());
        if let Some(body) = self.body() {
            let _ = write!(text, "\n> {}\n", body.replace('\n', "\n> "));
        }
        let _ = write!(text, "\n{}\n{}\n", self.links.home(), self.reason());
        text
    }

    fn html(&self) -> String {
        let mut html =
            String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"></head><body>\n");
        let _ = writeln!(html, "<p dir=\"auto\">{}</p>", escaped(&self.heading()));
        if let Some(body) = self.body() {
            let body = escaped(&body).replace('\n', "<br>\n");
            let _ = writeln!(html, "<blockquote dir=\"auto\">{body}</blockquote>");
        }
        let home = escaped(self.links.home());
        let _ = writeln!(html, "<p><a href=\"{home}\">{home}</a></p>");
        let _ = writeln!(html, "<p dir=\"auto\">{}</p>\n</body></html>", escaped(&self.reason()));
        html
    }
}

/// Who wrote, by name and address.
fn who(text: &Text) -> String {
    let address = one_line(&text.from, NAME_CHARS_MAX);
    match text.name.as_deref().map(|name| one_line(name, NAME_CHARS_MAX)).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({address})"),
        None => address,
    }
}

fn our_end(text: &Text) -> String {
    one_line(&text.our_address, NAME_CHARS_MAX)
}

/// Millionths as they are shown to people: with two places, or as many more as there are.
fn money(micro: i64) -> String {
    let places = format!("{:06}", micro % UNIT_MICRO);
    format!("{}.{:0<2}", micro / UNIT_MICRO, places.trim_end_matches('0'))
}
