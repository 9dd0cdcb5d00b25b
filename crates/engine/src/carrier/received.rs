//! Texts that come in. A carrier hears that a text is safe only after the text is stored; if the server dies in between,
//! the carrier delivers it again. The row that was stored with it then tells that it is the same.

use super::store;
use crate::channel::Channel;
use crate::conversation::line::{self, Heard};
use crate::{CarrierId, Cx, Error, MessageId, Result, Time};

/// How long a text that its carrier cannot name is taken for the one of an earlier session, in seconds: as long as it
/// is rather delivered again than written again.
const AGAIN_SECONDS: i64 = 60 * 60;

/// How long a name is kept that a carrier gave to a text, in seconds: as long as gateways try to deliver it.
const NAMED_SECONDS: i64 = 7 * 24 * 60 * 60;

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
    let age_seconds = if text.is_named() { NAMED_SECONDS } else { AGAIN_SECONDS };
    let since = cx.now.plus_seconds(-age_seconds);
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
/// gave names are remembered all the same, for [`NAMED_SECONDS`].
pub fn answered(cx: &mut Cx<'_>, carrier: CarrierId, keys: &[String]) -> Result<()> {
    let workspace = cx.operator()?;
    for (message, key) in keys.iter().filter_map(|key| key.split_once(' ')) {
        if !key.starts_with(NAMED) {
            store::delete_received(cx.tx, workspace, carrier, (key, message.parse()?))?;
        }
    }
    Ok(())
}

/// Forgets, in the operator's workspace, up to `limit` texts that no carrier delivers again; how many.
pub fn sweep(cx: &mut Cx<'_>, limit: i64) -> Result<u64> {
    let workspace = cx.operator()?;
    store::sweep(cx.tx, workspace, cx.now.plus_seconds(-NAMED_SECONDS), limit)
}
