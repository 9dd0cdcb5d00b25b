//! `parlance reindex`

use clap::Args;
use parlance_engine::search::Progress;
use parlance_engine::workspace::{self, Workspace};
use parlance_engine::{Principal, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::{Call, Output, Result};

/// How many parts of a long work the log tells of.
const TOLD_PARTS: i64 = 10;

/// What to index anew.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Slug of the workspace; without it all of them, one after the other
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
}

impl Request {
    /// Indexes the one workspace, or the next one of all: a list of one, which goes on until there is none left.
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        let (found, limit) = match &self.workspace {
            Some(slug) => (vec![call.workspace(slug)?], i64::MAX),
            None => (next(call)?, 1),
        };
        let mut indexed = Vec::new();
        for workspace in found {
            let done = call.engine.reindex(workspace.id, &mut tell(&workspace))?;
            indexed.push((workspace, done));
        }
        let part = Part { items: &indexed, limit, columns: &["workspace", "conversations", "documents"] };
        Ok(part.page(shown, |(workspace, _)| workspace.id.to_string()))
    }
}

fn next(call: &Call<'_>) -> Result<Vec<Workspace>> {
    let after = call.after.and_then(|after| after.parse().ok()).unwrap_or(0);
    Ok(call
        .engine
        .read_blocking(Principal::OPERATOR, move |cx| workspace::page(cx, WorkspaceId(after), 1))?)
}

/// Tells the log how far it is, now and then.
fn tell(workspace: &Workspace) -> impl FnMut(Progress) + use<'_> {
    let mut told = 0;
    move |Progress { conversations_done: done, conversations_total: total, .. }| {
        let part = done * TOLD_PARTS / total.max(1);
        if part > told {
            told = part;
            tracing::info!(workspace = workspace.slug, done, total, "indexing anew");
        }
    }
}

fn shown((workspace, done): &(Workspace, Progress)) -> Value {
    json!({
        "workspace": workspace.slug,
        "conversations": done.conversations_done,
        "documents": done.documents,
    })
}
