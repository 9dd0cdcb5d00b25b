//! Memberships: that a person belongs to something of the workspace's own world, such as a project or an
//! organisation. A conversation shared with it is visible to its members.

use crate::db::{Row, args};
use crate::{Cx, Error, PersonId, Result, Time, participant};

/// The most members of one aggregate that are named.
const MEMBERS_MAX: i64 = 10_000;

/// Something outside that people belong to and conversations are shared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// Its domain, such as `project`; 1 to 100 characters.
    pub domain: String,
    /// Its type, such as `project`; 1 to 100 characters.
    pub kind: String,
    /// Its id there; 1 to 200 characters.
    pub id: String,
}

/// That a person belongs to an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub person: PersonId,
    /// To what.
    pub aggregate: Aggregate,
    /// As what; 1 to 100 characters.
    pub role: String,
    /// Since when.
    pub created_at: Time,
}

/// Makes a person a member, or gives a member another role.
pub fn add(cx: &mut Cx<'_>, person: PersonId, a: &Aggregate, role: &str) -> Result<Membership> {
    let workspace = cx.operator()?;
    crate::person::get(cx, person)?;
    a.check()?;
    text("role", role, 100)?;
    crate::person::touched(cx)?;
    let sql = "INSERT INTO membership (workspace, person, domain, aggregate, aggregate_id, role, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (workspace, person, domain, aggregate, aggregate_id) DO UPDATE SET role = excluded.role
               RETURNING person, domain, aggregate, aggregate_id, role, created_at";
    cx.tx.one(sql, args![workspace, person, a.domain, a.kind, a.id, role, cx.now], read)
}

/// A person's memberships after that of the aggregate `after`, in order of aggregate, at most `limit`.
pub fn page(
    cx: &mut Cx<'_>,
    person: PersonId,
    after: Option<&Aggregate>,
    limit: i64,
) -> Result<Vec<Membership>> {
    cx.operator()?;
    of_person(cx, person, after, limit)
}

/// A person's memberships, for whoever may know of them.
pub(crate) fn of_person(
    cx: &mut Cx<'_>,
    person: PersonId,
    after: Option<&Aggregate>,
    limit: i64,
) -> Result<Vec<Membership>> {
    let workspace = cx.workspace()?;
    // No part of an aggregate is empty, so that nothing comes before three empty parts.
    let (domain, kind, id) = after.map_or(("", "", ""), |a| (&*a.domain, &*a.kind, &*a.id));
    cx.tx.all(
        "SELECT person, domain, aggregate, aggregate_id, role, created_at FROM membership
         WHERE workspace = $1 AND person = $2 AND (domain, aggregate, aggregate_id) > ($3, $4, $5)
         ORDER BY domain, aggregate, aggregate_id LIMIT $6",
        args![workspace, person, domain, kind, id, limit],
        read,
    )
}

/// Ends a membership, and with it what the person saw through it alone: they take part no longer in the tickets that
/// are shared with `a`, but for those that they began or that are with them or for them. [`Error::NotFound`] when there
/// is none.
pub fn remove(cx: &mut Cx<'_>, person: PersonId, a: &Aggregate) -> Result<()> {
    let workspace = cx.operator()?;
    let removed = cx.tx.exec(
        "DELETE FROM membership
         WHERE workspace = $1 AND person = $2 AND domain = $3 AND aggregate = $4 AND aggregate_id = $5",
        args![workspace, person, a.domain, a.kind, a.id],
    )?;
    if removed != 1 {
        return Err(Error::NotFound);
    }
    participant::left(cx, person, a)?;
    crate::person::touched(cx)
}

/// Who belongs to `aggregate` now, at most [`MEMBERS_MAX`] of them.
pub(crate) fn members(cx: &mut Cx<'_>, a: &Aggregate) -> Result<Vec<PersonId>> {
    cx.tx.all(
        "SELECT person FROM membership
         WHERE workspace = $1 AND domain = $2 AND aggregate = $3 AND aggregate_id = $4 ORDER BY person LIMIT $5",
        args![cx.who.workspace(), a.domain, a.kind, a.id, MEMBERS_MAX],
        |row| row.get(),
    )
}

/// Whether two people belong to the same thing.
pub(crate) fn share_one(cx: &mut Cx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    let found: i64 = cx.tx.scalar(
        "SELECT COUNT(*) FROM membership a
         JOIN membership b ON b.workspace = a.workspace AND b.domain = a.domain AND b.aggregate = a.aggregate
                          AND b.aggregate_id = a.aggregate_id
         WHERE a.workspace = $1 AND a.person = $2 AND b.person = $3",
        args![cx.who.workspace(), one, other],
    )?;
    Ok(found > 0)
}

/// Whether a person belongs to `aggregate` now.
pub(crate) fn has(cx: &mut Cx<'_>, person: PersonId, a: &Aggregate) -> Result<bool> {
    let found: i64 = cx.tx.scalar(
        "SELECT COUNT(*) FROM membership
         WHERE workspace = $1 AND person = $2 AND domain = $3 AND aggregate = $4 AND aggregate_id = $5",
        args![cx.who.workspace(), person, a.domain, a.kind, a.id],
    )?;
    Ok(found == 1)
}

impl Aggregate {
    /// [`Error::Invalid`] when a part is empty or too long.
    pub(crate) fn check(&self) -> Result<()> {
        text("domain", &self.domain, 100)?;
        text("aggregate", &self.kind, 100)?;
        text("aggregate_id", &self.id, 200)
    }
}

fn text(field: &'static str, value: &str, chars_max: usize) -> Result<()> {
    let fits = (1..=chars_max).contains(&value.chars().count()) && !value.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(field, format!("This must be 1 to {chars_max} characters of text.")))
    }
}

fn read(row: &Row<'_>) -> Result<Membership> {
    let person = row.get()?;
    let aggregate = Aggregate { domain: row.get()?, kind: row.get()?, id: row.get()? };
    Ok(Membership { person, aggregate, role: row.get()?, created_at: row.get()? })
}
