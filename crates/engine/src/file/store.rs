//! The statements of this room.

use super::upload::{Aim, Received};
use super::{Attachment, FORMATS, File, PER_MESSAGE_MAX, Place, Verdict};
use crate::access::Caller;
use crate::credential::link::{Link, Purpose};
use crate::db::{Arg, Conn, Row, args};
use crate::{ConversationId, FileId, MessageId, PersonId, Result, Time, WorkspaceId};

/// The columns [`attachment`] reads, of a file under the alias `f`.
macro_rules! columns {
    () => {
        "f.workspace, f.id, f.short_id, f.name, f.content_type, f.size_bytes, f.width_px, f.height_px"
    };
}

pub(super) fn insert(
    tx: &mut Conn,
    workspace: WorkspaceId,
    id: FileId,
    place: Place,
    owner: PersonId,
    now: Time,
) -> Result<()> {
    let short_id = next_short_id(tx, workspace)?;
    tx.exec(
        "INSERT INTO file (workspace, id, purpose, short_id, conversation, message, owner, state, created_at, changed_at)
         VALUES ($1, $2, 'picture', $3, $4, $5, $6, 'draft', $7, $7)",
        args![workspace, id, short_id, place.conversation, place.message, owner, now],
    )?;
    Ok(())
}

fn next_short_id(tx: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    tx.scalar(
        "UPDATE counter SET file_seq = file_seq + 1 WHERE workspace = $1 RETURNING file_seq",
        args![workspace],
    )
}

/// A file that may be uploaded by whoever shows a token.
pub(super) struct NewTicket {
    pub(super) id: FileId,
    pub(super) aim: Aim,
    pub(super) hash: String,
}

pub(super) fn insert_ticket(tx: &mut Conn, owner: &Caller, new: &NewTicket, now: Time) -> Result<()> {
    let (purpose, conversation) = match new.aim {
        Aim::Document(conversation) => ("document", Some(conversation)),
        Aim::Avatar => ("avatar", None),
    };
    let short_id = next_short_id(tx, owner.workspace)?;
    tx.exec(
        "INSERT INTO file (workspace, id, purpose, short_id, conversation, owner, state, token_hash, created_at,
                           changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $8)",
        args![owner.workspace, new.id, purpose, short_id, conversation, owner.person, new.hash, now],
    )?;
    Ok(())
}

pub(super) fn rename(tx: &mut Conn, workspace: WorkspaceId, from: FileId, to: FileId) -> Result<()> {
    tx.exec("UPDATE file SET id = $3 WHERE workspace = $1 AND id = $2", args![workspace, from, to])?;
    Ok(())
}

/// False when this is no draft any more.
pub(super) fn received(
    tx: &mut Conn,
    owner: &Caller,
    id: FileId,
    what: &Received,
    now: Time,
) -> Result<bool> {
    let (width, height) = what.pixels.unzip();
    let changed = tx.exec(
        "UPDATE file SET state = 'uploaded', name = $4, content_type = $5, size_bytes = $6, width_px = $7,
                height_px = $8, changed_at = $9
         WHERE workspace = $1 AND id = $2 AND owner = $3 AND state = 'draft' AND token_hash IS NOT NULL",
        args![
            owner.workspace,
            id,
            owner.person,
            what.name.as_str(),
            what.content_type,
            what.size_bytes,
            width,
            height,
            now
        ],
    )?;
    Ok(changed == 1)
}

/// A file whose bytes are kept.
pub(super) struct Kept {
    pub(super) attachment: Attachment,
    pub(super) is_avatar: bool,
}

pub(super) fn kept(tx: &mut Conn, workspace: WorkspaceId, id: FileId) -> Result<Option<Kept>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            ", CASE f.purpose WHEN 'avatar' THEN CAST(1 AS BIGINT) ELSE 0 END FROM file f
             WHERE f.workspace = $1 AND f.id = $2 AND f.state IN ('uploaded', 'attached')"
        ),
        args![workspace, id],
        |row| Ok(Kept { attachment: attachment(row)?, is_avatar: row.get()? }),
    )
}

/// The files of one message in a statement, of which `$2` is the first.
macro_rules! files {
    () => {
        "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    };
}

/// The workspace, the files of [`files!`], and what comes after them. Places that are left over hold nothing, so that
/// there is one text, which stays prepared.
fn with_files<'a>(workspace: WorkspaceId, files: &[FileId], rest: &[Arg<'a>]) -> Vec<Arg<'a>> {
    let mut args = vec![Arg::Int(workspace.0)];
    args.extend(files.iter().map(|id| Arg::Uuid(id.0)));
    args.resize(1 + PER_MESSAGE_MAX as usize, Arg::Null);
    args.extend(rest);
    args
}

/// How many of these are uploads of the owner's own for this conversation, not older than `oldest`, which wait for a
/// message.
pub(super) fn waiting(
    tx: &mut Conn,
    owner: &Caller,
    (conversation, oldest): (ConversationId, Time),
    files: &[FileId],
) -> Result<i64> {
    tx.scalar(
        concat!(
            "SELECT COUNT(*) FROM file WHERE workspace = $1 AND id IN ",
            files!(),
            " AND conversation = $12 AND owner = $13 AND purpose = 'document' AND state = 'uploaded' AND changed_at > $14"
        ),
        &with_files(owner.workspace, files, args![conversation, owner.person, oldest]),
    )
}

pub(super) fn hang(
    tx: &mut Conn,
    workspace: WorkspaceId,
    (place, now): (Place, Time),
    files: &[FileId],
) -> Result<()> {
    tx.exec(
        concat!(
            "UPDATE file SET state = 'attached', message = $12, changed_at = $13 WHERE workspace = $1 AND id IN ",
            files!()
        ),
        &with_files(workspace, files, args![place.message, now]),
    )?;
    Ok(())
}

/// Whether a file hangs on a message of this conversation that the reader sees, or is an upload of their own to it.
pub(super) fn may_read(
    tx: &mut Conn,
    reader: &Caller,
    (conversation, id): (ConversationId, FileId),
    sees_internal: bool,
) -> Result<bool> {
    let found: i64 = tx.scalar(
        "SELECT COUNT(*) FROM file f LEFT JOIN message m ON m.workspace = f.workspace AND m.id = f.message
         WHERE f.workspace = $1 AND f.id = $2 AND f.conversation = $3
           AND ((f.state = 'attached' AND m.internal <= $4) OR (f.state = 'uploaded' AND f.owner = $5))",
        args![reader.workspace, id, conversation, sees_internal, reader.person],
    )?;
    Ok(found == 1)
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
        "SELECT id, conversation, message, owner, state, reasons FROM file
         WHERE workspace = $1 AND id = $2 AND message IS NOT NULL",
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
        concat!(
            "SELECT ",
            columns!(),
            " FROM file f WHERE f.workspace = $1 AND f.message = $2 AND f.state = 'attached'
             ORDER BY f.created_at, f.id"
        ),
        args![workspace, message],
        attachment,
    )
}

pub(super) fn attached(tx: &mut Conn, workspace: WorkspaceId, id: FileId) -> Result<Option<Attachment>> {
    tx.maybe(
        concat!(
            "SELECT ",
            columns!(),
            " FROM file f WHERE f.workspace = $1 AND f.id = $2 AND f.state = 'attached'"
        ),
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
    let (workspace, id, short_id) = (row.get()?, row.get()?, row.get()?);
    let (name, content_type): (Option<String>, String) = (row.get()?, row.get()?);
    let link = Link { purpose: Purpose::View, workspace, file: id, expires_at: Time(0) };
    Ok(Attachment {
        id,
        short_id,
        name: name.unwrap_or_else(|| nameless(&content_type)),
        content_type,
        size_bytes: row.get()?,
        width_px: row.get()?,
        height_px: row.get()?,
        link,
    })
}

/// What a picture is called that came without a name.
fn nameless(content_type: &str) -> String {
    let format = FORMATS.iter().find(|format| format.media_type == content_type);
    format!("image.{}", format.map_or("bin", |format| format.extensions[0]))
}
