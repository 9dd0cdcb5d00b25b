//! Carriers: the other ends of a workspace's own addresses, through which texts come and go.

mod address;
mod everywhere;
pub mod part;
mod received;
mod store;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::channel::Channel;
use crate::db::stored_enum;
use crate::submission::Spelling;
use crate::{CarrierId, Cx, Error, Result, Time, legible};

pub(crate) use address::at;
pub use everywhere::{Held, all, by_id, held, hold, let_go};
pub use received::{AGAIN_SECONDS, Inbound, Outcome, answered, receive, settled, sweep};

stored_enum! {
    /// What speaks at the other end.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a carrier of kind" {
        /// Simulated telephones in the server itself.
        Handset = "handset",
        /// A short message service centre, by SMPP 3.4.
        Smpp = "smpp",
        /// A gateway of the operator's own, by signed HTTP.
        Http = "http",
        /// Google RCS Business Messaging.
        Rcs = "rcs",
    }
}

/// A carrier of a workspace.
#[derive(Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Its id.
    pub id: CarrierId,
    /// What it is.
    pub kind: Kind,
    /// Our address there: a number (E.164), a short code, a name or the id of an agent.
    pub address: String,
    /// Where it is reached, with what opens it.
    pub url: Option<String>,
    /// Signs what we and a gateway send each other.
    pub secret: Option<String>,
    /// How it stands, in a word.
    pub state: String,
    /// What is wrong with it, if anything is.
    pub state_detail: String,
    /// Since when it stands so.
    pub state_at: Time,
    /// Since when there is such a carrier.
    pub created_at: Time,
}

/// A carrier to add.
#[derive(Clone)]
pub struct New {
    /// What it is.
    pub kind: Kind,
    /// Our address there.
    pub address: String,
    /// Where it is reached; a simulated one is nowhere.
    pub url: Option<String>,
}

/// How a carrier stands that nothing is known of yet.
pub const STATE_NEW: &str = "new";

/// The longest URL, in characters.
const URL_CHARS_MAX: usize = 2_000;

/// The longest state and its detail, in characters; more is cut off.
const STATE_CHARS_MAX: usize = 500;

/// Adds a carrier to the operator's workspace. [`Error::Conflict`] when the address has one, in whichever spelling;
/// [`Error::Invalid`] for an address or a URL that is none.
pub fn add(cx: &mut Cx<'_>, new: &New) -> Result<Carrier> {
    let workspace = cx.operator()?;
    let address = address::checked(cx, &new.address)?;
    check_url(new.kind, new.url.as_deref())?;
    if let Some(known) = by_address(cx, &address)? {
        return Err(taken(&known.address));
    }
    let carrier = Carrier {
        id: CarrierId(cx.uuid()),
        kind: new.kind,
        address,
        url: new.url.clone(),
        secret: new.kind.is_signed().then(|| URL_SAFE_NO_PAD.encode(cx.secret())),
        state: STATE_NEW.to_owned(),
        state_detail: String::new(),
        state_at: cx.now,
        created_at: cx.now,
    };
    match store::insert(cx.tx, workspace, &carrier)? {
        true => Ok(carrier),
        false => Err(taken(&carrier.address)),
    }
}

fn taken(address: &str) -> Error {
    Error::Conflict(format!("There is already a carrier for {address:?}."))
}

/// The carriers of the operator's workspace, the oldest first.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<Carrier>> {
    let workspace = cx.operator()?;
    store::list(cx.tx, workspace)
}

/// Takes away a carrier of the operator's workspace, by its id or its address in any spelling; which it was. What waits for it is given
/// up by [`crate::submission::give_up`]. [`Error::NotFound`] when there is none.
pub fn remove(cx: &mut Cx<'_>, reference: &str) -> Result<Carrier> {
    let workspace = cx.operator()?;
    let all = store::list(cx.tx, workspace)?;
    let carrier = match all.iter().find(|carrier| carrier.id.to_string() == reference) {
        Some(carrier) => carrier,
        None => at(cx, &all, reference)?.ok_or(Error::NotFound)?,
    };
    store::remove(cx.tx, workspace, carrier.id, cx.now)?;
    Ok(carrier.clone())
}

/// Notes how a carrier of the operator's workspace stands: a word, and what is wrong. The same again changes nothing.
pub fn set_state(cx: &mut Cx<'_>, id: CarrierId, state: &str, detail: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let [state, detail] = [state, detail].map(|text| legible::line(text, STATE_CHARS_MAX));
    store::set_state(cx.tx, workspace, &store::Standing { id, state: &state, detail: &detail, at: cx.now })
}

/// A report has shown how a carrier spells the ids of messages.
pub(crate) fn learn_spelling(cx: &mut Cx<'_>, id: CarrierId, spelling: Spelling) -> Result<()> {
    let workspace = cx.operator()?;
    store::set_spelling(cx.tx, workspace, id, spelling)
}

/// The carrier of one of the caller's workspace's own addresses, in any spelling.
pub(crate) fn by_address(cx: &mut Cx<'_>, address: &str) -> Result<Option<Carrier>> {
    let workspace = cx.workspace()?;
    // Almost always it is spelled as it is kept, and one statement finds it.
    if let Some(carrier) = store::by_address(cx.tx, workspace, address)? {
        return Ok(Some(carrier));
    }
    let all = store::list(cx.tx, workspace)?;
    Ok(at(cx, &all, address)?.cloned())
}

/// The carriers of the caller's workspace that take messages of this channel, the oldest first.
pub(crate) fn of_channel(cx: &mut Cx<'_>, channel: Channel) -> Result<Vec<Carrier>> {
    let workspace = cx.workspace()?;
    let mut all = store::list(cx.tx, workspace)?;
    all.retain(|carrier| carrier.kind.takes(channel));
    Ok(all)
}

impl Kind {
    /// Whether messages of this channel can go through it.
    #[must_use]
    pub fn takes(self, channel: Channel) -> bool {
        match channel {
            Channel::Sms => matches!(self, Kind::Handset | Kind::Smpp | Kind::Http),
            Channel::Rcs => matches!(self, Kind::Handset | Kind::Rcs | Kind::Http),
            Channel::Voice | Channel::Whatsapp => matches!(self, Kind::Handset | Kind::Http),
            Channel::Email | Channel::Chat | Channel::Facebook | Channel::Instagram => false,
        }
    }

    /// Whether what we and it send each other is signed with a secret that both know.
    fn is_signed(self) -> bool {
        matches!(self, Kind::Http | Kind::Rcs)
    }

    /// How its URL may begin; nothing where it has none.
    fn schemes(self) -> &'static [&'static str] {
        match self {
            Kind::Handset => &[],
            Kind::Smpp => &["smpp://", "smpps://", "ssmpp://"],
            Kind::Http | Kind::Rcs => &["https://", "http://"],
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Kind> {
        let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| Error::invalid("kind", "A carrier is a handset, smpp, http or rcs."))
    }
}

/// Neither a password in its URL nor its secret belongs in a log.
impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Carrier { id, kind, address, state, .. } = self;
        write!(f, "Carrier({id}, {}, {address:?}, {state:?})", kind.as_str())
    }
}

fn check_url(kind: Kind, url: Option<&str>) -> Result<()> {
    let schemes = kind.schemes();
    let problem = match url {
        None if schemes.is_empty() => return Ok(()),
        None => format!("A carrier of kind {} is reached at a URL.", kind.as_str()),
        Some(_) if schemes.is_empty() => "A simulated handset is reached at no URL.".to_owned(),
        Some(url) if url.chars().count() > URL_CHARS_MAX => {
            format!("A URL has at most {URL_CHARS_MAX} characters.")
        }
        Some(url) if schemes.iter().any(|scheme| url.starts_with(scheme)) => return Ok(()),
        Some(_) => format!("The URL of a carrier of kind {} begins with {}.", kind.as_str(), schemes[0]),
    };
    Err(Error::invalid("url", problem))
}
