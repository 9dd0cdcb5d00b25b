//! Capability links: a URL that opens one file for one purpose, or ends the e-mails to one person. Nothing is stored for
//! a link; it carries what it opens and a signature only this installation can make.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::{Error, FileId, PersonId, Result, Time, WorkspaceId};

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// For what; a link for one purpose is worth nothing for the other.
    pub purpose: Purpose,
    /// Whose file.
    pub workspace: WorkspaceId,
    /// Which file.
    pub file: FileId,
    /// When it ends; `Time(0)` for a link that lives as long as the file.
    pub expires_at: Time,
}

/// For what a link is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To send the bytes of a file that has none yet.
    Upload,
    /// To look at it.
    View,
    /// To read it for a short while.
    Read,
}

/// Whose e-mails a link ends. It stands in every e-mail to them, so it never ends itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Who they are.
    pub person: PersonId,
}

/// The installation's secret, in memory. It never leaves the process.
#[derive(Clone, Default)]
pub struct Key([u8; 32]);

/// What is signed.
struct Body {
    purpose: u8,
    workspace: WorkspaceId,
    id: Uuid,
    expires_at: Time,
}

const UPLOAD: u8 = b'u';
const VIEW: u8 = b'v';
const READ: u8 = b'r';
const UNSUBSCRIBE: u8 = b'n';

const BODY_BYTES: usize = 1 + 8 + 16 + 8;
/// 128 bits of the HMAC: guessing one is hopeless, and the URL stays short.
const SIGNATURE_BYTES: usize = 16;

impl Key {
    pub(crate) fn new(secret: [u8; 32]) -> Key {
        Key(secret)
    }

    /// The link as the last part of a URL: 66 characters of `[A-Za-z0-9_-]`.
    #[must_use]
    pub fn sign(&self, link: &Link) -> String {
        let purpose = match link.purpose {
            Purpose::Upload => UPLOAD,
            Purpose::View => VIEW,
            Purpose::Read => READ,
        };
        self.seal(&Body { purpose, workspace: link.workspace, id: link.file.0, expires_at: link.expires_at })
    }

    /// What a link opens, when this installation made it for `purpose` and it has not ended at `now`.
    /// [`Error::NotFound`] in every other case, so that a forged link learns nothing.
    pub fn open(&self, text: &str, purpose: Purpose, now: Time) -> Result<Link> {
        let body = self.unseal(text).ok_or(Error::NotFound)?;
        let fits = match purpose {
            Purpose::Upload => body.purpose == UPLOAD,
            Purpose::View => body.purpose == VIEW,
            Purpose::Read => body.purpose == READ,
        };
        let alive = body.expires_at == Time(0) || body.expires_at > now;
        let Body { workspace, id, expires_at, .. } = body;
        let link = Link { purpose, workspace, file: FileId(id), expires_at };
        if fits && alive { Ok(link) } else { Err(Error::NotFound) }
    }

    /// The link that ends the e-mails to somebody, as the last part of a URL.
    #[must_use]
    pub fn sign_unsubscribe(&self, of: &Recipient) -> String {
        let Recipient { workspace, person } = *of;
        self.seal(&Body { purpose: UNSUBSCRIBE, workspace, id: person.0, expires_at: Time(0) })
    }

    /// Whose e-mails a link ends; [`Error::NotFound`] when this installation made none like it.
    pub fn open_unsubscribe(&self, text: &str) -> Result<Recipient> {
        let body = self.unseal(text).filter(|body| body.purpose == UNSUBSCRIBE).ok_or(Error::NotFound)?;
        Ok(Recipient { workspace: body.workspace, person: PersonId(body.id) })
    }

    fn seal(&self, body: &Body) -> String {
        let mut bytes = Vec::with_capacity(BODY_BYTES + SIGNATURE_BYTES);
        bytes.push(body.purpose);
        bytes.extend(body.workspace.0.to_be_bytes());
        bytes.extend(body.id.as_bytes());
        bytes.extend(body.expires_at.0.to_be_bytes());
        let signature = self.mac(&bytes).finalize().into_bytes();
        bytes.extend(&signature[..SIGNATURE_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn unseal(&self, text: &str) -> Option<Body> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, signature) = bytes.split_at_checked(BODY_BYTES)?;
        if signature.len() != SIGNATURE_BYTES {
            return None;
        }
        self.mac(body).verify_truncated_left(signature).ok()?;
        Some(Body {
            purpose: body[0],
            workspace: WorkspaceId(i64::from_be_bytes(body[1..9].try_into().ok()?)),
            id: Uuid::from_slice(&body[9..25]).ok()?,
            expires_at: Time(i64::from_be_bytes(body[25..33].try_into().ok()?)),
        })
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC takes a key of any length");
        mac.update(body);
        mac
    }
}
