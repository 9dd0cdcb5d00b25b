//! The address of the database, whose password must not be seen, and the wrapper for every other secret.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// A text that must not be shown: `Debug` and `Display` hide it, [`Secret::reveal`] gives it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one place that needs it, never for a log or an error.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("***")
    }
}

/// `sqlite:PATH` or `postgres://…`, or empty for the default. Shown without its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// SQLite in the file `path`.
    pub fn sqlite(path: &Path) -> Self {
        Self(Secret::new(format!("sqlite:{}", path.display())))
    }

    /// Whether the operator left the choice to us.
    pub fn is_empty(&self) -> bool {
        self.0.reveal().is_empty()
    }

    /// The whole URL with its password: for connecting, never for showing.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// The path of the SQLite file, when it is SQLite.
    pub fn sqlite_path(&self) -> Option<&Path> {
        self.reveal().strip_prefix("sqlite:").map(Path::new)
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let has_rest = |scheme: &str| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
        if text.is_empty() || ["sqlite:", "postgres://", "postgresql://"].into_iter().any(has_rest) {
            return Ok(Self(Secret::new(text)));
        }
        Err("expected sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
    }
}

impl fmt::Display for DatabaseUrl {
    /// The URL without its password. Of the query, where a password may stand too, nothing is shown; nor of a URL
    /// whose parts are in doubt, because somebody did not percent-encode a password.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.reveal().split_once("://") else {
            return to.write_str(self.reveal());
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if path.contains('@') {
            return write!(to, "{scheme}://***");
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let Some((user, host)) = authority.rsplit_once('@') else {
            return write!(to, "{scheme}://{authority}{path}");
        };
        let name = user.split(':').next().unwrap_or_default();
        write!(to, "{scheme}://{name}:***@{host}{path}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}
