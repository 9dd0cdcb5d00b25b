//! Texts that come in. A carrier hears that a text is safe only after the text is stored; if the server dies in between,
//! the carrier delivers it again. The row that was stored with it then tells that it is the same.
//!
//! Somebody who says the same words again must be heard again, so a row lives no longer than it is needed: until its
//! carrier has proven that it knows, and until a later session has lasted so long that the text would have come again.

use super::store;
use crate::channel::Channel;
use crate::conversation::line::{self, Heard};
use crate::{CarrierId, Cx, Error, MessageId, Result, Time};

/// How long a session lasts before nothing of the ones before it comes again, in seconds. Service centres deliver what
/// was not answered as soon as somebody is bound again, or at their next try, of which the first come within five
/// minutes: this is twice as long. It is counted from the bind, however long nobody was bound.
pub const AGAIN_SECONDS: i64 = 10 * 60;

/// How long a text is known at most, in seconds: as long as gateways try to deliver what they gave a name.
const KNOWN_SECONDS: i64 = 7 * 24 * 60 * 60;

/// How the key begins of a text that its carrier gave a name.
const NAMED: &str = "id:";

/// A text as a carrier delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Which carrier.
    pub carrier: CarrierId,
    /// Who wrote it, as the carrier spells it.
    pub from: String,
    /// To whom, as the carrier spells it; whatever that is, it is for the carrier's address.
    pub to: String,
    /// How it came.
    pub channel: Channel,
    /// What it says.
    pub text: String,
    /// `id:` and the carrier's name for it; or what of it is the same when it is delivered again.
    pub key: String,
    /// The connection by which it came: within one, a text that is like another is another.
    pub session: String,
    /// When, by the carrier's clock or ours.
    pub at: Time,
}

/// What became of a text that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The message that it is now.
    pub message: MessageId,
    /// Names it to [`answered`].
    pub key: String,
    /// False when it was stored before.
    pub is_new: bool,
}

impl Inbound {
    /// Whether the key names this text and no other, for ever.
    pub(super) fn is_named(&self) -> bool {
        self.key.starts_with(NAMED)
    }
}

/// Stores a text that came in to the operator's workspace, unless it was stored before. When this is done the carrier
/// can be told that the text is safe. [`Error::NotFound`] when there is no such carrier.
pub fn receive(cx: &mut Cx<'_>, text: &Inbound) -> Result<Outcome> {
    let workspace = cx.operator()?;
    let carrier = store::get(cx.tx, workspace, text.carrier)?.ok_or(Error::NotFound)?;
    let since = cx.now.plus_seconds(-KNOWN_SECONDS);
    if let Some(message) = store::received_before(cx.tx, workspace, text, since)? {
        store::take_over(cx.tx, workspace, text, message)?;
        return Ok(outcome(text, message, false));
    }
    let (from, channel) = (text.from.clone(), text.channel);
    let heard = Heard { from, our_address: carrier.address, channel, text: text.text.clone() };
    let message = line::hear(cx, &heard)?;
    store::insert_received(cx.tx, workspace, text, message, cx.now)?;
    Ok(outcome(text, message, true))
}

fn outcome(text: &Inbound, message: MessageId, is_new: bool) -> Outcome {
    Outcome { message, key: format!("{message} {}", text.key), is_new }
}

/// A carrier of the operator's workspace knows that these texts are safe and will not deliver them again. Those that it
/// gave names are remembered all the same, for [`KNOWN_SECONDS`].
pub fn answered(cx: &mut Cx<'_>, carrier: CarrierId, keys: &[String]) -> Result<()> {
    let workspace = cx.operator()?;
    for (message, key) in keys.iter().filter_map(|key| key.split_once(' ')) {
        if !key.starts_with(NAMED) {
            store::delete_received(cx.tx, workspace, carrier, (key, message.parse()?))?;
        }
    }
    Ok(())
}

/// A session of a carrier of the operator's workspace has lasted for [`AGAIN_SECONDS`]: what the sessions before it left
/// in doubt would have come again by now. From now on the same words are another text.
pub fn settled(cx: &mut Cx<'_>, carrier: CarrierId, session: &str) -> Result<()> {
    let workspace = cx.operator()?;
    store::delete_doubts(cx.tx, workspace, carrier, session)
}

/// Forgets, in the operator's workspace, up to `limit` texts that no carrier delivers again; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-KNOWN_SECONDS), limit)
}
