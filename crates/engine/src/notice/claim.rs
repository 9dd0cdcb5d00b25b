//! A due e-mail on its way: claimed by one sender, for a while, and then sent or not.

use super::store::{self, Owed, Spot, Unseen};
use super::{Due, Timing};
use crate::access::{Caller, Scope};
use crate::person::{Kind, Person};
use crate::{ConversationId, Cx, Error, PersonId, Result, Time, conversation, person};

/// How often an e-mail is tried before it is given up.
pub const ATTEMPTS_MAX: i64 = 12;

/// The longest pause between two tries, in seconds.
const RETRY_SECONDS_MAX: i64 = 60 * 60;

/// Messages shown in one e-mail; it says how many more there are.
const LINES_MAX: i64 = 10;

/// The right to send one e-mail, until it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// To whom.
    pub person: PersonId,
    /// About which conversation.
    pub conversation: ConversationId,
    /// When it ends; this also tells one claim from another.
    pub until: Time,
    /// Which try it is: 1, 2, 3 …
    pub attempt: i64,
    /// The newest message that the e-mail tells of.
    pub last_index: i64,
}

/// What an e-mail tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The right to send it.
    pub claim: Claim,
    /// To whom.
    pub recipient: Person,
    /// The number of the conversation, for people to say aloud.
    pub short_id: i64,
    /// Its title.
    pub title: String,
    /// The newest messages, oldest first.
    pub lines: Vec<Line>,
    /// How many there are before them.
    pub more: i64,
    /// The message up to which the recipient was told before: with person and conversation it names this e-mail,
    /// however often it is tried.
    pub since_index: i64,
}

/// A message in an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the conversation.
    pub index: i64,
    /// What its author is called, if anything.
    pub author: Option<String>,
    /// What was said.
    pub body: String,
    /// How many files hang on it.
    pub attachment_count: i64,
    /// For agents alone.
    pub internal: bool,
    /// When it was said.
    pub created_at: Time,
}

/// How an e-mail could not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It may go better later.
    Temporary,
    /// It never will.
    Permanent,
}

/// What is to be done about something that is due.
enum Verdict {
    /// Nothing is owed any more.
    Nothing,
    /// It is looked at again at this time.
    Later(Time),
    /// It is sent.
    Now(Box<Digest>),
}

/// Claims what is due. `None` when somebody else has claimed it, or nothing is owed any more, or not yet: then that is
/// written down.
pub fn claim(cx: &mut Cx<'_>, due: &Due, timing: &Timing) -> Result<Option<Digest>> {
    let spot = Spot { workspace: cx.operator()?, person: due.person, conversation: due.conversation };
    let Some(owed) = store::owed(cx.tx, spot, due.due_at)? else { return Ok(None) };
    match judge(cx, spot, owed, timing)? {
        Verdict::Nothing => store::settle(cx.tx, spot)?,
        Verdict::Later(at) => store::postpone(cx.tx, spot, at)?,
        Verdict::Now(digest) => {
            store::lease(cx.tx, spot, &digest.claim)?;
            return Ok(Some(*digest));
        }
    }
    Ok(None)
}

fn judge(cx: &mut Cx<'_>, spot: Spot, owed: Owed, timing: &Timing) -> Result<Verdict> {
    let Some(recipient) = recipient(cx, spot)? else { return Ok(Verdict::Nothing) };
    let away_at = owed.seen_at.map(|seen| seen.plus_seconds(timing.inactive_seconds));
    if let Some(at) = away_at.filter(|at| *at > cx.now) {
        return Ok(Verdict::Later(at));
    }
    let unseen = Unseen {
        spot,
        after: owed.since_index.max(owed.read_index),
        said_after: owed.seen_at.unwrap_or(Time(i64::MIN)),
        internal: recipient.kind == Kind::Agent,
    };
    let lines = store::lines(cx.tx, &unseen, LINES_MAX)?;
    let Some(last_index) = lines.last().map(|line| line.index).filter(|_| owed.attempts < ATTEMPTS_MAX)
    else {
        return Ok(Verdict::Nothing);
    };
    let claim = Claim {
        person: spot.person,
        conversation: spot.conversation,
        until: cx.now.plus_seconds(timing.lease_seconds),
        attempt: owed.attempts + 1,
        last_index,
    };
    let more = store::count(cx.tx, &unseen)? - lines.len() as i64;
    let (title, short_id, since_index) = (owed.title, owed.short_id, owed.since_index);
    Ok(Verdict::Now(Box::new(Digest { claim, recipient, short_id, title, lines, more, since_index })))
}

/// Who is to get it, unless they may not, cannot or want not.
fn recipient(cx: &mut Cx<'_>, spot: Spot) -> Result<Option<Person>> {
    let person = person::get(cx, spot.person)?;
    if !person.active
        || person.facts.email.is_none()
        || !store::is_wanted(cx.tx, spot.workspace, spot.person)?
    {
        return Ok(None);
    }
    let caller = Caller {
        workspace: spot.workspace,
        person: person.id,
        kind: person.kind,
        can_write: false,
        token: None,
        scope: Scope::All,
    };
    match cx.as_caller(caller, |cx| conversation::seen(cx, spot.conversation)) {
        Ok(_) => Ok(Some(person)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The e-mail was handed over. What was said meanwhile is told in the next one. A claim that has ended changes nothing.
pub fn sent(cx: &mut Cx<'_>, claim: &Claim, timing: &Timing) -> Result<()> {
    let spot = claim.spot(cx)?;
    store::told(cx.tx, spot, claim, cx.now, cx.now.plus_seconds(timing.digest_seconds))
}

/// The e-mail could not be handed over; when it is tried again, unless it is given up. A claim that has ended changes
/// nothing.
pub fn failed(cx: &mut Cx<'_>, claim: &Claim, failure: Failure, timing: &Timing) -> Result<Option<Time>> {
    let spot = claim.spot(cx)?;
    let again = again(cx.now, claim.attempt, failure, timing);
    match again {
        Some(at) => store::try_again(cx.tx, spot, claim, at)?,
        None => store::give_up(cx.tx, spot, claim)?,
    }
    Ok(again)
}

/// When an e-mail is tried again of which this try has failed; `None` when it is given up.
pub(crate) fn again(now: Time, attempt: i64, failure: Failure, timing: &Timing) -> Option<Time> {
    let doubled = timing.retry_seconds.saturating_mul(1 << (attempt - 1).clamp(0, 20));
    let may_go_better = failure == Failure::Temporary && attempt < ATTEMPTS_MAX;
    may_go_better.then(|| now.plus_seconds(doubled.min(RETRY_SECONDS_MAX)))
}

impl Claim {
    fn spot(&self, cx: &Cx<'_>) -> Result<Spot> {
        Ok(Spot { workspace: cx.operator()?, person: self.person, conversation: self.conversation })
    }
}
