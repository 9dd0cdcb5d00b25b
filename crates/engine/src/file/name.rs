//! Names of uploaded files: what somebody else called them, made harmless.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 150;

/// The longest name, in bytes: what file systems take.
const NAME_BYTES_MAX: usize = 255;

/// What is longer than this is not looked at, in bytes.
const TYPED_BYTES_MAX: usize = 16 * 1024;

/// What no file system of a reader's should be asked to keep in a name.
const REPLACED: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// A name that is safe to store, to show and to save under: composed (NFC), one line, without a path, without
/// characters that cannot be seen or that turn the writing round, beginning with no dot, and with an ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// Why a name cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Longer than [`NAME_CHARS_MAX`].
    #[error("The file name length is over {NAME_CHARS_MAX} characters or {NAME_BYTES_MAX} bytes.")]
    Long,
    /// Nothing that can be seen is left, or it begins with a dot.
    #[error("A name before the file extension is required: the file name is empty or begins with a dot.")]
    Hidden,
    /// It has no ending by which to know what it is.
    #[error("A file extension is required: the file name has no extension.")]
    Bare,
}

impl Name {
    /// The name that a sender gave, as it is kept. Of a path only the last part is taken. What is asked of a name is
    /// asked of the result, so that nothing can be hidden from the question by what is taken out afterwards.
    pub fn new(typed: &str) -> Result<Name, Unusable> {
        if typed.len() > TYPED_BYTES_MAX {
            return Err(Unusable::Long);
        }
        let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
        let visible: String = last.nfc().filter(|c| !is_hidden(*c)).map(replaced).nfc().collect();
        let name = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        // Windows drops what stands at the end.
        let name = name.trim_end_matches(['.', ' ']);
        if name.is_empty() || name.starts_with('.') {
            return Err(Unusable::Hidden);
        }
        if name.chars().count() > NAME_CHARS_MAX || name.len() > NAME_BYTES_MAX {
            return Err(Unusable::Long);
        }
        let name = Name(name.to_owned());
        if name.parts().is_some() { Ok(name) } else { Err(Unusable::Bare) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ending, in lower case.
    #[must_use]
    pub fn extension(&self) -> String {
        self.parts().map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The same name with another ending: the content became another while it was cleaned.
    #[must_use]
    pub fn ending_in(&self, extension: &str) -> Name {
        let stem = self.parts().map_or(self.as_str(), |(stem, _)| stem);
        Name(format!("{stem}.{extension}"))
    }

    fn parts(&self) -> Option<(&str, &str)> {
        self.0.rsplit_once('.').filter(|(stem, extension)| !stem.is_empty() && !extension.trim().is_empty())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Controls, and the marks that have no shape: zero-width characters, and those that turn the writing round.
fn is_hidden(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Unassigned};
    let category = c.general_category();
    // Fillers of Hangul and selectors of variants are letters and marks by category, and cannot be seen either.
    let filler = matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{034F}' | '\u{2800}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180F}');
    let kinds = [Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Unassigned];
    // A tab is white space; so is the end of a line, which becomes a space.
    filler || (kinds.contains(&category) && !c.is_whitespace())
}

fn replaced(c: char) -> char {
    if REPLACED.contains(&c) { '_' } else { c }
}
