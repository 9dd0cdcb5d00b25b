use std::fmt;

use uuid::Uuid;

/// The name of a stored file: a UUID as 36 lower-case characters. What is none cannot be made into a key, so no key
/// leads out of its folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// The text is not a UUID in its 36 lower-case characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of a file must be a UUID in 36 lower-case characters")]
pub struct InvalidKey;

impl Key {
    /// Takes the text of one of our own ids.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let id = Uuid::try_parse(text).map_err(|_| InvalidKey)?;
        // The same id in another spelling (upper case, braces, no hyphens) would be a second name for one file.
        let key = id.hyphenated().to_string();
        if key == text { Ok(Self(key)) } else { Err(InvalidKey) }
    }

    /// The 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder in which the file lies.
    pub(crate) fn subfolder(&self) -> &str {
        &self.0[self.0.len() - 2..]
    }
}

impl From<Uuid> for Key {
    fn from(id: Uuid) -> Self {
        Self(id.hyphenated().to_string())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
