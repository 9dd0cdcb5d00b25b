//! Lines as rows: each a contact with a phone number who has written one text, and an agent who sees them all.

use super::database::{Cell, Database, Result};
use super::{token, token_hash};
use crate::data::line::{Line, agent_id};

/// The e-mail address with which the agent logs in; the token is that of person 0.
pub(crate) const AGENT_EMAIL: &str = "agent@example.com";

/// Our address in all lines.
const OURS: &str = "12345";

/// Fills `workspace`, which must exist and be empty, with `count` lines.
pub(crate) fn fill_lines(database: &mut Database, workspace: i64, count: usize) -> Result<()> {
    let lines = || (0..count).map(Line::of);
    let people = lines().map(|line| person(workspace, &line.contact_id(), "contact", None, line.said_us()));
    let agent = person(workspace, &agent_id(), "agent", Some(AGENT_EMAIL), 0);
    database.fill(
        "person (workspace, id, kind, email, active, reviews, rating_milli, score_milli, sales, purchases, joined_at,
            created_at)",
        std::iter::once(agent).chain(people),
    )?;
    database.fill(
        "token (workspace, id, hash, person, can_write, created_at)",
        std::iter::once(row![workspace, agent_id(), token_hash(0), agent_id(), 1_i64, 0_i64]),
    )?;
    database.fill(
        "contact (workspace, person, phone, first_name, created_at)",
        lines().map(|line| row![workspace, line.contact_id(), line.phone(), line.name(), line.said_us()]),
    )?;
    database.fill(
        "conversation (workspace, id, short_id, locked, created_by, message_count, created_at, updated_at, title,
            last_idx, last_author, last_at, contact, our_address, family, last_user_channel)",
        lines().map(|line| conversation(workspace, line)),
    )?;
    database.fill(
        "participant (workspace, conversation, person, joined_at, read_index, unread, updated_at)",
        lines().map(|line| {
            let (id, at) = (line.conversation_id(), line.said_us());
            row![workspace, id, line.contact_id(), at, 1_i64, 0_i64, at]
        }),
    )?;
    database.fill(
        "message (workspace, conversation, idx, id, author, body, attachments, created_at, channel)",
        lines().map(|line| {
            let (id, message) = (line.conversation_id(), line.message_id());
            row![workspace, id, 1_i64, message, line.contact_id(), line.text(), 0_i64, line.said_us(), "sms"]
        }),
    )?;
    database.run(&format!(
        "UPDATE counter SET conversation_seq = {count}, line_count = {count} WHERE workspace = {workspace}"
    ))
}

/// Opens the workspace for the agent.
pub(crate) fn agent_token() -> String {
    token(0)
}

fn person(workspace: i64, id: &str, kind: &str, email: Option<&str>, at: i64) -> Vec<Cell> {
    row![workspace, id, kind, email, 1_i64, 0_i64, 0_i64, 0_i64, 0_i64, 0_i64, at, at]
}

fn conversation(workspace: i64, line: Line) -> Vec<Cell> {
    let (contact, at) = (line.contact_id(), line.said_us());
    row![
        workspace,
        line.conversation_id(),
        line.number + 1,
        0_i64,
        contact.as_str(),
        1_i64,
        at,
        at,
        line.name(),
        1_i64,
        contact.as_str(),
        at,
        contact.as_str(),
        OURS,
        "phone",
        "sms"
    ]
}
