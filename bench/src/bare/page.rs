//! The two pages.

use super::database::{Arg, Bare};
use super::wire::{self, Conversation, Message, Source, Stamp, User};
use crate::seed::database::Result;

/// Who asks, and their versions: what the server reads for every request with a token.
const SESSION: &str = "SELECT p.workspace, p.id, p.kind, p.active, COALESCE(i.version, 0), k.people_version,
            t.id, t.can_write, t.expires_at, t.revoked_at, t.used_at
     FROM token t
     JOIN person p ON p.workspace = t.workspace AND p.id = t.person
     JOIN counter k ON k.workspace = t.workspace
     LEFT JOIN inbox i ON i.workspace = t.workspace AND i.person = t.person
     WHERE t.hash = ?1";

macro_rules! person {
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
            ".joined_at"
        )
    };
}

macro_rules! conversation {
    () => {
        "c.id, c.short_id, c.locked, c.source_type, c.source_id, c.shared_domain, c.shared_aggregate, c.shared_id,
         c.created_by, c.recipient, c.message_count, c.created_at, c.updated_at"
    };
}

macro_rules! message {
    () => {
        "m.id, m.conversation, m.idx, m.author, m.body, m.attachments, m.created_at, m.viewed_at"
    };
}

const INBOX: &str = concat!(
    "SELECT ", conversation!(), ", ", message!(), ", ", person!("o"),
    " FROM participant me
      JOIN conversation c ON c.workspace = me.workspace AND c.id = me.conversation
      JOIN message m ON m.workspace = c.workspace AND m.conversation = c.id AND m.idx = c.message_count
      JOIN person o ON o.workspace = c.workspace
                   AND o.id = CASE WHEN c.created_by = ?2 THEN c.recipient ELSE c.created_by END
      WHERE me.workspace = ?1 AND me.person = ?2 ORDER BY me.updated_at DESC, me.conversation DESC LIMIT ?3 OFFSET ?4"
);

const PERSON: &str = concat!("SELECT ", person!("p"), " FROM person p WHERE p.workspace = ?1 AND p.id = ?2");

const SEEN: &str = concat!(
    "SELECT ",
    conversation!(),
    ", me.read_index, w.remove_links, w.remove_emoji, w.mask_profanity
     FROM conversation c
     JOIN workspace w ON w.id = c.workspace
     LEFT JOIN participant me ON me.workspace = c.workspace AND me.conversation = c.id AND me.person = ?3
     WHERE c.workspace = ?1 AND c.id = ?2"
);

const MESSAGES: &str = concat!(
    "SELECT ",
    message!(),
    " FROM message m
     WHERE m.workspace = ?1 AND m.conversation = ?2 AND m.idx <= ?3 ORDER BY m.idx DESC LIMIT ?4"
);

const PEOPLE: &str = concat!(
    "SELECT ",
    person!("p"),
    " FROM participant o
     JOIN person p ON p.workspace = o.workspace AND p.id = o.person
     WHERE o.workspace = ?1 AND o.conversation = ?2"
);

/// Conversations or messages on a page.
const SIZE: i64 = 20;

/// The body of `GET /conversations` for the holder of a token with this hash.
pub(crate) fn conversations(db: &mut Bare, token_hash: &str) -> Result<Vec<u8>> {
    snapshot(db, |db| {
        let (workspace, caller) = session(db, token_hash)?;
        let me = db.one(PERSON, &[Arg::Int(workspace), Arg::Text(&caller)], |row| User::read(row, 0))?;
        let mut page = wire::Page::new();
        db.each(INBOX, &[Arg::Int(workspace), Arg::Text(&caller), Arg::Int(SIZE), Arg::Int(0)], |row| {
            let other = User::read(row, 21)?;
            let party = |id: &str| if id == caller { &me } else { &other };
            page.push(&Conversation {
                id: row.text(0)?,
                source: Source { kind: row.text(3)?, id: row.text(4)? },
                user_a: party(row.text(8)?),
                user_b: party(row.text(9)?),
                locked: row.int(2)? == 1,
                created_at: Stamp(row.int(11)?),
                updated_at: Stamp(row.int(12)?),
                last_message: Message::read(row, 13, party(row.text(16)?))?,
            })
        })?;
        Ok(page.finish())
    })
}

/// The body of `GET /conversations/{id}/messages` for the holder of a token with this hash.
pub(crate) fn messages(db: &mut Bare, token_hash: &str, conversation: &str) -> Result<Vec<u8>> {
    snapshot(db, |db| {
        let (workspace, caller) = session(db, token_hash)?;
        let here = [Arg::Int(workspace), Arg::Text(conversation)];
        let newest = db.one(SEEN, &[here[0], here[1], Arg::Text(&caller)], |row| row.int(10))?;
        let mut people = Vec::with_capacity(2);
        db.each(PEOPLE, &here, |row| {
            people.push((row.text(0)?.to_owned(), User::read(row, 0)?));
            Ok(())
        })?;
        let mut page = wire::Page::new();
        db.each(MESSAGES, &[here[0], here[1], Arg::Int(newest), Arg::Int(SIZE)], |row| {
            let author = row.text(3)?;
            let sender = people.iter().find(|(id, _)| id == author).map(|(_, user)| user);
            page.push(&Message::read(row, 0, sender.ok_or("an author who takes no part")?)?)
        })?;
        Ok(page.finish())
    })
}

fn snapshot<T>(db: &mut Bare, read: impl FnOnce(&mut Bare) -> Result<T>) -> Result<T> {
    db.each("BEGIN", &[], |_| Ok(()))?;
    let value = read(db)?;
    db.each("COMMIT", &[], |_| Ok(()))?;
    Ok(value)
}

fn session(db: &mut Bare, token_hash: &str) -> Result<(i64, String)> {
    db.one(SESSION, &[Arg::Text(token_hash)], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))
}
