//! The statements about tickets.

use super::found::Place;
use super::{Last, Listing, Order, Role, Standing, Ticket, UNTITLED};
use crate::conversation::store::aggregate;
use crate::conversation::{columns, read as read_conversation};
use crate::db::{Conn, Row, args};
use crate::{ConversationId, Error, PersonId, Result, WorkspaceId};

/// The columns [`read`] reads, of a conversation under the alias `c`.
macro_rules! ticket_columns {
    () => {
        concat!(
            columns!(),
            ", c.title, c.category, COALESCE(c.main_person, c.created_by), c.related_domain, c.related_aggregate,
             c.related_id, c.notification_roles, c.last_author, c.last_at"
        )
    };
}

pub(super) fn read(row: &Row<'_>) -> Result<Ticket> {
    let conversation = read_conversation(row)?;
    let title: String = row.get()?;
    let (category, main_person) = (row.get()?, row.get()?);
    let related_to = aggregate(row.get()?, row.get()?, row.get()?);
    let notification_roles = roles(&row.get::<String>()?)?;
    let (author, at): (Option<PersonId>, _) = (row.get()?, row.get()?);
    Ok(Ticket {
        conversation,
        title: if title.is_empty() { UNTITLED.to_owned() } else { title },
        category,
        main_person,
        related_to,
        notification_roles,
        last: author.map(|author| Last { author, at }),
    })
}

fn roles(stored: &str) -> Result<Vec<Role>> {
    let role = |name: &str| name.parse().map_err(|_| Error::Internal(format!("a role {name:?} is stored")));
    stored.split_whitespace().map(role).collect()
}

fn stored(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn insert(tx: &mut Conn, workspace: WorkspaceId, t: &Ticket) -> Result<()> {
    let c = &t.conversation;
    let (shared, related) = (c.shared_with.as_ref(), t.related_to.as_ref());
    tx.exec(
        "INSERT INTO conversation (workspace, id, short_id, locked, shared_domain, shared_aggregate, shared_id,
             created_by, message_count, created_at, updated_at, last_at, title, category, main_person,
             related_domain, related_aggregate, related_id, notification_roles)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7, 0, $8, $8, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            workspace,
            c.id,
            c.short_id,
            shared.map(|s| &s.domain),
            shared.map(|s| &s.kind),
            shared.map(|s| &s.id),
            c.created_by,
            c.created_at,
            t.title,
            t.category,
            t.main_person,
            related.map(|r| &r.domain),
            related.map(|r| &r.kind),
            related.map(|r| &r.id),
            stored(&t.notification_roles)
        ],
    )?;
    Ok(())
}

/// Writes what [`super::change`] may change.
pub(super) fn update(tx: &mut Conn, workspace: WorkspaceId, t: &Ticket) -> Result<()> {
    let related = t.related_to.as_ref();
    tx.exec(
        "UPDATE conversation SET title = $3, category = $4, related_domain = $5, related_aggregate = $6,
                related_id = $7 WHERE workspace = $1 AND id = $2",
        args![
            workspace,
            t.conversation.id,
            t.title,
            t.category,
            related.map(|r| &r.domain),
            related.map(|r| &r.kind),
            related.map(|r| &r.id)
        ],
    )?;
    Ok(())
}

pub(super) fn get(tx: &mut Conn, workspace: WorkspaceId, id: ConversationId) -> Result<Option<Ticket>> {
    tx.maybe(
        concat!("SELECT ", ticket_columns!(), " FROM conversation c WHERE c.workspace = $1 AND c.id = $2"),
        args![workspace, id],
        read,
    )
}

/// The conversations `$2` takes part in, and those that are shared with something they belong to. CROSS JOIN tells
/// SQLite where to begin, here and where this is joined: by itself it rather goes through the whole workspace.
macro_rules! visible {
    () => {
        "SELECT p.conversation AS id FROM participant p WHERE p.workspace = $1 AND p.person = $2
         UNION
         SELECT s.id FROM membership b CROSS JOIN conversation s
         WHERE b.workspace = $1 AND b.person = $2 AND s.workspace = b.workspace AND s.shared_domain = b.domain
           AND s.shared_aggregate = b.aggregate AND s.shared_id = b.aggregate_id"
    };
}

/// A page of what one person sees, and how much that is in all. There is little enough of it to be put in order anew.
pub(super) fn page_of(
    tx: &mut Conn,
    workspace: WorkspaceId,
    person: PersonId,
    listing: &Listing,
) -> Result<(Vec<Ticket>, i64)> {
    let sql = format!(
        concat!(
            "SELECT ",
            ticket_columns!(),
            ", k.total FROM (SELECT c.id, c.short_id, c.title, c.last_at, COUNT(*) OVER () AS total FROM (",
            visible!(),
            ") v CROSS JOIN conversation c
             WHERE c.workspace = $1 AND c.id = v.id AND c.closed >= $3 AND c.closed <= $4 ORDER BY {} LIMIT $5 OFFSET $6) k
             CROSS JOIN conversation c WHERE c.workspace = $1 AND c.id = k.id ORDER BY {}"
        ),
        order("c.", &listing.order),
        order("k.", &listing.order)
    );
    let closed = listing.standing.range();
    let (mut tickets, mut total) = (Vec::new(), None);
    tx.each(&sql, args![workspace, person, closed.0, closed.1, listing.limit, listing.skip], |row| {
        tickets.push(read(row)?);
        total = Some(row.get()?);
        Ok(())
    })?;
    // A page behind the last one has no row to say it.
    let total = total.map_or_else(|| count_of(tx, workspace, person, listing.standing), Ok)?;
    Ok((tickets, total))
}

fn count_of(tx: &mut Conn, workspace: WorkspaceId, person: PersonId, standing: Standing) -> Result<i64> {
    let closed = standing.range();
    tx.scalar(
        concat!(
            "SELECT COUNT(*) FROM (",
            visible!(),
            ") v CROSS JOIN conversation c
             WHERE c.workspace = $1 AND c.id = v.id AND c.closed >= $3 AND c.closed <= $4"
        ),
        args![workspace, person, closed.0, closed.1],
    )
}

/// A page of everything in the workspace. Each order is that of an index, walked to the page and no further; open and
/// closed conversations are a range each, merged.
pub(super) fn page_of_all(tx: &mut Conn, workspace: WorkspaceId, listing: &Listing) -> Result<Vec<Ticket>> {
    let sql = format!(
        concat!(
            "SELECT ",
            ticket_columns!(),
            " FROM ({}) k CROSS JOIN conversation c WHERE c.workspace = $1 AND c.id = k.id ORDER BY {}"
        ),
        part(listing, &["id"]),
        order("k.", &listing.order)
    );
    tx.all(&sql, args![workspace, listing.limit, listing.skip], read)
}

/// A part of everything, from `$3` on and `$2` long: what puts it in order, and these columns. The fewer they are the
/// more of them stand in the index that is walked.
fn part(listing: &Listing, columns: &[&'static str]) -> String {
    let mut columns = columns.to_vec();
    columns.extend(listing.order.iter().map(|(key, _)| key.column()).chain(["short_id"]));
    columns.sort_unstable();
    columns.dedup();
    let range = |condition: &str| {
        format!("SELECT {} FROM conversation WHERE workspace = $1{condition}", columns.join(", "))
    };
    let (open, closed) = (range(" AND closed = 0"), range(" AND closed = 1"));
    let by_activity = matches!(listing.order.first(), Some((Order::LastMessage, _)));
    let from = match listing.standing {
        Standing::Any if by_activity => format!("{open} UNION ALL {closed}"),
        Standing::Any => range(""),
        Standing::Open => open,
        Standing::Closed => closed,
    };
    format!("{from} ORDER BY {} LIMIT $2 OFFSET $3", order("", &listing.order))
}

/// The short ids of a part of everything in the workspace.
pub(super) fn walk(tx: &mut Conn, workspace: WorkspaceId, listing: &Listing) -> Result<Vec<i64>> {
    let (part, order) = (part(listing, &[]), order("k.", &listing.order));
    let sql = format!("SELECT k.short_id FROM ({part}) k ORDER BY {order}");
    tx.all(&sql, args![workspace, listing.limit, listing.skip], |row| row.get())
}

/// The short ids of what one person sees.
pub(super) fn visible_to(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<Vec<i64>> {
    tx.all(
        concat!(
            "SELECT c.short_id FROM (",
            visible!(),
            ") v CROSS JOIN conversation c WHERE c.workspace = $1 AND c.id = v.id"
        ),
        args![workspace, person],
        |row| row.get(),
    )
}

/// The short ids of all that are closed, or of all that are not.
pub(super) fn standing(tx: &mut Conn, workspace: WorkspaceId, closed: bool) -> Result<Vec<i64>> {
    tx.all(
        "SELECT short_id FROM conversation WHERE workspace = $1 AND closed = $2",
        args![workspace, closed],
        |row| row.get(),
    )
}

/// Where these stand in lists.
pub(super) fn places(tx: &mut Conn, workspace: WorkspaceId, short_ids: &[i64]) -> Result<Vec<Place>> {
    let sql = "SELECT c.short_id, c.closed, c.last_at, c.title, c.id
               FROM conversation c WHERE c.workspace = $1 AND c.short_id IN ($keys)";
    tx.among(sql, workspace, short_ids, |row| {
        let (short_id, closed, last_at) = (row.get()?, row.get()?, row.get()?);
        Ok(Place { short_id, closed, last_at, title: row.get()?, id: row.get()? })
    })
}

/// These, in any order.
pub(super) fn by_short_ids(tx: &mut Conn, workspace: WorkspaceId, short_ids: &[i64]) -> Result<Vec<Ticket>> {
    let sql = concat!(
        "SELECT ",
        ticket_columns!(),
        " FROM conversation c WHERE c.workspace = $1 AND c.short_id IN ($keys)"
    );
    tx.among(sql, workspace, short_ids, read)
}

/// How many conversations the workspace has, and how many of them are closed.
pub(super) fn counts(tx: &mut Conn, workspace: WorkspaceId) -> Result<(i64, i64)> {
    tx.one(
        "SELECT conversation_seq, closed_conversations FROM counter WHERE workspace = $1",
        args![workspace],
        |row| Ok((row.get()?, row.get()?)),
    )
}

/// The text behind ORDER BY. Short ids are in the order of creation and decide between equals; nothing that comes
/// after one of the unique keys matters.
fn order(table: &str, keys: &[(Order, bool)]) -> String {
    let mut text = String::new();
    let mut unique = false;
    for (key, descending) in keys {
        if unique {
            break;
        }
        unique = matches!(key, Order::Created | Order::Id | Order::ShortId);
        text += &format!("{table}{}{}, ", key.column(), direction(*descending));
    }
    let last = keys.first().is_none_or(|(_, descending)| *descending);
    match unique {
        true => text.trim_end_matches(", ").to_owned(),
        false => format!("{text}{table}short_id{}", direction(last)),
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { " DESC" } else { "" }
}

impl Order {
    fn column(self) -> &'static str {
        match self {
            Order::Created | Order::ShortId => "short_id",
            Order::LastMessage => "last_at",
            Order::Title => "title",
            Order::Id => "id",
        }
    }
}
