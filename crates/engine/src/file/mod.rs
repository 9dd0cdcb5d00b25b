//! Files that hang on messages: facts about them. The bytes lie outside, under the file's id.
//!
//! A picture is drafted for a message (its uploader gets a link), uploaded once (its bytes were checked: good, or
//! rejected with reasons), then attached, and perhaps deleted. What is uploaded before its message is written comes in
//! through [`upload`].

mod format;
mod name;
mod store;
pub mod upload;

pub use format::{AVATAR_BYTES_MAX, BYTES_MAX, Content, FORMATS, Format, Rules};
pub(crate) use format::{check_bytes_max, check_extensions};
pub use name::{NAME_CHARS_MAX, Name, Unusable};

use crate::conversation;
use crate::credential::link::{Link, Purpose};
use crate::event;
use crate::message::{self, Message};
use crate::{ConversationId, Cx, Error, FileId, MessageId, PersonId, Result, participant};

/// Files on one message, counting uploads that may still come.
pub const PER_MESSAGE_MAX: i64 = 10;

/// How long an upload link lives, in seconds.
pub const UPLOAD_SECONDS: i64 = 15 * 60;

/// How long the bytes of a deleted file are kept, in seconds, so that a backup which copies the database first
/// and the bytes afterwards still finds everything its database speaks of.
const KEPT_AFTER_DELETION_SECONDS: i64 = 24 * 60 * 60;

/// A file that hangs on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: FileId,
    /// Its number in the workspace.
    pub short_id: i64,
    /// What it is called.
    pub name: String,
    /// Its media type, by its content.
    pub content_type: String,
    /// How many bytes it has.
    pub size_bytes: i64,
    /// How wide it is, in pixels, if it is an image.
    pub width_px: Option<i64>,
    /// How high it is, in pixels, if it is an image.
    pub height_px: Option<i64>,
    /// What opens it.
    pub link: Link,
}

impl Attachment {
    /// Whether it is an image, which was made safe to be shown within a page.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.width_px.is_some()
    }
}

/// Where a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In which conversation.
    pub conversation: ConversationId,
    /// On which of its messages.
    pub message: MessageId,
}

/// What the examination of uploaded bytes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An image; what is kept is clean.
    Image {
        /// Its media type.
        content_type: &'static str,
        /// Its size as it is kept.
        size_bytes: i64,
        /// Its width in pixels.
        width_px: i64,
        /// Its height in pixels.
        height_px: i64,
    },
    /// It may not be kept, for these reasons.
    Rejected(Vec<String>),
}

/// A file as it is stored.
pub(crate) struct File {
    id: FileId,
    place: Place,
    owner: PersonId,
    state: String,
    reasons: Option<String>,
}

/// Makes room for a file on a message of the caller's own; the link to send its bytes to.
/// [`Error::NotFound`] for somebody else's message, [`Error::Locked`], [`Error::Conflict`] when it is full.
pub fn draft(cx: &mut Cx<'_>, place: Place) -> Result<Link> {
    let caller = cx.writer()?;
    own_message(cx, place)?;
    let oldest = cx.now.plus_seconds(-UPLOAD_SECONDS);
    if store::count_on(cx.tx, caller.workspace, place.message, oldest)? >= PER_MESSAGE_MAX {
        return Err(full());
    }
    let id = FileId(cx.uuid());
    store::insert(cx.tx, caller.workspace, id, place, caller.person, cx.now)?;
    let expires_at = cx.now.plus_seconds(UPLOAD_SECONDS);
    Ok(Link { purpose: Purpose::Upload, workspace: caller.workspace, file: id, expires_at })
}

/// Whether the caller's own draft still waits for its bytes.
/// [`Error::Conflict`] when it has had some, [`Error::Locked`] when the conversation was locked meanwhile.
pub fn awaited(cx: &mut Cx<'_>, id: FileId) -> Result<()> {
    let caller = cx.writer()?;
    let file = store::get(cx.tx, caller.workspace, id)?
        .filter(|f| f.owner == caller.person)
        .ok_or(Error::NotFound)?;
    conversation::open(cx, file.place.conversation)?;
    match file.state.as_str() {
        "draft" => Ok(()),
        _ => Err(Error::Conflict(
            "Something was already uploaded here; an upload URL is good for one upload.".into(),
        )),
    }
}

/// The bytes came and were examined.
pub fn uploaded(cx: &mut Cx<'_>, id: FileId, verdict: &Verdict) -> Result<()> {
    awaited(cx, id)?;
    store::examined(cx.tx, cx.workspace()?, id, verdict, cx.now)
}

/// Hangs an uploaded file on its message; doing so again gives the same attachment.
/// [`Error::Invalid`] when nothing was uploaded yet, [`Error::Rejected`] when what was may not be kept,
/// [`Error::Conflict`] when the message is full: an upload that took too long to be attached lost its place.
pub fn attach(cx: &mut Cx<'_>, place: Place, id: FileId) -> Result<Attachment> {
    let caller = cx.writer()?;
    let message = own_message(cx, place)?;
    let file =
        store::get(cx.tx, caller.workspace, id)?.filter(|file| file.place == place).ok_or(Error::NotFound)?;
    match file.state.as_str() {
        "uploaded" if message.attachment_count >= PER_MESSAGE_MAX => return Err(full()),
        "uploaded" => {
            store::set_state(cx.tx, caller.workspace, id, "attached", cx.now)?;
            message::count_attachment(cx, &message, 1)?;
            changed(cx, place, event::Kind::FileAttached)?;
        }
        "attached" => {}
        "draft" => return Err(Error::invalid("id", "Nothing has been uploaded for this image yet.")),
        "rejected" => return Err(Error::Rejected { reasons: file.reasons() }),
        _ => return Err(Error::NotFound),
    }
    let attached = store::of_message(cx.tx, caller.workspace, place.message)?;
    attached
        .into_iter()
        .find(|a| a.id == file.id)
        .ok_or_else(|| Error::Internal("an attached file is gone".into()))
}

/// Takes a file off a message of the caller's own, whatever became of it. [`Error::NotFound`] when it is gone.
pub fn delete(cx: &mut Cx<'_>, place: Place, id: FileId) -> Result<()> {
    let caller = cx.writer()?;
    let message = own_message(cx, place)?;
    let found = store::get(cx.tx, caller.workspace, id)?;
    let file = found.filter(|f| f.place == place && f.state != "deleted").ok_or(Error::NotFound)?;
    store::set_state(cx.tx, caller.workspace, id, "deleted", cx.now)?;
    if file.state == "attached" {
        message::count_attachment(cx, &message, -1)?;
        changed(cx, place, event::Kind::FileDeleted)?;
    }
    Ok(())
}

/// What a link for looking at a file opens; [`Error::NotFound`] unless the file hangs on a message now.
pub fn viewed(cx: &mut Cx<'_>, link: &Link) -> Result<Attachment> {
    store::attached(cx.tx, link.workspace, link.file)?.ok_or(Error::NotFound)
}

/// The files of a message, oldest first.
pub(crate) fn of_message(cx: &mut Cx<'_>, message: MessageId) -> Result<Vec<Attachment>> {
    store::of_message(cx.tx, cx.workspace()?, message)
}

/// Up to `limit` files of the operator's workspace that were deleted long enough ago or never came to anything.
/// Their bytes are deleted first and [`forget`] comes second, so that a crash in between repeats the work.
pub fn expired(cx: &mut Cx<'_>, limit: i64) -> Result<Vec<FileId>> {
    let workspace = cx.operator()?;
    let before = cx.now.plus_seconds(-KEPT_AFTER_DELETION_SECONDS);
    store::expired(cx.tx, workspace, before, limit)
}

/// Forgets expired files of the operator's workspace whose bytes are gone.
pub fn forget(cx: &mut Cx<'_>, files: &[FileId]) -> Result<()> {
    let workspace = cx.operator()?;
    files.iter().try_for_each(|id| store::forget(cx.tx, workspace, *id))
}

/// A message the caller may hang files on: their own, in a conversation that is open.
fn own_message(cx: &mut Cx<'_>, place: Place) -> Result<Message> {
    let caller = cx.caller()?;
    let seen = conversation::seen(cx, place.conversation)?;
    let message = message::in_conversation(cx, &seen, place.message)?;
    if message.author != caller.person {
        return Err(Error::NotFound);
    }
    if seen.conversation.locked { Err(Error::Locked) } else { Ok(message) }
}

fn full() -> Error {
    Error::Conflict(format!(
        "A message takes at most {PER_MESSAGE_MAX} files, with those whose upload was begun in the last {} minutes.",
        UPLOAD_SECONDS / 60
    ))
}

fn changed(cx: &mut Cx<'_>, place: Place, kind: event::Kind) -> Result<()> {
    participant::touched(cx, place.conversation)?;
    cx.emit(kind, |e| event::Event {
        conversation: Some(place.conversation),
        message: Some(place.message),
        ..e
    });
    Ok(())
}

impl File {
    fn reasons(&self) -> Vec<String> {
        self.reasons.iter().flat_map(|r| r.lines()).map(str::to_owned).collect()
    }
}
