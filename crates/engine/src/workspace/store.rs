//! The statements of this room.

use super::{Jwt, Rules, Workspace};
use crate::db::{Conn, Row, args};
use crate::{Result, WorkspaceId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, country, remove_links, remove_emoji, mask_profanity, jwt_secret, jwks_url,
                    file_extensions, file_bytes_max, billing, stop_mention, created_at FROM workspace ",
            $rest
        )
    };
}

/// False when the slug is taken.
pub(super) fn insert(tx: &mut Conn, new: &Workspace) -> Result<bool> {
    let inserted = tx.exec(
        "INSERT INTO workspace (id, slug, name, country, remove_links, remove_emoji, mask_profanity, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (slug) DO NOTHING",
        args![
            new.id, new.slug, new.name, new.country, new.rules.links, new.rules.emoji, new.rules.profanity,
            new.created_at
        ],
    )?;
    if inserted == 1 {
        tx.exec(
            "INSERT INTO counter (workspace, event_seq, conversation_seq, people_version) VALUES ($1, 0, 0, 0)",
            args![new.id],
        )?;
    }
    Ok(inserted == 1)
}

pub(super) fn update(tx: &mut Conn, w: &Workspace) -> Result<()> {
    let (secret, url) = jwt_columns(w);
    let extensions = w.file_extensions.as_ref().map(|extensions| extensions.join(" "));
    tx.exec(
        "UPDATE workspace SET name = $2, country = $3, remove_links = $4, remove_emoji = $5, mask_profanity = $6,
                jwt_secret = $7, jwks_url = $8, file_extensions = $9, file_bytes_max = $10, billing = $11,
                stop_mention = $12
         WHERE id = $1",
        args![
            w.id, w.name, w.country, w.rules.links, w.rules.emoji, w.rules.profanity, secret, url, extensions,
            w.file_bytes_max, w.billing, w.stop_mention
        ],
    )?;
    Ok(())
}

pub(super) fn jwt_is_taken(tx: &mut Conn, w: &Workspace) -> Result<bool> {
    let (secret, url) = jwt_columns(w);
    tx.scalar::<i64>(
        "SELECT COUNT(*) FROM workspace WHERE id <> $1 AND (jwt_secret = $2 OR jwks_url = $3)",
        args![w.id, secret, url],
    )
    .map(|others| others > 0)
}

pub(super) fn get(tx: &mut Conn, id: WorkspaceId) -> Result<Option<Workspace>> {
    tx.maybe(select!("WHERE id = $1"), args![id], read)
}

pub(super) fn by_slug(tx: &mut Conn, slug: &str) -> Result<Option<Workspace>> {
    tx.maybe(select!("WHERE slug = $1"), args![slug], read)
}

pub(super) fn page(tx: &mut Conn, after: WorkspaceId, limit: i64) -> Result<Vec<Workspace>> {
    tx.all(select!("WHERE id > $1 ORDER BY id LIMIT $2"), args![after, limit], read)
}

pub(super) fn with_jwt(tx: &mut Conn) -> Result<Vec<Workspace>> {
    tx.all(select!("WHERE jwt_secret IS NOT NULL OR jwks_url IS NOT NULL ORDER BY id"), &[], read)
}

fn jwt_columns(w: &Workspace) -> (Option<&str>, Option<&str>) {
    match &w.jwt {
        Some(Jwt::Secret(secret)) => (Some(secret), None),
        Some(Jwt::Jwks(url)) => (None, Some(url)),
        None => (None, None),
    }
}

fn read(row: &Row<'_>) -> Result<Workspace> {
    let (id, slug, name, country) = (row.get()?, row.get()?, row.get()?, row.get()?);
    let rules = Rules { links: row.get()?, emoji: row.get()?, profanity: row.get()? };
    let secret: Option<String> = row.get()?;
    let url: Option<String> = row.get()?;
    let jwt = secret.map(Jwt::Secret).or(url.map(Jwt::Jwks));
    let extensions: Option<String> = row.get()?;
    Ok(Workspace {
        id,
        slug,
        name,
        country,
        rules,
        jwt,
        file_extensions: extensions.map(|text| text.split(' ').map(str::to_owned).collect()),
        file_bytes_max: row.get()?,
        billing: row.get()?,
        stop_mention: row.get()?,
        created_at: row.get()?,
    })
}
