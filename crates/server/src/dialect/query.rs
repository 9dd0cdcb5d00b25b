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

    /// Every value of a parameter, in the three spellings of arrays that clients have: `k=a&k=b`, `k[]=a&k[]=b`, and
    /// `k[0]=a&k[1]=b` in the order of the indexes.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.placed(name).into_iter().map(|(_, value)| value).collect()
    }

    /// [`Query::all`], each with its place: its index where it has one, else how many without one come before it.
    pub(super) fn placed(&self, name: &str) -> Vec<(u32, &str)> {
        let mut before = 0..;
        let mut place = |known: &str| match known.strip_prefix(name)? {
            "" | "[]" => before.next(),
            rest => rest.strip_prefix('[')?.strip_suffix(']')?.parse().ok(),
        };
        let found = self.0.iter().filter_map(|(known, value)| Some((place(known)?, &**value)));
        let mut found: Vec<(u32, &str)> = found.collect();
        found.sort_by_key(|(place, _)| *place);
        found
    }

    fn one(&self, name: &'static str) -> Result<Option<&str>, Error> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Error::invalid(name, "This is given twice.")),
            (value, None) => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_read_in_every_spelling_and_in_its_order() {
        let all = |query: &str| Query::new(Some(query)).all("k").join(",");
        assert_eq!(all("k=a"), "a");
        assert_eq!(all("k=a&other=x&k=b"), "a,b");
        assert_eq!(all("k[]=a&k%5B%5D=b"), "a,b");
        assert_eq!(all("k[1]=b&k[0]=a&k[10]=d&k[2]=c"), "a,b,c,d");
        assert_eq!(all("k%5B1%5D=b&k%5B0%5D=a"), "a,b");
        assert_eq!(Query::new(Some("k[4]=b&k[1]=a")).placed("k"), [(1, "a"), (4, "b")]);
        assert_eq!(Query::new(Some("k=a&k=b")).placed("k"), [(0, "a"), (1, "b")]);
        assert_eq!(all("kk=a&k[x]=a&k[=a&k]=a&k[0=a&k[-1]=a&k[99999999999]=a&[0]=a"), "");
    }
}
