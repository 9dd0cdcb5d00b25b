use std::fmt;

use parlance_engine::file::{Rules, Unusable};

use crate::picture;

/// Why an upload is not taken. `Display` is the sentence that the sender reads; it holds the words by which the
/// official web client of mittwald knows what went wrong (contract §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// More than this many bytes.
    TooLarge(i64),
    /// Its name cannot be used.
    Name(Unusable),
    /// Its name or its sender says that it is something which may not be uploaded here.
    NotAllowed {
        /// What it is said to be.
        what: String,
        /// What there may be.
        allowed: String,
    },
    /// It is not what its name says.
    Mismatch {
        /// The ending of its name.
        extension: String,
    },
    /// It could harm whoever opens it.
    Unsafe(&'static str),
    /// An archive of nothing.
    EmptyArchive,
    /// Nobody can look into it.
    Encrypted,
    /// An image with too many pixels.
    Dimensions(String),
    /// It breaks off or makes no sense.
    Corrupt,
}

impl Refusal {
    /// This ending is not among those that the rules allow.
    pub(super) fn extension(extension: &str, rules: &Rules) -> Refusal {
        let allowed = rules.extensions.iter().map(|(known, _)| format!(".{known}")).collect::<Vec<_>>();
        Refusal::NotAllowed { what: format!("extension .{extension}"), allowed: allowed.join(", ") }
    }

    /// This media type is not among those that the rules allow.
    pub(super) fn media_type(declared: &str, rules: &Rules) -> Refusal {
        let allowed: Vec<&str> = rules.formats().map(|format| format.media_type).collect();
        // Whoever writes a log or a page shall not find what somebody else typed at length.
        let declared: String = declared.chars().filter(char::is_ascii_graphic).take(100).collect();
        Refusal::NotAllowed { what: format!("type {declared}"), allowed: allowed.join(", ") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty, so it is corrupt."),
            Self::TooLarge(limit) => write!(f, "The file exceeds the limit of {limit} bytes."),
            Self::Name(problem) => problem.fmt(f),
            Self::NotAllowed { what, allowed } => {
                write!(f, "The {what} is not allowed, allowed are: {allowed}.")
            }
            Self::Mismatch { extension } => {
                write!(
                    f,
                    "The content or the declared type does not match to the file extension .{extension}."
                )
            }
            Self::Unsafe(what) => write!(f, "The file contains unsafe content: {what}."),
            Self::EmptyArchive => f.write_str("The zip archive is empty."),
            Self::Encrypted => f.write_str("The file is password protected, so that it cannot be examined."),
            Self::Dimensions(sentence) => f.write_str(sentence),
            Self::Corrupt => f.write_str("The file is corrupt."),
        }
    }
}

impl From<Unusable> for Refusal {
    fn from(problem: Unusable) -> Refusal {
        Refusal::Name(problem)
    }
}

impl From<picture::Refusal> for Refusal {
    fn from(refusal: picture::Refusal) -> Refusal {
        use picture::Refusal as Image;
        match refusal {
            Image::TooManyBytes(_) => Refusal::TooLarge(picture::UPLOAD_BYTES_MAX as i64),
            Image::TooManyPixels { width, height } => Refusal::Dimensions(format!(
                "The image width of {width} and the image height of {height} pixels are more than is taken: {} on a \
                 side and {} million in all.",
                picture::SIDE_MAX,
                picture::PIXELS_MAX / 1_000_000
            )),
            Image::TooMuchMemory | Image::TooManyFrames | Image::TooManyScans | Image::LongLosslessWebp => {
                Refusal::Unsafe("an image that takes too much to decode")
            }
            Image::TooLargeWhenClean => Refusal::Unsafe("an image that is too large without its metadata"),
            Image::NotAnImage | Image::Unsupported | Image::Damaged => Refusal::Corrupt,
        }
    }
}
