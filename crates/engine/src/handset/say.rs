//! What the owner of a simulated telephone writes.

use crate::carrier::{self, Inbound, Kind};
use crate::channel::Channel;
use crate::{CarrierId, Cx, Error, MessageId, Result, phone, workspace};

/// A text from a simulated telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The owner's number, in any usual spelling.
    pub from: String,
    /// The address of ours it goes to, in any usual spelling.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// Whether a telephone with this number could write to this address of the operator's workspace: the number as E.164,
/// and the carrier. [`Error::Invalid`] of `from` when it is no phone number; [`Error::NotFound`] when the address is not
/// that of a simulated carrier.
pub fn pick_up(cx: &mut Cx<'_>, from: &str, to: &str) -> Result<(String, CarrierId)> {
    cx.operator()?;
    let country = workspace::mine(cx)?.country;
    let number = phone::normalise(from, &country).map_err(|problem| Error::invalid("from", problem))?;
    let carrier = carrier::by_address(cx, to)?.filter(|carrier| carrier.kind == Kind::Handset);
    Ok((number, carrier.ok_or(Error::NotFound)?.id))
}

/// A text comes from a simulated telephone to an address of the operator's workspace; which message it is. The telephone
/// is there at once.
///
/// # Errors
/// Those of [`pick_up`] and of [`carrier::receive`]; [`Error::Invalid`] of `text` when it says nothing.
pub fn say(cx: &mut Cx<'_>, said: &Said) -> Result<MessageId> {
    let (from, carrier) = pick_up(cx, &said.from, &said.to)?;
    if said.text.trim().is_empty() {
        return Err(Error::invalid("text", "Say something: an empty text is none."));
    }
    let key = cx.uuid().to_string();
    let text = Inbound {
        carrier,
        from,
        to: said.to.clone(),
        channel: Channel::Sms,
        text: said.text.clone(),
        session: key.clone(),
        key,
        at: cx.now,
    };
    let heard = carrier::receive(cx, &text)?;
    carrier::answered(cx, carrier, &[heard.key])?;
    Ok(heard.message)
}
