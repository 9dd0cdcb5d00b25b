//! Files that are uploaded before it is known where they will hang: documents for a message, and pictures of people.
//!
//! Somebody who may asks for a ticket, a token that is good for one upload. Whoever shows it sends the bytes; then the
//! file waits for the message that names it.

use uuid::Uuid;

use super::format::Rules;
use super::name::Name;
use super::{Attachment, KEPT_AFTER_DELETION_SECONDS, PER_MESSAGE_MAX, Place, UPLOAD_SECONDS, store};
use crate::access::Caller;
use crate::credential::link::{Link, Purpose};
use crate::credential::{self, token};
use crate::person::{self, Kind};
use crate::{ConversationId, Cx, Error, FileId, Result, Time, conversation, workspace};

/// How long a link for reading a document lives, in seconds.
pub const ACCESS_SECONDS: i64 = 5 * 60;

/// Leave to upload one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The token to show: a random UUID. It is known nowhere else.
    pub token: String,
    /// What may be uploaded.
    pub rules: Rules,
}

/// For what a file is uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// To hang on a message of this conversation.
    Document(ConversationId),
    /// To be a picture of its owner.
    Avatar,
}

/// A ticket that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose it is; the upload is theirs.
    pub caller: Caller,
    /// What may be uploaded.
    pub rules: Rules,
}

/// What was uploaded, after it was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What it is called.
    pub name: Name,
    /// Its media type, by its content.
    pub content_type: &'static str,
    /// Its size as it is kept.
    pub size_bytes: i64,
    /// Width and height in pixels, if it is an image.
    pub pixels: Option<(i64, i64)>,
}

/// A ticket as it is stored.
pub(crate) struct Stored {
    pub(crate) caller: Caller,
    pub(crate) file: FileId,
    pub(crate) aim: Aim,
    pub(crate) state: String,
    pub(crate) created_at: Time,
}

/// Lets the caller upload one file to a conversation in which they may write. [`Error::NotFound`], [`Error::Locked`].
pub fn request(cx: &mut Cx<'_>, id: ConversationId) -> Result<Ticket> {
    cx.writer()?;
    conversation::open(cx, id)?;
    issue(cx, Aim::Document(id))
}

/// Lets the caller upload a picture of themselves.
pub fn request_avatar(cx: &mut Cx<'_>) -> Result<Ticket> {
    cx.writer()?;
    issue(cx, Aim::Avatar)
}

fn issue(cx: &mut Cx<'_>, aim: Aim) -> Result<Ticket> {
    let caller = cx.writer()?;
    let token = cx.random_uuid().to_string();
    let new = store::NewTicket { id: FileId(cx.uuid()), aim, hash: token::hash(&token) };
    store::insert_ticket(cx.tx, &caller, &new, cx.now)?;
    let rules = match aim {
        Aim::Document(_) => rules_of_documents(cx)?,
        Aim::Avatar => Rules::of_avatars(),
    };
    Ok(Ticket { token, rules })
}

/// What may be attached to messages in the caller's workspace.
pub fn rules_of_documents(cx: &mut Cx<'_>) -> Result<Rules> {
    Ok(Rules::of_workspace(&workspace::mine(cx)?))
}

/// The ticket behind an upload token, while it is good. [`Error::Invalid`] when this is no token or it has expired,
/// [`Error::NotFound`] when there is no such token, [`Error::Conflict`] when it was used already.
pub fn ticket(cx: &mut Cx<'_>, token: &str) -> Result<Shown> {
    let stored = find(cx, token)?;
    if stored.created_at.plus_seconds(UPLOAD_SECONDS) <= cx.now {
        return Err(Error::invalid("token", "This upload token has expired."));
    }
    let rules = match stored.aim {
        Aim::Document(_) => Rules::of_workspace(&workspace::get(cx, stored.caller.workspace)?),
        Aim::Avatar => Rules::of_avatars(),
    };
    Ok(Shown { caller: stored.caller, rules })
}

fn find(cx: &mut Cx<'_>, token: &str) -> Result<Stored> {
    let id = Uuid::try_parse(token).map_err(|_| Error::invalid("token", "This upload token is invalid."))?;
    let stored = credential::by_upload_token(cx, &id.to_string())?.ok_or(Error::NotFound)?;
    if stored.state == "draft" { Ok(stored) } else { Err(used()) }
}

/// The bytes for the caller's own ticket are here and may be kept: under which id. Each call gives another id and
/// takes the ticket from those before, so that of several uploads at once one alone can be [`received`] and none
/// writes over the bytes of another. [`Error::Conflict`] when the ticket was used meanwhile, [`Error::Locked`].
pub fn claim(cx: &mut Cx<'_>, token: &str) -> Result<FileId> {
    let caller = cx.writer()?;
    let stored = find(cx, token)?;
    if (stored.caller.workspace, stored.caller.person) != (caller.workspace, caller.person) {
        return Err(Error::NotFound);
    }
    if let Aim::Document(conversation) = stored.aim {
        conversation::open(cx, conversation)?;
    }
    let fresh = FileId(cx.uuid());
    store::rename(cx.tx, caller.workspace, stored.file, fresh)?;
    Ok(fresh)
}

/// The bytes lie under the id that [`claim`] gave. A document now waits for its message; a picture is its owner's from
/// now on. [`Error::Conflict`] when somebody else claimed the ticket since: then the bytes are nobody's.
pub fn received(cx: &mut Cx<'_>, id: FileId, what: &Received) -> Result<Attachment> {
    let caller = cx.writer()?;
    if !store::received(cx.tx, &caller, id, what, cx.now)? {
        return Err(used());
    }
    let kept = store::kept(cx.tx, caller.workspace, id)?.ok_or_else(lost)?;
    if kept.is_avatar {
        store::set_state(cx.tx, caller.workspace, id, "attached", cx.now)?;
        if let Some(before) = person::set_avatar(cx, caller.person, id)? {
            store::set_state(cx.tx, caller.workspace, before, "deleted", cx.now)?;
        }
    }
    Ok(kept.attachment)
}

/// Whether the caller may hang these files on a message that they are about to write: uploads of their own for this
/// conversation, each once, which wait for a message. [`Error::Invalid`] when one of them is none.
pub(crate) fn check(cx: &mut Cx<'_>, id: ConversationId, files: &[FileId]) -> Result<()> {
    let caller = cx.caller()?;
    if files.is_empty() {
        return Ok(());
    }
    if files.len() as i64 > PER_MESSAGE_MAX {
        return Err(Error::invalid("fileIds", format!("A message takes at most {PER_MESSAGE_MAX} files.")));
    }
    let oldest = cx.now.plus_seconds(-KEPT_AFTER_DELETION_SECONDS);
    let waiting = store::waiting(cx.tx, &caller, (id, oldest), files)?;
    // The statement gives each file once, so one that was named twice makes them too few.
    match waiting == files.len() as i64 {
        true => Ok(()),
        false => Err(Error::invalid(
            "fileIds",
            "Each must be, once, the id of a file that you have uploaded to this conversation in the last 24 hours and that hangs on no message.",
        )),
    }
}

/// Hangs files that were [`check`]ed on the message, which counts them itself.
pub(crate) fn hang(cx: &mut Cx<'_>, place: Place, files: &[FileId]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    store::hang(cx.tx, cx.workspace()?, (place, cx.now), files)
}

/// A link for reading a file of a conversation that the caller sees, for a short while: one that hangs on a message
/// which they see, or an upload of their own. [`Error::NotFound`] for every other.
pub fn lend(cx: &mut Cx<'_>, conversation: ConversationId, id: FileId) -> Result<Link> {
    let caller = cx.caller()?;
    conversation::seen(cx, conversation)?;
    let is_agent = caller.kind == Kind::Agent;
    if !store::may_read(cx.tx, &caller, (conversation, id), is_agent)? {
        return Err(Error::NotFound);
    }
    let expires_at = cx.now.plus_seconds(ACCESS_SECONDS);
    Ok(Link { purpose: Purpose::Read, workspace: caller.workspace, file: id, expires_at })
}

/// What a link for reading opens; [`Error::NotFound`] when the file was deleted meanwhile.
pub fn lent(cx: &mut Cx<'_>, link: &Link) -> Result<Attachment> {
    store::kept(cx.tx, link.workspace, link.file)?.map(|kept| kept.attachment).ok_or(Error::NotFound)
}

/// The picture of a person, which everybody may see who knows its id. [`Error::NotFound`] for any other file.
pub fn avatar(cx: &mut Cx<'_>, id: FileId) -> Result<Attachment> {
    let workspace = credential::workspace_of_avatar(cx, id)?.ok_or(Error::NotFound)?;
    store::attached(cx.tx, workspace, id)?.ok_or(Error::NotFound)
}

fn used() -> Error {
    Error::Conflict("This upload token is already used.".into())
}

fn lost() -> Error {
    Error::Internal("a file that was just received is gone".into())
}
