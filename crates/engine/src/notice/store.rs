//! The statements of this room; it owns the tables `notice` and `unsubscribed`.

use super::claim::{Claim, Line};
use crate::db::{Arg, Conn, Row, ToArg, args};
use crate::{ConversationId, PersonId, Result, Time, WorkspaceId};

/// What a person may be owed about a conversation.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) conversation: ConversationId,
}

/// A stretch of the log, and what it makes owed.
pub(super) struct Owing {
    pub(super) workspace: WorkspaceId,
    pub(super) first: i64,
    pub(super) last: i64,
    /// What was said before is too old to write about.
    pub(super) said_after: Time,
    pub(super) due_at: Time,
    pub(super) digest_micros: i64,
}

/// Who is owed what: the messages `m` of the stretch, of a conversation `c`, and a person `o`. A contact hears by the
/// carrier.
macro_rules! owe {
    ($recipients:expr) => {
        concat!(
            "INSERT INTO notice (workspace, person, conversation, since_idx, due_at, attempts)
             SELECT m.workspace, o.id, m.conversation, MIN(m.idx) - 1, CAST($5 AS BIGINT), 0
             FROM event e
             JOIN message m ON m.workspace = e.workspace AND m.id = e.message
             JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation ",
            $recipients,
            " JOIN person o ON o.workspace = r.workspace AND o.id = r.person
             LEFT JOIN unsubscribed u ON u.workspace = o.workspace AND u.person = o.id
             WHERE e.workspace = $1 AND e.seq >= $2 AND e.seq <= $3 AND e.kind = 'message.posted'
               AND m.created_at > $4 AND o.id <> m.author AND o.active = 1 AND o.email IS NOT NULL
               AND u.person IS NULL AND (m.internal = 0 OR o.kind = 'agent') AND COALESCE(c.contact, '') <> o.id
             GROUP BY m.workspace, o.id, m.conversation
             ON CONFLICT (workspace, person, conversation) DO UPDATE SET
                 since_idx = CASE WHEN notice.due_at IS NULL AND notice.since_idx < excluded.since_idx
                                  THEN excluded.since_idx ELSE notice.since_idx END,
                 due_at = CASE WHEN notice.due_at IS NOT NULL THEN notice.due_at
                               WHEN notice.sent_at + $6 > excluded.due_at THEN notice.sent_at + $6
                               ELSE excluded.due_at END"
        )
    };
}

/// Members `r` whose role is one of the conversation's notification roles: `customer_owner` is the role `owner` of a
/// customer.
macro_rules! by_role {
    () => {
        " AND c.notification_roles <> '' AND r.domain = r.aggregate AND r.domain IN ('customer', 'project')
          AND REPLACE(' ' || c.notification_roles || ' ', ' ' || r.domain || '_' || r.role || ' ', '')
              <> ' ' || c.notification_roles || ' '"
    };
}

/// Whoever takes part; whom a role makes hear of what the conversation is shared with; of what it relates to.
const OWE: [&str; 3] = [
    owe!(
        "JOIN participant r ON r.workspace = c.workspace AND r.conversation = c.id AND r.joined_at <= m.created_at"
    ),
    owe!(concat!(
        "JOIN membership r ON r.workspace = c.workspace AND r.domain = c.shared_domain
                          AND r.aggregate = c.shared_aggregate AND r.aggregate_id = c.shared_id",
        by_role!()
    )),
    owe!(concat!(
        "JOIN membership r ON r.workspace = c.workspace AND r.domain = c.related_domain
                          AND r.aggregate = c.related_aggregate AND r.aggregate_id = c.related_id",
        by_role!()
    )),
];

pub(super) fn owe(tx: &mut Conn, owing: &Owing) -> Result<()> {
    let args =
        args![owing.workspace, owing.first, owing.last, owing.said_after, owing.due_at, owing.digest_micros];
    OWE.iter().try_for_each(|sql| tx.exec(sql, args).map(drop))
}

/// What is owed, and what is known of it beside.
pub(super) struct Owed {
    pub(super) since_index: i64,
    pub(super) attempts: i64,
    pub(super) seen_at: Option<Time>,
    pub(super) read_index: i64,
    pub(super) short_id: i64,
    pub(super) title: String,
}

/// `None` when it is not due since `due_at` any more.
pub(super) fn owed(tx: &mut Conn, at: Spot, due_at: Time) -> Result<Option<Owed>> {
    tx.maybe(
        "SELECT n.since_idx, n.attempts, s.seen_at, COALESCE(p.read_index, 0), c.short_id, c.title
         FROM notice n
         JOIN conversation c ON c.workspace = n.workspace AND c.id = n.conversation
         LEFT JOIN presence s ON s.workspace = n.workspace AND s.person = n.person
         LEFT JOIN participant p ON p.workspace = n.workspace AND p.conversation = n.conversation
                                AND p.person = n.person
         WHERE n.workspace = $1 AND n.person = $2 AND n.conversation = $3 AND n.due_at = $4",
        args![at.workspace, at.person, at.conversation, due_at],
        |row| {
            Ok(Owed {
                since_index: row.get()?,
                attempts: row.get()?,
                seen_at: row.get()?,
                read_index: row.get()?,
                short_id: row.get()?,
                title: row.get()?,
            })
        },
    )
}

/// Messages of others that somebody has not seen.
pub(super) struct Unseen {
    pub(super) spot: Spot,
    /// The index up to which they have read, or were told.
    pub(super) after: i64,
    /// When they were last there.
    pub(super) said_after: Time,
    /// Whether they see what is for agents alone.
    pub(super) internal: bool,
}

/// The condition on messages `m` of workspace $1 under which they are among the unseen: $1 to $6, as [`Unseen::args`] gives them.
macro_rules! unseen {
    () => {
        " AND m.conversation = $2 AND m.idx > $3 AND m.author <> $4 AND m.created_at > $5
          AND m.internal <= $6"
    };
}

impl Unseen {
    fn args(&self) -> Vec<Arg<'_>> {
        let Spot { workspace, person, conversation } = self.spot;
        vec![
            Arg::Int(workspace.0),
            Arg::Uuid(conversation.0),
            Arg::Int(self.after),
            Arg::Uuid(person.0),
            self.said_after.to_arg(),
            self.internal.to_arg(),
        ]
    }
}

/// The newest of them, oldest first.
pub(super) fn lines(tx: &mut Conn, unseen: &Unseen, limit: i64) -> Result<Vec<Line>> {
    let mut args = unseen.args();
    args.push(Arg::Int(limit));
    let mut lines = tx.all(
        concat!(
            "SELECT m.idx, COALESCE(o.name, o.username), m.body, m.attachments, m.internal, m.created_at
             FROM message m JOIN person o ON o.workspace = m.workspace AND o.id = m.author
             WHERE m.workspace = $1",
            unseen!(),
            " ORDER BY m.idx DESC LIMIT $7"
        ),
        &args,
        line,
    )?;
    lines.reverse();
    Ok(lines)
}

fn line(row: &Row<'_>) -> Result<Line> {
    Ok(Line {
        index: row.get()?,
        author: row.get()?,
        body: row.get()?,
        attachment_count: row.get()?,
        internal: row.get()?,
        created_at: row.get()?,
    })
}

pub(super) fn count(tx: &mut Conn, unseen: &Unseen) -> Result<i64> {
    tx.scalar(concat!("SELECT COUNT(*) FROM message m WHERE m.workspace = $1", unseen!()), &unseen.args())
}

/// Nothing is owed any more.
pub(super) fn settle(tx: &mut Conn, at: Spot) -> Result<()> {
    tx.exec(
        "UPDATE notice SET due_at = NULL, attempts = 0 WHERE workspace = $1 AND person = $2 AND conversation = $3",
        args![at.workspace, at.person, at.conversation],
    )?;
    Ok(())
}

pub(super) fn postpone(tx: &mut Conn, at: Spot, due_at: Time) -> Result<()> {
    tx.exec(
        "UPDATE notice SET due_at = $4 WHERE workspace = $1 AND person = $2 AND conversation = $3",
        args![at.workspace, at.person, at.conversation, due_at],
    )?;
    Ok(())
}

/// While it is being sent it is due again only when the claim ends; the try counts even if nobody hears of its end.
pub(super) fn lease(tx: &mut Conn, at: Spot, claim: &Claim) -> Result<()> {
    tx.exec(
        "UPDATE notice SET due_at = $4, attempts = $5 WHERE workspace = $1 AND person = $2 AND conversation = $3",
        args![at.workspace, at.person, at.conversation, claim.until, claim.attempt],
    )?;
    Ok(())
}

/// What was said after the e-mail was written is due at `next_at`.
pub(super) fn told(tx: &mut Conn, at: Spot, claim: &Claim, now: Time, next_at: Time) -> Result<()> {
    tx.exec(
        "UPDATE notice SET since_idx = $5, sent_at = $6, attempts = 0,
                due_at = (SELECT CAST($7 AS BIGINT) FROM conversation c
                          WHERE c.workspace = $1 AND c.id = $3 AND c.message_count > $5)
         WHERE workspace = $1 AND person = $2 AND conversation = $3 AND due_at = $4",
        args![at.workspace, at.person, at.conversation, claim.until, claim.last_index, now, next_at],
    )?;
    Ok(())
}

pub(super) fn give_up(tx: &mut Conn, at: Spot, claim: &Claim) -> Result<()> {
    tx.exec(
        "UPDATE notice SET since_idx = $5, due_at = NULL, attempts = 0
         WHERE workspace = $1 AND person = $2 AND conversation = $3 AND due_at = $4",
        args![at.workspace, at.person, at.conversation, claim.until, claim.last_index],
    )?;
    Ok(())
}

pub(super) fn try_again(tx: &mut Conn, at: Spot, claim: &Claim, due_at: Time) -> Result<()> {
    tx.exec(
        "UPDATE notice SET due_at = $5 WHERE workspace = $1 AND person = $2 AND conversation = $3 AND due_at = $4",
        args![at.workspace, at.person, at.conversation, claim.until, due_at],
    )?;
    Ok(())
}

pub(super) fn is_wanted(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<bool> {
    let found: i64 = tx.scalar(
        "SELECT COUNT(*) FROM unsubscribed WHERE workspace = $1 AND person = $2",
        args![workspace, person],
    )?;
    Ok(found == 0)
}

pub(super) fn unsubscribe(tx: &mut Conn, workspace: WorkspaceId, person: PersonId, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO unsubscribed (workspace, person, at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace, person) DO NOTHING",
        args![workspace, person, now],
    )?;
    Ok(())
}

pub(super) fn resubscribe(tx: &mut Conn, workspace: WorkspaceId, person: PersonId) -> Result<()> {
    tx.exec("DELETE FROM unsubscribed WHERE workspace = $1 AND person = $2", args![workspace, person])?;
    Ok(())
}
