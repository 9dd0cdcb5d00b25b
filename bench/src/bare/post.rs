//! Committing the rows of a message: what `POST …/messages` leaves on the disk, in groups of a given size.

use std::time::{Duration, Instant};

use super::database::{Arg, Bare};
use crate::figure::Quieter;
use crate::seed::database::Result;

/// A message to store.
pub(crate) struct Post {
    /// Id of the conversation.
    pub(crate) conversation: String,
    /// Id of who says it.
    pub(crate) author: String,
    /// What is said.
    pub(crate) body: String,
}

const COUNT_MESSAGE: &str =
    "UPDATE conversation SET message_count = message_count + 1, last_idx = message_count + 1,
            last_author = ?4, last_at = ?3, updated_at = ?3, status = 'open', closed = 0
     WHERE workspace = ?1 AND id = ?2 RETURNING message_count";
const MESSAGE: &str =
    "INSERT INTO message (workspace, conversation, idx, id, author, body, attachments, created_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)";
const PARTICIPANTS: &str = "UPDATE participant SET updated_at = ?5,
            read_index = CASE WHEN person = ?3 AND unread = 0 THEN ?4 ELSE read_index END,
            unread = CASE WHEN person = ?3 THEN unread ELSE unread + 1 END
     WHERE workspace = ?1 AND conversation = ?2";
const INBOXES: &str = "UPDATE inbox SET version = version + 1,
            unread = CASE WHEN person = ?3 THEN unread ELSE unread + 1 END
     WHERE workspace = ?1
       AND person IN (SELECT p.person FROM participant p WHERE p.workspace = ?1 AND p.conversation = ?2)";
const NUMBERS: &str =
    "UPDATE counter SET event_seq = event_seq + ?2 WHERE workspace = ?1 RETURNING event_seq";
const EVENT: &str = "INSERT INTO event (workspace, seq, kind, actor, conversation, message, at)
     VALUES (?1, ?2, 'message.posted', ?3, ?4, ?5, ?6)";

/// The time that commits took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Commits {
    /// Messages per second.
    pub(crate) rate: f64,
    /// The median of a commit with its statements, in microseconds.
    pub(crate) median_us: f64,
}

impl Quieter for Commits {
    fn quieter(self, other: Self) -> Self {
        Self { rate: self.rate.max(other.rate), median_us: self.median_us.min(other.median_us) }
    }
}

/// Stores posts for `time_max`, in groups of `sizes`, over and over.
pub(crate) fn commits(
    db: &mut Bare,
    workspace: i64,
    mut posts: impl Iterator<Item = Post>,
    sizes: &[usize],
    time_max: Duration,
) -> Result<Commits> {
    let (start, mut stored, mut times) = (Instant::now(), 0_usize, Vec::new());
    for size in sizes.iter().cycle() {
        if start.elapsed() >= time_max {
            break;
        }
        let group: Vec<Post> = posts.by_ref().take(*size).collect();
        let began = Instant::now();
        commit(db, workspace, &group)?;
        times.push(began.elapsed());
        stored += group.len();
    }
    let rate = stored as f64 / times.iter().sum::<Duration>().as_secs_f64();
    times.sort_unstable();
    Ok(Commits { rate, median_us: times[times.len() / 2].as_secs_f64() * 1e6 })
}

fn commit(db: &mut Bare, workspace: i64, group: &[Post]) -> Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let at = Spot { workspace: Arg::Int(workspace), now: Arg::Int(i64::try_from(now.as_micros())?) };
    db.begin_write()?;
    let ids = group.iter().map(|post| store(db, at, post)).collect::<Result<Vec<String>>>()?;
    let count = i64::try_from(group.len())?;
    let last = db.one(NUMBERS, &[at.workspace, Arg::Int(count)], |row| row.int(0))?;
    for ((post, id), seq) in group.iter().zip(&ids).zip(last - count + 1..) {
        let (author, conversation) = (Arg::Text(&post.author), Arg::Text(&post.conversation));
        let args = [at.workspace, Arg::Int(seq), author, conversation, Arg::Text(id), at.now];
        db.each(EVENT, &args, |_| Ok(()))?;
    }
    db.each("COMMIT", &[], |_| Ok(()))
}

/// Where and when everything of a commit is written.
#[derive(Clone, Copy)]
struct Spot {
    workspace: Arg<'static>,
    now: Arg<'static>,
}

fn store(db: &mut Bare, at: Spot, post: &Post) -> Result<String> {
    let (conversation, author) = (Arg::Text(&post.conversation), Arg::Text(&post.author));
    let id = uuid::Uuid::now_v7().to_string();
    let counted = [at.workspace, conversation, at.now, author];
    let index = Arg::Int(db.one(COUNT_MESSAGE, &counted, |row| row.int(0))?);
    let message = [at.workspace, conversation, index, Arg::Text(&id), author, Arg::Text(&post.body), at.now];
    db.each(MESSAGE, &message, |_| Ok(()))?;
    db.each(PARTICIPANTS, &[at.workspace, conversation, author, index, at.now], |_| Ok(()))?;
    db.each(INBOXES, &[at.workspace, conversation, author], |_| Ok(()))?;
    Ok(id)
}
