//! Proof that the filled database is in a state that the verbs could have left: what is kept beside a conversation
//! agrees with its messages.

use super::database::{Database, Result};

/// What must not be, and the query that counts how often it is. `WS` stands for the workspace.
const CONTRADICTIONS: [(&str, &str); 9] = [
    (
        "conversations whose indexes do not run 1, 2, 3 … up to the message count",
        "SELECT COUNT(*) FROM conversation c LEFT JOIN (
             SELECT conversation, COUNT(*) AS said, MIN(idx) AS first, MAX(idx) AS last FROM message
             WHERE workspace = WS GROUP BY conversation) m ON m.conversation = c.id
         WHERE c.workspace = WS AND NOT
             (m.said IS NOT NULL AND m.said = c.message_count AND m.first = 1 AND m.last = c.message_count)",
    ),
    (
        "messages outside every conversation of the workspace",
        "SELECT COUNT(*) FROM message m LEFT JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation
         WHERE m.workspace = WS AND c.id IS NULL",
    ),
    (
        "conversations whose time of change is not their newest message's",
        "SELECT COUNT(*) FROM conversation c JOIN message m
             ON m.workspace = c.workspace AND m.conversation = c.id AND m.idx = c.message_count
         WHERE c.workspace = WS AND m.created_at <> c.updated_at",
    ),
    (
        "conversations that do not name their newest message",
        "SELECT COUNT(*) FROM conversation c JOIN message m
             ON m.workspace = c.workspace AND m.conversation = c.id AND m.idx = c.message_count
         WHERE c.workspace = WS AND NOT
             (c.last_idx = m.idx AND c.last_author = m.author AND c.last_at = m.created_at AND c.title <> '')",
    ),
    (
        "conversations that do not have two participants with the conversation's own time of change",
        "SELECT COUNT(*) FROM conversation c WHERE c.workspace = WS AND 2 <> (
             SELECT COUNT(*) FROM participant p
             WHERE p.workspace = c.workspace AND p.conversation = c.id AND p.updated_at = c.updated_at
               AND p.person IN (c.created_by, c.recipient))",
    ),
    (
        "participants whose unread count is not the number of others' messages above their read index",
        "SELECT COUNT(*) FROM participant p WHERE p.workspace = WS AND p.unread <> (
             SELECT COUNT(*) FROM message m
             WHERE m.workspace = p.workspace AND m.conversation = p.conversation
               AND m.idx > p.read_index AND m.author <> p.person)",
    ),
    (
        "messages that were viewed without having been read, or read without having been viewed",
        "SELECT COUNT(*) FROM message m JOIN participant p
             ON p.workspace = m.workspace AND p.conversation = m.conversation AND p.person <> m.author
         WHERE m.workspace = WS AND (m.viewed_at IS NULL) <> (m.idx > p.read_index)",
    ),
    (
        "inboxes whose unread count is not the sum over the person's conversations",
        "SELECT COUNT(*) FROM (
             SELECT person, SUM(unread) AS unread FROM participant WHERE workspace = WS GROUP BY person) s
         LEFT JOIN inbox i ON i.workspace = WS AND i.person = s.person
         WHERE i.unread IS NULL OR i.unread <> s.unread",
    ),
    (
        "counters that do not stand at the last number given",
        "SELECT COUNT(*) FROM counter WHERE workspace = WS AND NOT (
             conversation_seq = (SELECT MAX(short_id) FROM conversation WHERE workspace = WS)
             AND event_seq = (SELECT COALESCE(MAX(seq), 0) FROM event WHERE workspace = WS)
             AND event_seq = (SELECT COUNT(*) FROM event WHERE workspace = WS))",
    ),
];

/// Fails on the first contradiction in this workspace.
pub(crate) fn check(database: &mut Database, workspace: i64) -> Result<()> {
    for (what, query) in CONTRADICTIONS {
        let count = database.number(&query.replace("WS", &workspace.to_string()))?;
        if count > 0 {
            return Err(format!("the generated data contradict themselves: {count} {what}").into());
        }
    }
    Ok(())
}
