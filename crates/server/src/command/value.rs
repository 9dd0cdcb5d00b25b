//! The kinds of value in commands that are more than text or a whole number.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use parlance_engine::Time;
use serde::{Deserialize, Serialize};

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("expected on or off"),
    }
}

/// A moment, spelled in RFC 3339 and shown in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Moment(pub(super) Time);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let moment: Result<Timestamp, _> = text.parse();
        moment
            .map(|moment| Moment(Time(moment.as_microsecond())))
            .map_err(|_| "expected a time such as 2026-01-31T12:00:00Z".to_owned())
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0.0) {
            Ok(moment) => write!(to, "{moment:.6}"),
            // Before or after the years that RFC 3339 can spell.
            Err(_) => write!(to, "{} µs", self.0.0),
        }
    }
}

/// When a token ends: `30d` from now, or at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    /// So many seconds after the token is minted.
    After(i64),
    /// At this moment.
    At(Moment),
}

impl End {
    pub(super) fn time(self, now: Time) -> Time {
        match self {
            End::After(seconds) => now.plus_seconds(seconds),
            End::At(moment) => moment.0,
        }
    }
}

impl FromStr for End {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse() {
            return Ok(End::At(moment));
        }
        let seconds = text.char_indices().next_back().and_then(|(at, unit)| {
            let count: i64 = text[..at].parse::<u32>().ok()?.into();
            Some(count * unit_seconds(unit)?)
        });
        let expected = "expected a time such as 2026-01-31T12:00:00Z, or a span such as 90m, 12h, 30d or 8w";
        seconds.map(End::After).ok_or_else(|| expected.to_owned())
    }
}

fn unit_seconds(unit: char) -> Option<i64> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        'w' => Some(604_800),
        _ => None,
    }
}

/// A figure with at most three places after the point, such as a rating of 4.9; kept in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub(super) struct Milli(pub(super) i64);

/// Far below where a double loses thousandths.
const FIGURE_MAX: f64 = 1e9;

impl TryFrom<f64> for Milli {
    type Error = String;

    fn try_from(figure: f64) -> Result<Self, String> {
        let milli = (figure * 1_000.0).round();
        let fits = (0.0..=FIGURE_MAX).contains(&figure) && milli / 1_000.0 == figure;
        let expected =
            "expected a number of 0 or more with at most three places after the point, such as 4.9";
        if fits { Ok(Milli(milli as i64)) } else { Err(expected.to_owned()) }
    }
}

impl From<Milli> for f64 {
    fn from(figure: Milli) -> f64 {
        figure.0 as f64 / 1_000.0
    }
}

impl FromStr for Milli {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().unwrap_or(f64::NAN).try_into()
    }
}

/// Money with at most six places after the point, such as 99.95; kept in millionths, and digit by digit, so that nothing
/// is rounded on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Money(pub(super) i64);

/// Digits before the point, at most.
const MONEY_DIGITS_MAX: usize = 12;

/// Digits after it, at most: millionths.
const MONEY_PLACES: usize = 6;

impl FromStr for Money {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |text: &str, max| (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let fits = digits(whole, MONEY_DIGITS_MAX) && digits(places, MONEY_PLACES);
        let micros = fits.then(|| format!("{whole}{places:0<MONEY_PLACES$}").parse().ok()).flatten();
        let expected =
            "expected an amount of 0 or more with at most six places after the point, such as 99.95";
        micros.map(Money).ok_or_else(|| expected.to_owned())
    }
}

impl TryFrom<String> for Money {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

/// With at least two places after the point.
impl fmt::Display for Money {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, micros) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let places = format!("{:06}", micros % 1_000_000);
        let shown = places.trim_end_matches('0');
        write!(to, "{sign}{}.{shown:0<2}", micros / 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_span_or_a_moment_is_an_end() {
        let now = Time(1_000_000);
        for (text, seconds) in
            [("45s", 45), ("90m", 5_400), ("12h", 43_200), ("30d", 2_592_000), ("8w", 4_838_400)]
        {
            assert_eq!(text.parse::<End>().map(|end| end.time(now)), Ok(now.plus_seconds(seconds)), "{text}");
        }
        assert_eq!("1970-01-01T01:00:01+01:00".parse::<End>().map(|end| end.time(Time(0))), Ok(now));
        for text in ["", "d", "30", "-1d", "1.5d", "30 d", "30é", "99999999999d", "tomorrow", "2026-01-31"] {
            assert!(text.parse::<End>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_figure_has_at_most_three_places() {
        for (text, milli) in [("4.9", 4_900), ("0", 0), ("0.001", 1), ("1000000000", 1_000_000_000_000)] {
            assert_eq!(text.parse(), Ok(Milli(milli)), "{text}");
        }
        for text in ["4.9999", "-1", "NaN", "inf", "1e10", "", "four"] {
            assert!(text.parse::<Milli>().is_err(), "{text}");
        }
    }

    #[test]
    fn money_is_read_to_the_millionth() {
        let texts =
            [("100", 100_000_000), ("0.05", 50_000), ("0", 0), ("99.95", 99_950_000), ("0.000001", 1)];
        for (text, micros) in texts {
            assert_eq!(text.parse(), Ok(Money(micros)), "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.0000001", "1,5", "NaN", "1234567890123", " 1"]
        {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
        assert_eq!(
            [Money(100_000_000), Money(-50_000), Money(1)].map(|m| m.to_string()),
            ["100.00", "-0.05", "0.000001"]
        );
    }

    proptest! {
        #[test]
        fn money_is_read_as_it_is_shown(micros in 0_i64..1_000_000_000_000_000_000) {
            prop_assert_eq!(Money(micros).to_string().parse(), Ok(Money(micros)));
        }

        #[test]
        fn a_moment_is_read_as_it_is_shown(micros in -62_135_596_800_000_000_i64..253_402_207_200_000_000) {
            let moment = Moment(Time(micros));
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }

        #[test]
        fn a_figure_is_read_as_it_is_shown(milli in 0_i64..=1_000_000_000_000) {
            let json = serde_json::to_string(&Milli(milli)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Milli>(&json).unwrap(), Milli(milli));
            prop_assert_eq!(json.parse(), Ok(Milli(milli)));
        }

        #[test]
        fn no_text_is_a_value_by_accident(text in ".{0,30}") {
            let _ = (text.parse::<Moment>(), text.parse::<End>(), text.parse::<Milli>(), text.parse::<Money>(), switch(&text));
        }
    }
}
