//! `parlance backup`

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Call, Failure, Output, Result};
use crate::backup::{self, Manifest, Take};
use crate::blob::Blobs;

/// Where to put a backup.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Folder to make: the database, all files, and the sums that prove them whole. A running server goes on
    folder: PathBuf,
}

impl Request {
    /// The server may stand in another folder than the command.
    pub(super) fn prepare(&mut self) -> Result<()> {
        let folder = std::path::absolute(&self.folder);
        self.folder = folder.map_err(|problem| Failure::usage(format!("the folder: {problem}")))?;
        match self.folder.to_str() {
            Some(_) => Ok(()),
            None => Err(Failure::usage("the folder's name must be UTF-8")),
        }
    }

    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        let blobs = Blobs::at(call.config).map_err(|problem| Failure::usage(problem.to_string()))?;
        let job = Take {
            database: call.engine.address(),
            blobs: &blobs,
            folder: &self.folder,
            now: call.engine.now(),
        };
        let manifest = backup::take(&job, &mut |_| {})?;
        let folder = self.folder.display().to_string();
        let text = format!("{folder}: {}\n{}", summary(&manifest), left(&manifest));
        Ok(Output::Told { text, json: json!({ "folder": folder, "backup": manifest }) })
    }
}

/// A line about the bytes that the backup does not hold, if there are any.
pub(super) fn left(manifest: &Manifest) -> String {
    let Some(bucket) = &manifest.bucket else { return String::new() };
    format!(
        "The bytes of files are NOT in the backup: they lie in the bucket {bucket}, which must be kept safe by itself.\n"
    )
}

/// What a backup holds, in a line.
pub(super) fn summary(manifest: &Manifest) -> String {
    let (rows, tables) = (manifest.rows(), manifest.tables.len());
    let (files, bytes) = (manifest.files.count, manifest.files.bytes);
    format!("{rows} rows in {tables} tables, {files} files with {bytes} bytes, of {}", manifest.taken_at)
}
