//! Parameters in a query, refused as a body is: each problem names the parameter.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use super::fault::Problem;
use crate::dialect::query::Query;

/// Items on a page, where a request does not say.
const LIMIT: i64 = 100;

/// Items on a page, at most; more is this many.
const LIMIT_MAX: i64 = 1_000;

const PAGINATION_LIMIT: HeaderName = HeaderName::from_static("x-pagination-limit");
const PAGINATION_SKIP: HeaderName = HeaderName::from_static("x-pagination-skip");
const PAGINATION_PAGE: HeaderName = HeaderName::from_static("x-pagination-page");
const PAGINATION_TOTAL: HeaderName = HeaderName::from_static("x-pagination-totalcount");

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    /// Items before it.
    pub(super) skip: i64,
    /// Items in it, at most; perhaps none.
    pub(super) limit: i64,
}

impl Paging {
    /// `limit`, and `skip` or `page`. Pages begin with 1; `page` counts where `skip` is 0 or absent, because two of the
    /// official clients always send `skip=0`.
    ///
    /// # Errors
    /// A [`Problem`] when one of them is no whole number from 0.
    pub(super) fn of(query: &Query<'_>) -> Result<Paging, Problem> {
        Paging::or(query, LIMIT)
    }

    /// [`Paging::of`], with another number of items where the request does not say.
    ///
    /// # Errors
    /// As for [`Paging::of`].
    pub(super) fn or(query: &Query<'_>, limit: i64) -> Result<Paging, Problem> {
        let limit = whole(query, "limit")?.unwrap_or(limit).min(LIMIT_MAX);
        let (skip, page) = (whole(query, "skip")?.unwrap_or(0), whole(query, "page")?.unwrap_or(0));
        let before = page.saturating_sub(1).max(0).saturating_mul(limit);
        Ok(Paging { skip: if skip > 0 { skip } else { before }, limit })
    }

    /// The page with the headers that say which it is, of `total` items.
    pub(super) fn show(self, mut response: Response, total: i64) -> Response {
        let headers = response.headers_mut();
        headers.insert(PAGINATION_LIMIT, HeaderValue::from(self.limit));
        headers.insert(PAGINATION_SKIP, HeaderValue::from(self.skip));
        headers.insert(PAGINATION_PAGE, HeaderValue::from(self.skip / self.limit.max(1) + 1));
        headers.insert(PAGINATION_TOTAL, HeaderValue::from(total));
        response
    }
}

/// A whole number from 0, if there is one.
///
/// # Errors
/// A [`Problem`] when it is none, or given twice.
pub(super) fn whole(query: &Query<'_>, name: &'static str) -> Result<Option<i64>, Problem> {
    let Some(text) = one(query, name, "integer")? else { return Ok(None) };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a(name, "integer"));
    }
    if digits.len() < text.len() && digits.bytes().any(|byte| byte != b'0') {
        let problem = Problem::new(format!(".{name}"), "minimum", "should be >= 0");
        return Err(problem.with("comparison", ">=").with("limit", "0"));
    }
    // A number too large to be one is as good as the largest: there is nothing behind either.
    Ok(Some(digits.parse().unwrap_or(i64::MAX)))
}

/// Yes or no; absent is no.
///
/// # Errors
/// A [`Problem`] when it is neither, or given twice.
pub(super) fn flag(query: &Query<'_>, name: &'static str) -> Result<bool, Problem> {
    match one(query, name, "boolean")? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(not_a(name, "boolean")),
    }
}

/// A text, if there is one.
///
/// # Errors
/// A [`Problem`] when it is given twice.
pub(super) fn text<'q>(query: &'q Query<'_>, name: &'static str) -> Result<Option<&'q str>, Problem> {
    one(query, name, "string")
}

/// Some of these words, in the order in which they are given.
///
/// # Errors
/// A [`Problem`] that names the first that is another.
pub(super) fn words<T: Copy>(
    query: &Query<'_>,
    name: &'static str,
    words: &[(&str, T)],
) -> Result<Vec<T>, Problem> {
    Ok(placed_words(query, name, words)?.into_iter().map(|(_, word)| word).collect())
}

/// [`words`], each with its place in the array.
///
/// # Errors
/// A [`Problem`] that names the first that is another.
pub(super) fn placed_words<T: Copy>(
    query: &Query<'_>,
    name: &'static str,
    words: &[(&str, T)],
) -> Result<Vec<(u32, T)>, Problem> {
    let meant = |(at, word): (u32, &str)| {
        let known = words.iter().find(|(known, _)| *known == word);
        known.map(|(_, value)| (at, *value)).ok_or_else(|| other_word(format!(".{name}[{at}]"), words))
    };
    query.placed(name).into_iter().map(meant).collect()
}

/// One of these words, if there is one.
///
/// # Errors
/// A [`Problem`] when it is another, or given twice.
pub(super) fn word<T: Copy>(
    query: &Query<'_>,
    name: &'static str,
    all: &[(&str, T)],
) -> Result<Option<T>, Problem> {
    let Some(text) = text(query, name)? else { return Ok(None) };
    let known = all.iter().find(|(known, _)| *known == text).map(|(_, value)| *value);
    known.map(Some).ok_or_else(|| other_word(format!(".{name}"), all))
}

/// A text that is none of the words there may be.
fn other_word<T>(path: String, all: &[(&str, T)]) -> Problem {
    let allowed: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
    Problem::new(path, "enum", "should be equal to one of the allowed values")
        .with("allowedValues", allowed.join(","))
}

fn one<'q>(query: &'q Query<'_>, name: &'static str, kind: &'static str) -> Result<Option<&'q str>, Problem> {
    match query.all(name)[..] {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err(not_a(name, kind)),
    }
}

fn not_a(name: &str, kind: &'static str) -> Problem {
    Problem::new(format!(".{name}"), "type", format!("should be {kind}")).with("type", kind)
}
