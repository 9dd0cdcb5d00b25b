//! Parts of a file (RFC 9110 §14): one range of bytes is served, anything else gets the whole.

use std::ops::Range;

use super::fault::Refused;

/// The part that a `Range` header asks for of a file of `size` bytes; `None` for the whole. More than one range, and
/// what is no range of bytes, may be answered with the whole (§14.2).
///
/// # Errors
/// [`Refused::Range`] when the file has nothing there.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Result<Option<Range<u64>>, Refused> {
    let Some((first, last)) = header.and_then(single) else { return Ok(None) };
    let range = match (first, last) {
        (Some(first), Some(last)) if last < first => return Ok(None),
        (Some(first), last) => first..last.map_or(size, |last| last.saturating_add(1).min(size)),
        (None, Some(length)) => size.saturating_sub(length)..size,
        (None, None) => return Ok(None),
    };
    if range.is_empty() { Err(Refused::Range(size)) } else { Ok(Some(range)) }
}

/// The two numbers of the one range, each of which may be missing.
fn single(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, ranges) = header.split_once('=')?;
    let (first, last) = ranges.trim().split_once('-')?;
    let is_bytes = unit.trim().eq_ignore_ascii_case("bytes");
    Some((number(first)?, number(last)?)).filter(|_| is_bytes)
}

/// A number or nothing; `None` for anything else, also for the comma of a second range.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    // A number too large to be read lies behind the end of every file.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_ten(header: &str) -> Option<Range<u64>> {
        wanted(Some(header), 10).unwrap()
    }

    #[test]
    fn one_range_is_understood_and_cut_to_what_there_is() {
        assert_eq!(of_ten("bytes=0-3"), Some(0..4));
        assert_eq!(of_ten("bytes=4-"), Some(4..10));
        assert_eq!(of_ten("bytes=-3"), Some(7..10));
        assert_eq!(of_ten("bytes=-30"), Some(0..10));
        assert_eq!(of_ten("Bytes = 2-99999999999999999999999"), Some(2..10));
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_the_whole() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=3-2",
            "bytes=0-1,4-5",
            "lines=1-2",
            "bytes=+1-2",
            "bytes=--1",
        ] {
            assert_eq!(of_ten(header), None, "{header}");
        }
        assert!(wanted(None, 10).unwrap().is_none());
    }

    #[test]
    fn a_range_behind_the_end_is_refused() {
        for header in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert!(matches!(wanted(Some(header), 10), Err(Refused::Range(10))), "{header}");
        }
    }
}
