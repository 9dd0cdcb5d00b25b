//! The sorts of files there are, and which of them a workspace takes.

use crate::workspace::Workspace;
use crate::{Error, Result};

/// The largest file, in bytes; a workspace may want them smaller.
pub const BYTES_MAX: i64 = 25 * 1024 * 1024;

/// The largest picture of a person, in bytes.
pub const AVATAR_BYTES_MAX: i64 = 5 * 1024 * 1024;

/// A sort of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Its media type.
    pub media_type: &'static str,
    /// The endings of its names, in lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// What else senders call it.
    pub aliases: &'static [&'static str],
    /// How it is looked into.
    pub content: Content,
}

/// What the bytes of a format must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// An image; it is kept without anything but its pixels.
    Image,
    /// A PDF document.
    Pdf,
    /// Text.
    Text,
    /// JSON.
    Json,
    /// An e-mail as it was sent.
    Mail,
    /// A ZIP archive.
    Zip,
    /// Something compressed with gzip.
    Gzip,
    /// A document of Office Open XML: a ZIP archive with this member.
    OpenXml(&'static str),
    /// A document of OpenDocument: a ZIP archive that begins with its media type.
    OpenDocument,
}

/// Every format that is known.
pub const FORMATS: [Format; 17] = [
    Format {
        media_type: "image/png",
        extensions: &["png"],
        aliases: &["image/x-png"],
        content: Content::Image,
    },
    Format {
        media_type: "image/jpeg",
        extensions: &["jpg", "jpeg", "jpe"],
        aliases: &["image/jpg", "image/pjpeg"],
        content: Content::Image,
    },
    Format { media_type: "image/webp", extensions: &["webp"], aliases: &[], content: Content::Image },
    Format { media_type: "image/gif", extensions: &["gif"], aliases: &[], content: Content::Image },
    Format {
        media_type: "application/pdf",
        extensions: &["pdf"],
        aliases: &["application/x-pdf"],
        content: Content::Pdf,
    },
    Format {
        media_type: "text/plain",
        extensions: &["txt", "text", "log"],
        aliases: &["text/x-log"],
        content: Content::Text,
    },
    Format {
        media_type: "text/csv",
        extensions: &["csv"],
        // Windows calls it after the program that opens it.
        aliases: &[
            "text/plain",
            "application/csv",
            "application/vnd.ms-excel",
            "text/comma-separated-values",
        ],
        content: Content::Text,
    },
    Format {
        media_type: "text/markdown",
        extensions: &["md", "markdown"],
        aliases: &["text/plain", "text/x-markdown"],
        content: Content::Text,
    },
    Format {
        media_type: "application/json",
        extensions: &["json"],
        aliases: &["text/plain", "text/json"],
        content: Content::Json,
    },
    Format {
        media_type: "message/rfc822",
        extensions: &["eml"],
        aliases: &["text/plain"],
        content: Content::Mail,
    },
    Format {
        media_type: "application/zip",
        extensions: &["zip"],
        aliases: &["application/x-zip-compressed", "application/x-zip"],
        content: Content::Zip,
    },
    Format {
        media_type: "application/gzip",
        extensions: &["gz"],
        aliases: &["application/x-gzip"],
        content: Content::Gzip,
    },
    Format {
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extensions: &["docx"],
        aliases: &[],
        content: Content::OpenXml("word/document.xml"),
    },
    Format {
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        extensions: &["xlsx"],
        aliases: &[],
        content: Content::OpenXml("xl/workbook.xml"),
    },
    Format {
        media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        extensions: &["pptx"],
        aliases: &[],
        content: Content::OpenXml("ppt/presentation.xml"),
    },
    Format {
        media_type: "application/vnd.oasis.opendocument.text",
        extensions: &["odt"],
        aliases: &[],
        content: Content::OpenDocument,
    },
    Format {
        media_type: "application/vnd.oasis.opendocument.spreadsheet",
        extensions: &["ods"],
        aliases: &[],
        content: Content::OpenDocument,
    },
];

/// What may be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Bytes of a file, at most.
    pub bytes_max: i64,
    /// The endings that names may have, in lower case, and what each stands for.
    pub extensions: Vec<(&'static str, &'static Format)>,
}

impl Rules {
    /// What a message takes in a workspace that has said nothing about it.
    #[must_use]
    pub fn of_documents() -> Rules {
        Rules { bytes_max: BYTES_MAX, extensions: known().collect() }
    }

    /// What a message takes in this workspace.
    pub(crate) fn of_workspace(workspace: &Workspace) -> Rules {
        let mut rules = Rules::of_documents();
        rules.bytes_max = workspace.file_bytes_max.unwrap_or(BYTES_MAX);
        if let Some(wanted) = &workspace.file_extensions {
            rules.extensions.retain(|(extension, _)| wanted.iter().any(|w| w == extension));
        }
        rules
    }

    /// What a picture of a person may be.
    #[must_use]
    pub fn of_avatars() -> Rules {
        let images = known().filter(|(_, format)| format.content == Content::Image);
        Rules { bytes_max: AVATAR_BYTES_MAX, extensions: images.collect() }
    }

    /// The formats, each once, in the order of [`FORMATS`].
    pub fn formats(&self) -> impl Iterator<Item = &'static Format> {
        FORMATS.iter().filter(|format| self.extensions.iter().any(|(_, of)| of == format))
    }

    /// What a name with this ending holds, if it may be uploaded.
    #[must_use]
    pub fn format(&self, extension: &str) -> Option<&'static Format> {
        self.extensions.iter().find(|(known, _)| *known == extension).map(|(_, format)| *format)
    }
}

/// Every known ending and what it stands for.
fn known() -> impl Iterator<Item = (&'static str, &'static Format)> {
    FORMATS.iter().flat_map(|format| format.extensions.iter().map(move |extension| (*extension, format)))
}

/// The same endings as they are kept: each once. [`Error::Invalid`] when one is not known, or there is none.
pub(crate) fn check_extensions(wanted: &[String]) -> Result<()> {
    let unknown = wanted.iter().find(|wanted| !known().any(|(extension, _)| extension == *wanted));
    let all = || known().map(|(extension, _)| extension).collect::<Vec<_>>().join(", ");
    match unknown {
        None if !wanted.is_empty() => Ok(()),
        _ => Err(Error::invalid("file_extensions", format!("Extensions are some of: {}.", all()))),
    }
}

/// [`Error::Invalid`] when this cannot be the size of the largest file.
pub(crate) fn check_bytes_max(bytes: i64) -> Result<()> {
    match (1..=BYTES_MAX).contains(&bytes) {
        true => Ok(()),
        false => Err(Error::invalid("file_bytes_max", format!("A file has 1 to {BYTES_MAX} bytes."))),
    }
}
