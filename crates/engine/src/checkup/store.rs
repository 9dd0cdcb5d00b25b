//! The statements of this room. They go over all workspaces, because their caller is whoever runs the installation;
//! they only read.

use super::{Discrepancy, Kept};
use crate::db::{Conn, args};
use crate::{Result, Time};

/// Files in one read.
const FILES_PAGE: i64 = 500;

/// What may not be, and the statement that counts it and names one.
const RULES: [(&str, &str); 12] = [
    (
        "conversations whose messages are not numbered 1, 2, 3 … up to their count",
        "SELECT COUNT(*), MIN(c.id) FROM conversation c LEFT JOIN (
             SELECT workspace, conversation, COUNT(*) AS messages, MIN(idx) AS lowest, MAX(idx) AS highest
             FROM message GROUP BY workspace, conversation
         ) m ON m.workspace = c.workspace AND m.conversation = c.id
         WHERE COALESCE(m.messages, 0) <> c.message_count OR COALESCE(m.highest, 0) <> c.message_count
            OR COALESCE(m.lowest, 1) <> 1",
    ),
    (
        "messages of no conversation",
        "SELECT COUNT(*), MIN(m.id) FROM message m
         LEFT JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation WHERE c.id IS NULL",
    ),
    (
        "participants whose unread count is not what they have not read",
        "SELECT COUNT(*), MIN(p.person) FROM participant p JOIN person a ON a.workspace = p.workspace AND a.id = p.person
         WHERE p.unread <> (
             SELECT COUNT(*) FROM message m WHERE m.workspace = p.workspace AND m.conversation = p.conversation
                AND m.idx > p.read_index AND m.author <> p.person AND (m.internal = 0 OR a.kind = 'agent'))",
    ),
    (
        "inboxes whose unread count is not the sum over their conversations",
        "SELECT COUNT(*), MIN(i.person) FROM inbox i WHERE i.unread <> (
             SELECT COALESCE(CAST(SUM(p.unread) AS BIGINT), 0) FROM participant p
             JOIN conversation c ON c.workspace = p.workspace AND c.id = p.conversation AND c.source_type IS NOT NULL
             WHERE p.workspace = i.workspace AND p.person = i.person)",
    ),
    (
        "participants without an inbox",
        "SELECT COUNT(*), MIN(p.person) FROM participant p
         LEFT JOIN inbox i ON i.workspace = p.workspace AND i.person = p.person WHERE i.person IS NULL",
    ),
    (
        "messages whose number of files is not that of the files attached to them",
        "SELECT COUNT(*), MIN(m.id) FROM message m LEFT JOIN (
             SELECT workspace, message, COUNT(*) AS files FROM file WHERE state = 'attached' GROUP BY workspace, message
         ) f ON f.workspace = m.workspace AND f.message = m.id WHERE m.attachments <> COALESCE(f.files, 0)",
    ),
    (
        "workspaces without counters",
        "SELECT COUNT(*), MIN(w.slug) FROM workspace w LEFT JOIN counter c ON c.workspace = w.id
         WHERE c.workspace IS NULL",
    ),
    (
        "workspaces whose events have holes or do not end at their counter",
        "SELECT COUNT(*), MIN(w.slug) FROM workspace w JOIN counter c ON c.workspace = w.id LEFT JOIN (
             SELECT workspace, COUNT(*) AS events, MIN(seq) AS lowest, MAX(seq) AS highest FROM event GROUP BY workspace
         ) e ON e.workspace = w.id
         WHERE COALESCE(e.highest, 0) <> c.event_seq OR e.highest - e.lowest + 1 <> e.events",
    ),
    (
        "workspaces whose counter of lines is not their number",
        "SELECT COUNT(*), MIN(w.slug) FROM workspace w JOIN counter c ON c.workspace = w.id WHERE c.line_count <> (
             SELECT COUNT(*) FROM conversation v WHERE v.workspace = w.id AND v.contact IS NOT NULL)",
    ),
    (
        "workspaces whose counter of conversations is behind",
        "SELECT COUNT(*), MIN(w.slug) FROM workspace w JOIN counter c ON c.workspace = w.id WHERE c.conversation_seq < (
             SELECT COALESCE(MAX(v.short_id), 0) FROM conversation v WHERE v.workspace = w.id)",
    ),
    (
        "wallets that do not hold the sum of their ledger",
        "SELECT COUNT(*), MIN(w.slug) FROM workspace w JOIN wallet k ON k.workspace = w.id LEFT JOIN (
             SELECT workspace, COUNT(*) AS lines, MAX(line) AS highest, CAST(SUM(amount_micro) AS BIGINT) AS total
             FROM ledger GROUP BY workspace
         ) l ON l.workspace = w.id
         WHERE k.balance_micro <> COALESCE(l.total, 0) OR k.line_seq <> COALESCE(l.lines, 0)
            OR k.line_seq <> COALESCE(l.highest, 0)",
    ),
    (
        "messages that wait for a carrier and are in no queue",
        "SELECT COUNT(*), MIN(m.id) FROM message m
         LEFT JOIN submission s ON s.workspace = m.workspace AND s.message = m.id AND s.due_at IS NOT NULL
         WHERE m.delivery = 'queued' AND s.message IS NULL",
    ),
];

pub(super) fn discrepancies(tx: &mut Conn) -> Result<Vec<Discrepancy>> {
    let mut found = Vec::new();
    for (what, sql) in RULES {
        let (count, example) = tx.one(sql, &[], |row| Ok((row.get()?, row.get::<Option<String>>()?)))?;
        if count > 0 {
            found.push(Discrepancy { what, count, example: example.unwrap_or_default() });
        }
    }
    Ok(found)
}

/// The last event of each workspace is found by its number: the log has no index by time.
pub(super) fn newest_event(tx: &mut Conn) -> Result<Option<Time>> {
    tx.scalar(
        "SELECT MAX(e.at) FROM counter c JOIN event e ON e.workspace = c.workspace AND e.seq = c.event_seq",
        &[],
    )
}

pub(super) fn files(tx: &mut Conn, after: Option<&Kept>) -> Result<Vec<Kept>> {
    let workspace = after.map_or(0, |file| file.workspace.0);
    let id = after.map(|file| file.id.to_string()).unwrap_or_default();
    tx.all(
        "SELECT workspace, id, CASE state WHEN 'attached' THEN CAST(1 AS BIGINT) ELSE 0 END, size_bytes FROM file
         WHERE state IN ('attached', 'uploaded') AND (workspace, id) > ($1, $2) ORDER BY workspace, id LIMIT $3",
        args![workspace, id, FILES_PAGE],
        |row| {
            let (workspace, id) = (row.get()?, row.get()?);
            Ok(Kept { workspace, id, is_attached: row.get()?, size_bytes: row.get()? })
        },
    )
}
