//! The statements of this room.

use super::{Attachment, File, Place, Verdict};
use crate::credential::link::{Link, Purpose};
use crate::db::{Conn, Row, args};
use crate::{FileId, MessageId, PersonId, Result, Time, WorkspaceId};

pub(super) fn insert(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: FileId,
    place: Place,
    owner: PersonId,
    now: Time,
) -> Result<()> {
    tx.exec(
        "INSERT INTO file (workspace, id, purpose, conversation, message, owner, state, created_at, changed_at)
         VALUES ($1, $2, 'picture', $3, $4, $5, 'draft', $6, $6)",
        args![workspace, id, place.conversation, place.message, owner, now],
    )?;
    Ok(())
}

/// Files on a message, and those still expected: drafted after `oldest_draft`.
pub(super) fn count_on(
    tx: &mut Conn,
    workspace: WorkspaceId,
    message: MessageId,
    oldest_draft: Time,
) -> Result<i64> {
    tx.scalar(
        "SELECT COUNT(*) FROM file WHERE workspace = $1 AND message = $2
           AND (state = 'attached' OR (state IN ('draft', 'uploaded') AND created_at > $3))",
        args![workspace, message, oldest_draft],
    )
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, id: FileId) -> Result<Option<File>> {
    tx.maybe(
        "SELECT id, conversation, message, owner, state, reasons FROM file WHERE workspace = $1 AND id = $2",
        args![workspace, id],
        |row| {
            let id = row.get()?;
            let place = Place { conversation: row.get()?, message: row.get()? };
            Ok(File { id, place, owner: row.get()?, state: row.get()?, reasons: row.get()? })
        },
    )
}

pub(super) fn examined(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: FileId,
    verdict: &Verdict,
    now: Time,
) -> Result<()> {
    match verdict {
        Verdict::Image { content_type, size_bytes, width_px, height_px } => tx.exec(
            "UPDATE file SET state = 'uploaded', content_type = $3, size_bytes = $4, width_px = $5, height_px = $6,
                    changed_at = $7 WHERE workspace = $1 AND id = $2",
            args![workspace, id, content_type, size_bytes, width_px, height_px, now],
        )?,
        Verdict::Rejected(reasons) => tx.exec(
            "UPDATE file SET state = 'rejected', reasons = $3, changed_at = $4 WHERE workspace = $1 AND id = $2",
            args![workspace, id, reasons.join("\n"), now],
        )?,
    };
    Ok(())
}

pub(super) fn set_state(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: FileId,
    state: &str,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE file SET state = $3, changed_at = $4 WHERE workspace = $1 AND id = $2",
        args![workspace, id, state, now],
    )?;
    Ok(())
}

pub(super) fn of_message(
    tx: &mut Conn,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<Vec<Attachment>> {
    tx.all(
        "SELECT workspace, id, content_type, size_bytes, width_px, height_px FROM file
         WHERE workspace = $1 AND message = $2 AND state = 'attached' ORDER BY created_at, id",
        args![workspace, message],
        attachment,
    )
}

pub(super) fn attached(tx: &mut Conn, workspace: WorkspaceId, id: FileId) -> Result<Option<Attachment>> {
    tx.maybe(
        "SELECT workspace, id, content_type, size_bytes, width_px, height_px FROM file
         WHERE workspace = $1 AND id = $2 AND state = 'attached'",
        args![workspace, id],
        attachment,
    )
}

pub(super) fn expired(
    tx: &mut Conn,
    workspace: WorkspaceId,
    before: Time,
    limit: i64,
) -> Result<Vec<FileId>> {
    tx.all(
        "SELECT id FROM file WHERE workspace = $1 AND state IN ('deleted', 'draft', 'uploaded') AND changed_at < $2
         ORDER BY id LIMIT $3",
        args![workspace, before, limit],
        |row| row.get(),
    )
}

pub(super) fn forget(tx: &mut Conn, workspace: WorkspaceId, id: FileId) -> Result<()> {
    tx.exec(
        "DELETE FROM file WHERE workspace = $1 AND id = $2 AND state <> 'attached'",
        args![workspace, id],
    )?;
    Ok(())
}

fn attachment(row: &Row<'_>) -> Result<Attachment> {
    let (workspace, id) = (row.get()?, row.get()?);
    let link = Link { purpose: Purpose::View, workspace, file: id, expires_at: Time(0) };
    Ok(Attachment {
        id,
        content_type: row.get()?,
        size_bytes: row.get()?,
        width_px: row.get()?,
        height_px: row.get()?,
        link,
    })
}
