//! The log: text for people or one JSON object a line, with the id of the request that a line belongs to.
//!
//! Bodies, tokens and query strings are never written; paths under `/uploads/`, `/files/` and others that are keys to
//! what lies there, are cut short.

use std::borrow::Cow;
use std::fmt;
use std::io::IsTerminal as _;

use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Compact, Format, FormatEvent, FormatFields, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, Layer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::request_id::RequestId;
use crate::config::LogFormat;

/// Beginnings of paths whose rest is a secret.
const SECRET_PATHS: [&str; 5] =
    ["/uploads/", "/files/", "/unsubscribe/", "/v2/file-upload-tokens/", "/v2/file-token-rules/"];

/// Starts logging to standard error, for the whole process. `filter` is what the configuration calls `log`.
///
/// # Errors
/// When the filter is not one, or something else logs already.
pub fn install(filter: &str, format: LogFormat) -> Result<(), String> {
    let targets: Targets = filter.parse().map_err(|problem| format!("log: {problem}"))?;
    let as_text = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let lines = Layer::new().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(targets);
    let started = match as_text {
        true => registry.with(lines.event_format(Text(Format::default().compact()))).try_init(),
        false => {
            let json =
                Format::default().json().flatten_event(true).with_current_span(false).with_span_list(false);
            registry.with(lines.fmt_fields(JsonFields::new()).event_format(Object(json))).try_init()
        }
    };
    started.map_err(|problem| problem.to_string())?;
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote what somebody wrote, so only a fixed one is shown.
        let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        tracing::error!(message, place, "panic");
    }));
    Ok(())
}

/// `path` as it may be logged.
pub fn redacted(path: &str) -> Cow<'_, str> {
    match SECRET_PATHS.iter().find(|secret| path.starts_with(**secret) && path.len() > secret.len()) {
        Some(secret) => Cow::Owned(format!("{secret}…")),
        None => Cow::Borrowed(path),
    }
}

/// Lines for people: the request's id comes first.
struct Text(Format<Compact>);

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, cx: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if let Some(id) = RequestId::current() {
            write!(to, "[{id}] ")?;
        }
        self.0.format_event(cx, to, event)
    }
}

/// Lines for programs: the request's id is the first member.
struct Object(Format<Json>);

impl<S, N> FormatEvent<S, N> for Object
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, cx: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(id) = RequestId::current() else { return self.0.format_event(cx, to, event) };
        let mut line = String::new();
        self.0.format_event(cx, Writer::new(&mut line), event)?;
        // An id holds nothing that JSON would escape.
        write!(to, "{{\"request_id\":\"{id}\",{}", line.trim_start_matches('{'))
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn what_is_a_key_to_something_is_not_logged() {
        assert_eq!(redacted("/uploads/s3cret"), "/uploads/…");
        assert_eq!(redacted("/files/s3cret/a.png"), "/files/…");
        assert_eq!(redacted("/unsubscribe/s3cret"), "/unsubscribe/…");
        assert_eq!(redacted("/v2/file-upload-tokens/s3cret/rules"), "/v2/file-upload-tokens/…");
        assert_eq!(redacted("/conversations/1"), "/conversations/1");
    }

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_of_a_request_carries_its_id() {
        let written = Written::default();
        let writer = written.clone();
        let lines = Layer::new().with_writer(move || writer.clone()).fmt_fields(JsonFields::new());
        let json = Format::default().json().flatten_event(true);
        let subscriber = tracing_subscriber::registry().with(lines.event_format(Object(json)));
        let id = RequestId::of(&Default::default(), false);
        tracing::subscriber::with_default(subscriber, || {
            id.during(|| tracing::info!(answer = 42, "inside"));
            tracing::info!("outside");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["request_id"], id.to_string());
        assert_eq!(lines[0]["answer"], 42);
        assert_eq!(lines[1].get("request_id"), None);
    }
}
