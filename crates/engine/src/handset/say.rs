//! What the owner of a simulated telephone writes.

use crate::carrier::{self, Inbound, Kind};
use crate::channel::Channel;
use crate::{Cx, Error, MessageId, Result};

/// A text from a simulated telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The owner's number.
    pub from: String,
    /// The address of ours it goes to.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// A text comes from a simulated telephone to an address of the operator's workspace; which message it is. The telephone
/// is there at once.
///
/// # Errors
/// [`Error::NotFound`] when the address is not that of a simulated carrier; and those of [`carrier::receive`].
pub fn say(cx: &mut Cx<'_>, said: &Said) -> Result<MessageId> {
    let carrier = carrier::by_address(cx, &said.to)?.filter(|carrier| carrier.kind == Kind::Handset);
    let carrier = carrier.ok_or(Error::NotFound)?.id;
    let key = cx.uuid().to_string();
    let text = Inbound {
        carrier,
        from: said.from.clone(),
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
