//! How this dialect spells moments and money.

use jiff::tz::Offset;
use parlance_engine::Time;
use serde::{Serialize, Serializer};

/// ISO 8601 with an offset and without fractions of a second.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) Time);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let moment = jiff::Timestamp::from_microsecond(self.0.0).map_err(serde::ser::Error::custom)?;
        to.collect_str(&format_args!("{:.0}", moment.display_with_offset(Offset::UTC)))
    }
}

/// Millionths as the number they mean: 33,300 is `0.0333`, 5,000,000 is `5`.
#[derive(Clone, Copy)]
pub(super) struct Micro(pub(super) i64);

impl Serialize for Micro {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 % 1_000_000 {
            0 => to.serialize_i64(self.0 / 1_000_000),
            _ => to.serialize_f64(self.0 as f64 / 1_000_000.0),
        }
    }
}
