//! What the markers of a JPEG say, read before a pixel is decoded (ITU-T T.81, annex B).
//!
//! The decoder fills what is missing of a truncated file with grey and takes any number of passes over a picture; here
//! the first is refused and the second is limited.

use super::refusal::Refusal;

/// Real encoders write about ten; each pass walks over the whole picture again.
const SCANS_MAX: usize = 100;

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

pub(super) struct Outline {
    /// What the decoder holds beside the picture, in bytes.
    pub(super) working_bytes: u64,
}

/// Reads the markers of a whole JPEG; refuses one without an end and one of too many scans.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Refusal> {
    let mut coefficient_bytes = 0;
    let mut scans = 0;
    for (marker, segment) in (Markers { rest: bytes.get(2..).unwrap_or_default() }) {
        match marker {
            0xC0..=0xC3 => coefficient_bytes = coefficients(segment),
            START_OF_SCAN => scans += 1,
            END_OF_IMAGE => {
                // One pass is decoded row by row; several are gathered first.
                let working_bytes = if scans > 1 { coefficient_bytes } else { 0 };
                return Ok(Outline { working_bytes });
            }
            _ => {}
        }
        if scans > SCANS_MAX {
            return Err(Refusal::TooManyScans);
        }
    }
    Err(Refusal::Damaged)
}

/// Two bytes for each sample of each component, from the frame header.
fn coefficients(frame: &[u8]) -> u64 {
    let [_, h1, h0, w1, w0, _, components @ ..] = frame else { return 0 };
    let area = u64::from(u16::from_be_bytes([*h1, *h0])) * u64::from(u16::from_be_bytes([*w1, *w0]));
    let samplings = components
        .chunks_exact(3)
        .map(|component| u64::from(component[1] >> 4) * u64::from(component[1] & 15));
    let largest = samplings.clone().max().unwrap_or(1).max(1);
    2 * area * samplings.sum::<u64>() / largest
}

/// Each marker with its segment, skipping the compressed data in between.
struct Markers<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Markers<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        // Inside compressed data 0xFF is followed by 0 (a plain 0xFF) or D0 to D7 (a restart); before a marker it may repeat.
        let at = self
            .rest
            .windows(2)
            .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 1 | 0xD0..=0xD8 | 0xFF))?;
        let marker = self.rest[at + 1];
        self.rest = &self.rest[at + 2..];
        if marker == END_OF_IMAGE {
            return Some((marker, &[]));
        }
        let length = usize::from(u16::from_be_bytes(*self.rest.first_chunk()?)).max(2);
        let (segment, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((marker, &segment[2..]))
    }
}
