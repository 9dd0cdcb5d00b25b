//! `parlance version`

use serde_json::json;

use super::Output;

/// The version of this program.
pub(super) fn run() -> Output {
    let version = env!("CARGO_PKG_VERSION");
    Output::Told {
        text: format!("parlance {version}\n"),
        json: json!({ "name": "parlance", "version": version }),
    }
}
