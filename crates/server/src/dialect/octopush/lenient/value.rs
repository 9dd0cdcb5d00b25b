//! One value: cast, else stripped, else nothing.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parlance_engine::Time;
use serde_json::{Number, Value};

/// Times without an offset are by these clocks, as those of the original are (contract §3.1).
const PARIS: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// Whole numbers up to this are exact when they come with a point.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// See [`super::Fields::text`].
pub(super) fn text(value: &Value) -> Option<String> {
    match one(value)? {
        Value::String(text) => Some(text.chars().filter(|c| !c.is_control() || is_blank(*c)).collect()),
        Value::Number(number) => Some(spelled(number)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// See [`super::Fields::line`].
pub(super) fn line(value: &Value) -> Option<String> {
    let line = text(value)?.replace(is_blank, " ");
    Some(line.trim()).filter(|line| !line.is_empty()).map(str::to_owned)
}

/// See [`super::Fields::whole`].
pub(super) fn whole(value: &Value) -> Option<i64> {
    match one(value)? {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::String(text) => whole_in(text.trim()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// See [`super::Fields::flag`].
pub(super) fn flag(value: &Value) -> Option<bool> {
    match one(value)? {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_f64().map(|float| float != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" | "t" | "1" => Some(true),
            "false" | "no" | "off" | "n" | "f" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// See [`super::Fields::time`].
pub(super) fn time(value: &Value) -> Option<Time> {
    let text = line(value)?;
    // In a query a `+` that was not escaped has become a blank.
    let mended = || text.replace(' ', "+").parse::<Timestamp>().ok();
    let moment = text.parse().ok().or_else(|| in_paris(&text)).or_else(mended).or_else(|| counted(&text));
    moment.map(|moment: Timestamp| Time(moment.as_microsecond()))
}

/// The values of a list: of an array, of an object whose names are all numbers, or the one that there is.
pub(super) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => {
            let placed = members.iter().map(|(at, item)| Some((at.parse::<u32>().ok()?, item)));
            let Some(mut placed) = placed.collect::<Option<Vec<_>>>() else { return vec![value] };
            placed.sort_by_key(|(at, _)| *at);
            placed.into_iter().map(|(_, item)| item).collect()
        }
        plain => vec![plain],
    }
}

/// Where one value is wanted and several are given, the last of them counts.
fn one(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.last(),
        plain => Some(plain),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t')
}

/// A number as a person would write it: 3.0 is `3`.
fn spelled(number: &Number) -> String {
    let whole = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT);
    match whole {
        Some(float) if number.is_f64() => (float as i64).to_string(),
        _ => number.to_string(),
    }
}

/// The number that a text is, or the one that is left when everything but digits is taken out.
fn whole_in(text: &str) -> Option<i64> {
    let float = || text.parse::<f64>().ok().filter(|float| float.is_finite()).map(|float| float as i64);
    text.parse().ok().or_else(float).or_else(|| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let sign = if text.starts_with('-') { -1 } else { 1 };
        (!digits.is_empty()).then(|| digits.parse::<i64>().unwrap_or(i64::MAX) * sign)
    })
}

/// A time without an offset.
fn in_paris(text: &str) -> Option<Timestamp> {
    let clock = TimeZone::posix(PARIS).expect("the rule of Paris is one");
    Some(clock.to_ambiguous_zoned(text.parse::<DateTime>().ok()?).compatible().ok()?.timestamp())
}

/// Seconds since 1970.
fn counted(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.parse().ok()?).ok()
}
