//! Idempotency keys: the same request sent again gets the same answer and is not done again.
//!
//! The answer is kept in the transaction of what it answers. Writes of a workspace follow one another, so a
//! second request with the same key waits until the first is done and then finds its answer.

use crate::db::{Row, args};
use crate::{Cx, Error, Result};

/// How long an answer is kept, in seconds.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The longest key, in characters; a key is printable ASCII.
pub const KEY_CHARS_MAX: usize = 255;

/// A request that wants to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The caller's name for it.
    pub key: String,
    /// What it is: a hash of method, path and body.
    pub request_hash: String,
}

/// An answer as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// Does `verb` unless this caller's request has been done within 24 hours, and gives the answer of that time.
/// [`Error::KeyReused`] when the key was used for another request. A request that failed is not kept: it changed
/// nothing, and may be tried again with the same key.
pub fn once(
    cx: &mut Cx<'_>,
    once: Option<&Once>,
    verb: impl FnOnce(&mut Cx<'_>) -> Result<Answer>,
) -> Result<Answer> {
    if let Some(answer) = given(cx, once)? {
        return Ok(answer);
    }
    let answer = verb(cx)?;
    once.map_or(Ok(()), |once| keep(cx, once, &answer))?;
    Ok(answer)
}

/// The answer this caller was given to the same request within 24 hours, for whoever would rather not begin the work
/// again. [`Error::KeyReused`] when the key was used for another request.
pub fn given(cx: &mut Cx<'_>, once: Option<&Once>) -> Result<Option<Answer>> {
    let Some(once) = once else { return Ok(None) };
    check(&once.key)?;
    match kept(cx, &once.key)? {
        Some((hash, _)) if hash != once.request_hash => Err(Error::KeyReused),
        found => Ok(found.map(|(_, answer)| answer)),
    }
}

/// Forgets, in the operator's workspace, up to `limit` answers that are too old to be given again.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    cx.tx.exec(
        "DELETE FROM idempotency WHERE workspace = $1 AND created_at IN (
             SELECT i.created_at FROM idempotency i WHERE i.workspace = $1 AND i.created_at <= $2
             ORDER BY i.created_at LIMIT $3)",
        args![workspace, cx.now.plus_seconds(-KEPT_SECONDS), limit],
    )
}

fn check(key: &str) -> Result<()> {
    let fits = (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|b| (b' '..=b'~').contains(&b));
    let problem = || format!("An Idempotency-Key is 1 to {KEY_CHARS_MAX} printable ASCII characters.");
    if fits { Ok(()) } else { Err(Error::invalid("Idempotency-Key", problem())) }
}

fn kept(cx: &mut Cx<'_>, key: &str) -> Result<Option<(String, Answer)>> {
    let caller = cx.caller()?;
    cx.tx.maybe(
        "SELECT request_hash, status, body FROM idempotency
         WHERE workspace = $1 AND person = $2 AND key = $3 AND created_at > $4",
        args![caller.workspace, caller.person, key, cx.now.plus_seconds(-KEPT_SECONDS)],
        |row: &Row<'_>| {
            let (hash, status) = (row.get()?, row.get::<i64>()?);
            Ok((hash, Answer { status: status as u16, body: row.get()? }))
        },
    )
}

fn keep(cx: &mut Cx<'_>, once: &Once, answer: &Answer) -> Result<()> {
    let caller = cx.caller()?;
    cx.tx.exec(
        "INSERT INTO idempotency (workspace, person, key, request_hash, status, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace, person, key) DO UPDATE
         SET request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
             created_at = excluded.created_at",
        args![
            caller.workspace,
            caller.person,
            once.key,
            once.request_hash,
            i64::from(answer.status),
            answer.body,
            cx.now
        ],
    )?;
    Ok(())
}
