//! The installation: what all its workspaces share.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::credential::link::Key;
use crate::db::args;
use crate::{Cx, Error, Result, Time, WorkspaceId};

/// How long a commit's mark is kept, in seconds: far longer than a node tries to find out what became of it.
const MARK_SECONDS: i64 = 24 * 60 * 60;

/// Founds the installation the first time, and gives the key of its links every time.
pub(crate) fn found(cx: &mut Cx<'_>) -> Result<Key> {
    let fresh = URL_SAFE_NO_PAD.encode(cx.secret());
    cx.tx.exec(
        "INSERT INTO installation (id, secret, workspace_seq, settings_version) VALUES (1, $1, 0, 0)
         ON CONFLICT (id) DO NOTHING",
        args![fresh],
    )?;
    let kept: String = cx.tx.scalar("SELECT secret FROM installation WHERE id = 1", &[])?;
    let bytes = URL_SAFE_NO_PAD.decode(kept).ok().and_then(|b| b.try_into().ok());
    bytes.map(Key::new).ok_or_else(|| Error::Internal("the installation's secret is damaged".into()))
}

/// Moves whenever the settings of any workspace change: what was derived from them is kept under this version.
pub fn settings_version(cx: &mut Cx<'_>) -> Result<i64> {
    cx.tx.scalar("SELECT settings_version FROM installation WHERE id = 1", &[])
}

/// Whatever was derived from the settings of any workspace is out of date.
pub(crate) fn settings_changed(cx: &mut Cx<'_>) -> Result<()> {
    cx.tx.exec("UPDATE installation SET settings_version = settings_version + 1 WHERE id = 1", &[])?;
    Ok(())
}

/// The number of a new workspace.
pub(crate) fn next_workspace(cx: &mut Cx<'_>) -> Result<WorkspaceId> {
    cx.tx.scalar(
        "UPDATE installation SET workspace_seq = workspace_seq + 1 WHERE id = 1 RETURNING workspace_seq",
        &[],
    )
}

/// Forgets the marks of commits that nobody asks about any more; how many.
pub fn sweep(cx: &mut Cx<'_>) -> Result<u64> {
    cx.tx.exec("DELETE FROM commit_mark WHERE id < $1", args![oldest_mark(cx.now).to_string()])
}

fn oldest_mark(now: Time) -> Uuid {
    crate::id::uuid_v7(now.plus_seconds(-MARK_SECONDS), [0; 10])
}
