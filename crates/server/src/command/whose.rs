//! The person whom a command is about.

use clap::Args;
use parlance_engine::PersonId;
use parlance_engine::workspace::Workspace;
use serde::{Deserialize, Serialize};

use super::{Call, Result};

/// Somebody of a workspace.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// The person's external id or ours
    #[arg(long)]
    person: String,
}

impl Whose {
    /// The workspace and the person, or which of the two there is not.
    pub(super) fn find(&self, call: &Call<'_>) -> Result<(Workspace, PersonId)> {
        let workspace = call.workspace(&self.workspace)?;
        let person = call.person(&workspace, &self.person)?.id;
        Ok((workspace, person))
    }
}
