use std::fmt;

use image::ImageError;

use super::webp::LOSSLESS_BYTES_MAX;
use super::{CLEAN_BYTES_MAX, PIXELS_MAX, SIDE_MAX, UPLOAD_BYTES_MAX};

/// Why an upload does not become a picture. `Display` is the sentence that the sender reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// None of the formats that are taken.
    NotAnImage,
    /// So many bytes, and so few are allowed: [`UPLOAD_BYTES_MAX`].
    TooManyBytes(usize),
    /// Too wide, too high or too large an area.
    TooManyPixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Decoding it would take too much memory.
    TooMuchMemory,
    /// An animation of too many frames.
    TooManyFrames,
    /// A progressive image of too many passes.
    TooManyScans,
    /// A lossless WebP that takes too long to decode.
    LongLosslessWebp,
    /// It grew when it was encoded anew.
    TooLargeWhenClean,
    /// It uses what the decoder does not know.
    Unsupported,
    /// It breaks off or makes no sense.
    Damaged,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnImage => f.write_str("This is not a PNG, JPEG, WebP or GIF image."),
            Self::TooManyBytes(bytes) => {
                write!(f, "The image has {bytes} bytes; at most {UPLOAD_BYTES_MAX} are allowed.")
            }
            Self::TooManyPixels { width, height } => write!(
                f,
                "The image is {width} × {height} pixels; at most {SIDE_MAX} on a side and {} million in all are allowed.",
                PIXELS_MAX / 1_000_000
            ),
            Self::TooMuchMemory => f.write_str("The image takes too much memory to decode."),
            Self::TooManyFrames => f.write_str("The animation has too many frames."),
            Self::TooManyScans => f.write_str("The image is stored in too many passes."),
            Self::LongLosslessWebp => write!(
                f,
                "A lossless WebP may have at most {} MB; as a PNG it is allowed.",
                LOSSLESS_BYTES_MAX / (1024 * 1024)
            ),
            Self::TooLargeWhenClean => write!(
                f,
                "The image would take more than {} MB without its metadata.",
                CLEAN_BYTES_MAX / (1024 * 1024)
            ),
            Self::Unsupported => f.write_str("The image uses a feature that is not supported."),
            Self::Damaged => f.write_str("The image is damaged or incomplete."),
        }
    }
}

impl From<ImageError> for Refusal {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooMuchMemory,
            ImageError::Unsupported(_) => Self::Unsupported,
            _ => Self::Damaged,
        }
    }
}
