//! What an e-mail looks like: in plain text and in HTML, which say the same.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::Message;
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use parlance_engine::credential::link::Recipient;
use parlance_engine::notice::{Digest, Line};
use parlance_engine::{Time, WorkspaceId};

use super::text::{escaped, lines, one_line, unencoded, unlinked};
use crate::app::Links;

/// Of a title, in characters.
const TITLE_CHARS_MAX: usize = 120;

/// Of a name, in characters.
const NAME_CHARS_MAX: usize = 80;

/// Of one message, in characters; the rest is read where the link leads.
const BODY_CHARS_MAX: usize = 2_000;

/// Everything that makes an e-mail.
pub(super) struct Letter<'a> {
    pub(super) digest: &'a Digest,
    pub(super) workspace: WorkspaceId,
    pub(super) from: &'a Mailbox,
    pub(super) links: &'a Links,
    pub(super) now: Time,
}

impl Letter<'_> {
    /// The e-mail; a sentence for the log when there can be none, as to an address that is none.
    pub(super) fn compose(&self) -> Result<Message, String> {
        let thread = self.id(None);
        let unsubscribe = self.unsubscribe();
        let builder = Message::builder()
            .from(self.from.clone())
            .to(self.recipient()?)
            .date(moment(self.now))
            .subject(format!("[#{}] {}", self.digest.short_id, unencoded(&self.title())))
            .message_id(Some(self.id(Some(self.digest.since_index))))
            .in_reply_to(thread.clone())
            .references(thread)
            .raw_header(header("List-Unsubscribe", format!("<{unsubscribe}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()))
            .raw_header(header("Auto-Submitted", "auto-generated".into()));
        let parts = MultiPart::alternative_plain_html(self.plain(), self.html());
        builder.multipart(parts).map_err(|problem| format!("the e-mail cannot be composed: {problem}"))
    }

    fn recipient(&self) -> Result<Mailbox, String> {
        let facts = &self.digest.recipient.facts;
        let address: Result<Address, _> = facts.email.as_deref().unwrap_or_default().parse();
        let address = address.map_err(|_| "the recipient's address is no e-mail address".to_owned())?;
        let name = facts.name.as_deref().map(|name| unencoded(&one_line(name, NAME_CHARS_MAX)));
        Ok(Mailbox::new(name.filter(|name| !name.is_empty()), address))
    }

    /// The Message-ID of the e-mail about what came after message `since`, the same however often it is tried; `None`
    /// for that of the conversation, which no e-mail bears and all of them answer to.
    fn id(&self, since: Option<i64>) -> String {
        let claim = &self.digest.claim;
        let since = since.map(|index| format!("{index}.")).unwrap_or_default();
        format!("<{since}{}.{}@{}>", claim.conversation, claim.person, self.from.email.domain())
    }

    fn unsubscribe(&self) -> String {
        self.links.unsubscribe(&Recipient { workspace: self.workspace, person: self.digest.claim.person })
    }

    fn title(&self) -> String {
        let title = one_line(&self.digest.title, TITLE_CHARS_MAX);
        if title.is_empty() { "Conversation".to_owned() } else { title }
    }

    fn heading(&self) -> String {
        format!("New in “{}” (#{}):", unlinked(&self.title()), self.digest.short_id)
    }

    fn plain(&self) -> String {
        let mut text = format!("{}\n", self.heading());
        if let Some(earlier) = self.earlier() {
            let _ = write!(text, "\n{earlier}\n");
        }
        for line in &self.digest.lines {
            let quoted = body(line).replace('\n', "\n> ");
            let _ = write!(text, "\n{}\n> {quoted}\n", said(line));
        }
        let (home, unsubscribe) = (self.links.home(), self.unsubscribe());
        let _ = write!(text, "\nRead and answer: {home}\n\nNo more of these e-mails: {unsubscribe}\n");
        text
    }

    fn html(&self) -> String {
        let mut html =
            String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"></head><body>\n");
        let _ = writeln!(html, "<p dir=\"auto\">{}</p>", escaped(&self.heading()));
        if let Some(earlier) = self.earlier() {
            let _ = writeln!(html, "<p>{earlier}</p>");
        }
        for line in &self.digest.lines {
            let (said, body) = (escaped(&said(line)), escaped(&body(line)).replace('\n', "<br>\n"));
            let _ = writeln!(
                html,
                "<p dir=\"auto\"><b>{said}</b></p>\n<blockquote dir=\"auto\">{body}</blockquote>"
            );
        }
        let (home, unsubscribe) = (escaped(self.links.home()), escaped(&self.unsubscribe()));
        let _ = writeln!(html, "<p><a href=\"{home}\">Read and answer</a></p>");
        let _ =
            writeln!(html, "<p><a href=\"{unsubscribe}\">No more of these e-mails</a></p>\n</body></html>");
        html
    }

    fn earlier(&self) -> Option<String> {
        match self.digest.more {
            ..=0 => None,
            1 => Some("One earlier message is not shown here.".to_owned()),
            more => Some(format!("{more} earlier messages are not shown here.")),
        }
    }
}

/// Who said it, and when.
fn said(line: &Line) -> String {
    let name =
        line.author.as_deref().map(|name| one_line(name, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
    let name = unlinked(name.as_deref().unwrap_or("Somebody"));
    let internal = if line.internal { ", for agents alone" } else { "" };
    format!("{name}, {}{internal}", clock(line.created_at))
}

/// A moment for people.
pub(super) fn clock(at: Time) -> String {
    let at = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{} UTC", at.strftime("%-d %B %Y, %H:%M"))
}

/// What was said, and that there is more to it than words.
fn body(line: &Line) -> String {
    let mut text = unlinked(&lines(&line.body, BODY_CHARS_MAX));
    if line.attachment_count > 0 {
        let files = if line.attachment_count == 1 { "file" } else { "files" };
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}[{} {files}]", line.attachment_count);
    }
    text
}

pub(super) fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

pub(super) fn moment(at: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(at.0).unwrap_or(0))
}
