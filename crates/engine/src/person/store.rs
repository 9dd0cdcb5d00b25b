//! The statements of this room.

use std::collections::HashMap;

use super::{Agent, Facts, Person};
use crate::db::{Conn, Row, args};
use crate::{FileId, PersonId, Result, Time, WorkspaceId};

/// The columns [`read`] reads, of the table or alias given: for any statement that joins people.
macro_rules! columns {
    ($p:literal) => {
        concat!(
            $p,
            ".id, ",
            $p,
            ".kind, ",
            $p,
            ".external_id, ",
            $p,
            ".username, ",
            $p,
            ".name, ",
            $p,
            ".email, ",
            $p,
            ".phone, ",
            $p,
            ".avatar, ",
            $p,
            ".cover, ",
            $p,
            ".profile, ",
            $p,
            ".reviews, ",
            $p,
            ".rating_milli, ",
            $p,
            ".score_milli, ",
            $p,
            ".sales, ",
            $p,
            ".purchases, ",
            $p,
            ".active, ",
            $p,
            ".joined_at, ",
            $p,
            ".avatar_file"
        )
    };
}
pub(crate) use columns;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Person> {
    let (id, kind) = (row.get()?, row.get()?);
    let facts = Facts {
        external_id: row.get()?,
        username: row.get()?,
        name: row.get()?,
        email: row.get()?,
        phone: row.get()?,
        avatar: row.get()?,
        cover: row.get()?,
        profile: row.get()?,
        reviews: row.get()?,
        rating_milli: row.get()?,
        score_milli: row.get()?,
        sales: row.get()?,
        purchases: row.get()?,
    };
    let (active, joined_at) = (row.get()?, row.get()?);
    Ok(Person { id, kind, facts, active, joined_at, avatar_file: row.get()? })
}

pub(super) fn email(tx: &mut Conn, workspace: WorkspaceId, id: PersonId) -> Result<Option<String>> {
    let sql = "SELECT email FROM person WHERE workspace = $1 AND id = $2";
    Ok(tx.maybe(sql, args![workspace, id], |row| row.get::<Option<String>>())?.flatten())
}

/// Those who are active, in the order in which they came.
pub(super) fn agents(tx: &mut Conn, workspace: WorkspaceId, limit: i64) -> Result<Vec<Agent>> {
    let mut agents = tx.all(
        concat!(
            "SELECT ",
            columns!("p"),
            ", (SELECT MAX(t.used_at) FROM token t WHERE t.workspace = p.workspace AND t.person = p.id)
             FROM person p WHERE p.workspace = $1 AND p.kind = 'agent' AND p.active = 1
             ORDER BY p.created_at, p.id LIMIT $2"
        ),
        args![workspace, limit],
        |row| Ok(Agent { person: read(row)?, seen_at: row.get()?, is_first: false }),
    )?;
    agents.first_mut().into_iter().for_each(|first: &mut Agent| first.is_first = true);
    Ok(agents)
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, id: PersonId) -> Result<Option<Person>> {
    tx.maybe(
        concat!("SELECT ", columns!("p"), " FROM person p WHERE p.workspace = $1 AND p.id = $2"),
        args![workspace, id],
        read,
    )
}

pub(super) fn by_external_id(
    tx: &mut Conn,
    workspace: WorkspaceId,
    external_id: &str,
) -> Result<Option<Person>> {
    tx.maybe(
        concat!("SELECT ", columns!("p"), " FROM person p WHERE p.workspace = $1 AND p.external_id = $2"),
        args![workspace, external_id],
        read,
    )
}

/// Those of these external ids that are known.
pub(super) fn by_external_ids(
    tx: &mut Conn,
    workspace: WorkspaceId,
    ids: &[&str],
) -> Result<HashMap<String, Person>> {
    let sql = concat!(
        "SELECT ",
        columns!("p"),
        " FROM person p WHERE p.workspace = $1 AND p.external_id IN ($keys)"
    );
    let found = tx.among(sql, workspace, ids, read)?;
    Ok(found.into_iter().map(|p| (p.facts.external_id.clone().unwrap_or_default(), p)).collect())
}

/// Those of these ids that there are.
pub(super) fn by_ids(tx: &mut Conn, workspace: WorkspaceId, ids: &[PersonId]) -> Result<Vec<Person>> {
    let sql = concat!("SELECT ", columns!("p"), " FROM person p WHERE p.workspace = $1 AND p.id IN ($keys)");
    tx.among(sql, workspace, ids, read)
}

pub(super) fn page(
    tx: &mut Conn,
    workspace: WorkspaceId,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Person>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.all(
        concat!(
            "SELECT ",
            columns!("p"),
            " FROM person p WHERE p.workspace = $1 AND p.id > $2 ORDER BY p.id LIMIT $3"
        ),
        args![workspace, after, limit],
        read,
    )
}

/// False when the external id is taken.
pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, p: &Person, now: Time) -> Result<bool> {
    let f = &p.facts;
    let inserted = tx.exec(
        "INSERT INTO person (workspace, id, kind, external_id, username, name, email, phone, avatar, cover, profile,
                             reviews, rating_milli, score_milli, sales, purchases, active, joined_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (workspace, external_id) DO NOTHING",
        args![
            workspace, p.id, p.kind, f.external_id, f.username, f.name, f.email, f.phone, f.avatar, f.cover,
            f.profile, f.reviews, f.rating_milli, f.score_milli, f.sales, f.purchases, p.active, p.joined_at, now
        ],
    )?;
    Ok(inserted == 1)
}

/// Writes everything, and moves the version under which pages that show people are kept.
pub(super) fn update(tx: &mut Conn, workspace: WorkspaceId, p: &Person) -> Result<()> {
    let f = &p.facts;
    tx.exec(
        "UPDATE person SET kind = $3, external_id = $4, username = $5, name = $6, email = $7, phone = $8, avatar = $9,
                cover = $10, profile = $11, reviews = $12, rating_milli = $13, score_milli = $14, sales = $15,
                purchases = $16, active = $17, joined_at = $18
         WHERE workspace = $1 AND id = $2",
        args![
            workspace, p.id, p.kind, f.external_id, f.username, f.name, f.email, f.phone, f.avatar, f.cover,
            f.profile, f.reviews, f.rating_milli, f.score_milli, f.sales, f.purchases, p.active, p.joined_at
        ],
    )?;
    people_changed(tx, workspace)
}

pub(super) fn set_avatar(tx: &mut Conn, workspace: WorkspaceId, id: PersonId, file: FileId) -> Result<()> {
    let sql = "UPDATE person SET avatar_file = $3 WHERE workspace = $1 AND id = $2";
    tx.exec(sql, args![workspace, id, file])?;
    people_changed(tx, workspace)
}

pub(super) fn people_changed(tx: &mut Conn, workspace: WorkspaceId) -> Result<()> {
    tx.exec("UPDATE counter SET people_version = people_version + 1 WHERE workspace = $1", args![workspace])?;
    Ok(())
}
