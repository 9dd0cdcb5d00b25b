//! Parameters in a query: read one by one, each with its range, so that a refusal can name the one that is wrong.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use parlance_engine::Error;

/// The parameters of a request.
pub(super) struct Query<'q>(Vec<(Cow<'q, str>, Cow<'q, str>)>);

impl<'q> Query<'q> {
    /// Reads what stands behind the `?`; nothing is no parameters.
    pub(super) fn new(raw: Option<&'q str>) -> Query<'q> {
        Query(form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).collect())
    }

    /// A whole number. [`Error::Invalid`] when it is none, out of range, or given twice.
    pub(super) fn number(
        &self,
        name: &'static str,
        range: RangeInclusive<i64>,
        default: i64,
    ) -> Result<i64, Error> {
        let Some(text) = self.one(name)? else { return Ok(default) };
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && range.contains(number));
        number.ok_or_else(|| {
            let (from, to) = range.into_inner();
            let most = if to == i64::MAX { String::new() } else { format!(" to {to}") };
            Error::invalid(name, format!("This must be a whole number from {from}{most}."))
        })
    }

    /// One of a few words. [`Error::Invalid`] when it is another, or given twice.
    pub(super) fn word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&str, T)],
        default: T,
    ) -> Result<T, Error> {
        let Some(text) = self.one(name)? else { return Ok(default) };
        let known = words.iter().find(|(word, _)| *word == text);
        known.map(|(_, value)| *value).ok_or_else(|| {
            let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Error::invalid(name, format!("This must be one of: {}.", list.join(", ")))
        })
    }

    fn one(&self, name: &'static str) -> Result<Option<&str>, Error> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Error::invalid(name, "This is given twice.")),
            (value, None) => Ok(value),
        }
    }
}
