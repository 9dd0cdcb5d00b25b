//! The statements of this room. They begin with a secret, not with a workspace.

use super::Session;
use super::link::Link;
use super::password::Hash;
use crate::access::{Caller, Scope};
use crate::db::{Conn, Row, args};
use crate::file::upload::{Aim, Stored};
use crate::{ConversationId, FileId, PersonId, Result, Time, WorkspaceId};

/// A session, and what may yet forbid it.
pub(super) struct Found {
    pub(super) session: Session,
    pub(super) active: bool,
    pub(super) revoked: bool,
    pub(super) expires_at: Option<Time>,
}

pub(super) fn session_by_hash(tx: &mut Conn, hash: &str) -> Result<Option<Found>> {
    tx.maybe(
        "SELECT p.workspace, p.id, p.kind, p.active, COALESCE(i.version, 0), k.people_version, k.event_seq,
                t.id, t.can_write, t.expires_at, t.revoked_at, t.used_at
         FROM token t
         JOIN person p ON p.workspace = t.workspace AND p.id = t.person
         JOIN counter k ON k.workspace = t.workspace
         LEFT JOIN inbox i ON i.workspace = t.workspace AND i.person = t.person
         WHERE t.hash = $1",
        args![hash],
        |row| {
            let mut found = person(row)?;
            found.session.caller.token = row.get()?;
            found.session.caller.can_write = row.get()?;
            found.expires_at = row.get()?;
            found.revoked = row.get::<Option<Time>>()?.is_some();
            found.session.used_at = row.get()?;
            Ok(found)
        },
    )
}

pub(super) fn session_by_external_id(
    tx: &mut Conn,
    workspace: WorkspaceId,
    external_id: &str,
) -> Result<Option<Found>> {
    tx.maybe(
        "SELECT p.workspace, p.id, p.kind, p.active, COALESCE(i.version, 0), k.people_version, k.event_seq,
                CASE WHEN COALESCE(p.username, p.name, p.email, p.avatar) IS NULL THEN 1 ELSE 0 END
         FROM person p
         JOIN counter k ON k.workspace = p.workspace
         LEFT JOIN inbox i ON i.workspace = p.workspace AND i.person = p.id
         WHERE p.workspace = $1 AND p.external_id = $2",
        args![workspace, external_id],
        |row| {
            let mut found = person(row)?;
            found.session.unnamed = row.get()?;
            Ok(found)
        },
    )
}

/// Whose login this address is, if it is anybody's who is active.
pub(super) fn login(tx: &mut Conn, email: &str) -> Result<Option<(WorkspaceId, PersonId, Hash)>> {
    tx.maybe(
        "SELECT l.workspace, l.person, l.password_hash FROM login l
         JOIN person p ON p.workspace = l.workspace AND p.id = l.person
         WHERE l.email = $1 AND p.active = 1",
        args![email],
        |row| Ok((row.get()?, row.get()?, Hash(row.get()?))),
    )
}

/// Whether this is still the password of somebody who is active.
pub(super) fn login_stands(
    tx: &mut Conn,
    workspace: WorkspaceId,
    person: PersonId,
    hash: &Hash,
) -> Result<bool> {
    let standing: i64 = tx.scalar(
        "SELECT COUNT(*) FROM login l
         JOIN person p ON p.workspace = l.workspace AND p.id = l.person
         WHERE l.workspace = $1 AND l.person = $2 AND l.password_hash = $3 AND p.active = 1",
        args![workspace, person, hash.0],
    )?;
    Ok(standing == 1)
}

pub(super) fn uploader(tx: &mut Conn, link: &Link) -> Result<Option<Caller>> {
    tx.maybe(
        "SELECT p.workspace, p.id, p.kind FROM file f
         JOIN person p ON p.workspace = f.workspace AND p.id = f.owner
         WHERE f.workspace = $1 AND f.id = $2 AND p.active = 1",
        args![link.workspace, link.file],
        |row| {
            let (workspace, person, kind) = (row.get()?, row.get()?, row.get()?);
            Ok(Caller { workspace, person, kind, can_write: true, token: None, scope: Scope::All })
        },
    )
}

pub(super) fn upload(tx: &mut Conn, hash: &str) -> Result<Option<Stored>> {
    tx.maybe(
        "SELECT p.workspace, p.id, p.kind, f.id, f.conversation, f.state, f.created_at FROM file f
         JOIN person p ON p.workspace = f.workspace AND p.id = f.owner
         WHERE f.token_hash = $1 AND p.active = 1",
        args![hash],
        |row| {
            let (workspace, person, kind) = (row.get()?, row.get()?, row.get()?);
            let caller = Caller { workspace, person, kind, can_write: true, token: None, scope: Scope::All };
            let (file, conversation) = (row.get()?, row.get::<Option<ConversationId>>()?);
            let aim = conversation.map_or(Aim::Avatar, Aim::Document);
            Ok(Stored { caller, file, aim, state: row.get()?, created_at: row.get()? })
        },
    )
}

pub(super) fn workspace_of_avatar(tx: &mut Conn, id: FileId) -> Result<Option<WorkspaceId>> {
    let sql = "SELECT workspace FROM file WHERE id = $1 AND purpose = 'avatar' AND state = 'attached'";
    tx.maybe(sql, args![id], |row| row.get())
}

fn person(row: &Row<'_>) -> Result<Found> {
    let (workspace, person, kind, active) = (row.get()?, row.get()?, row.get()?, row.get()?);
    let caller = Caller { workspace, person, kind, can_write: true, token: None, scope: Scope::All };
    let session = Session {
        caller,
        inbox_version: row.get()?,
        people_version: row.get()?,
        event_number: row.get()?,
        used_at: None,
        unnamed: false,
    };
    Ok(Found { session, active, revoked: false, expires_at: None })
}
