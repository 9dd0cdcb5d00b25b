//! `parlance config`

use super::{Failure, Output, Result};
use crate::config::DEFAULT;

/// The documented default file; with `--json` its values.
pub(super) fn run() -> Result<Output> {
    let values: Result<serde_json::Value> =
        toml::from_str(DEFAULT).map_err(|problem| Failure::internal(problem.to_string()));
    Ok(Output::Told { text: DEFAULT.to_owned(), json: values? })
}
