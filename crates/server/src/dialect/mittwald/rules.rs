//! What may be uploaded, in the three shapes that the contract has for it.

use parlance_engine::file::{NAME_CHARS_MAX, Rules};
use serde::Serialize;

use crate::picture::SIDE_MAX;

/// The contract's FileUploadRules, with the names that it has given up.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileUploadRules {
    max_size_in_bytes: i64,
    #[serde(rename = "maxSizeInKB")]
    max_size_in_kilobytes: i64,
    max_size_in_kb: i64,
    max_name_length: usize,
    mime_types: Vec<&'static str>,
    file_types: Vec<FileType>,
    extensions: Vec<String>,
    properties: Properties,
}

/// A media type, and the endings of its names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileType {
    mime_type: &'static str,
    extensions: Vec<String>,
}

/// The rules in the answer to a request for an upload: the contract's older and smaller shape. Bytes are in it for
/// pictures of people alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TicketRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_size_in_bytes: Option<i64>,
    #[serde(rename = "maxSizeInKB")]
    max_size_in_kilobytes: i64,
    mime_types: Vec<&'static str>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    image_dimensions: Dimensions,
}

#[derive(Serialize)]
struct Dimensions {
    min: Sides,
    max: Sides,
}

#[derive(Serialize)]
struct Sides {
    width: u32,
    height: u32,
}

/// How large an image may be.
const PROPERTIES: Properties = Properties {
    image_dimensions: Dimensions {
        min: Sides { width: 1, height: 1 },
        max: Sides { width: SIDE_MAX, height: SIDE_MAX },
    },
};

impl FileUploadRules {
    pub(super) fn new(rules: &Rules) -> FileUploadRules {
        let endings = |of: &str| {
            let those =
                rules.extensions.iter().filter(|(_, format)| of.is_empty() || format.media_type == of);
            those.map(|(extension, _)| format!(".{extension}")).collect()
        };
        let file_type = |mime_type| FileType { mime_type, extensions: endings(mime_type) };
        FileUploadRules {
            max_size_in_bytes: rules.bytes_max,
            max_size_in_kilobytes: kilobytes(rules),
            max_size_in_kb: kilobytes(rules),
            max_name_length: NAME_CHARS_MAX,
            mime_types: media_types(rules),
            file_types: media_types(rules).into_iter().map(file_type).collect(),
            extensions: endings(""),
            properties: PROPERTIES,
        }
    }
}

impl TicketRules {
    pub(super) fn of_conversation(rules: &Rules) -> TicketRules {
        TicketRules {
            max_size_in_bytes: None,
            max_size_in_kilobytes: kilobytes(rules),
            mime_types: media_types(rules),
            properties: PROPERTIES,
        }
    }

    pub(super) fn of_avatar(rules: &Rules) -> TicketRules {
        TicketRules { max_size_in_bytes: Some(rules.bytes_max), ..TicketRules::of_conversation(rules) }
    }
}

/// Rounded down: what a client takes for allowed by this is allowed.
fn kilobytes(rules: &Rules) -> i64 {
    rules.bytes_max / 1024
}

fn media_types(rules: &Rules) -> Vec<&'static str> {
    rules.formats().map(|format| format.media_type).collect()
}
