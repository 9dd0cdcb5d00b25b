//! Parts of texts that are longer than a carrier's messages. Each is kept as it comes, so that its carrier can be
//! answered at once; with the last one the text is received.

mod store;

use super::{Inbound, answered, receive as receive_whole};
use crate::channel::Channel;
use crate::{CarrierId, Cx, Result, Time};

/// How long the other parts of a text are waited for, in seconds; and how long a part that comes again is known.
const PATIENCE_SECONDS: i64 = 5 * 60;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who brings it.
    pub carrier: CarrierId,
    /// Who sent the text, as the carrier spells them.
    pub from: String,
    /// Our address.
    pub to: String,
    /// What the sender calls the text. Numbers come round again, so it names a text for some minutes only.
    pub reference: String,
    /// How many parts there are.
    pub total: i64,
    /// Which one this is, from 1.
    pub number: i64,
    /// What it holds.
    pub piece: Piece,
}

/// What a part holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How the octets are to be read, as the carrier's protocol numbers it.
    pub coding: i64,
    /// A character can begin in one part and end in the next.
    pub octets: Vec<u8>,
}

/// Makes one text of the parts of one, in their order.
pub type Join = fn(&[Piece]) -> String;

/// Which text a part is of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set {
    carrier: CarrierId,
    from: String,
    to: String,
    reference: String,
    total: i64,
}

/// Keeps a part in the operator's workspace; with the last one that was missing the text is received. The same part
/// again changes nothing. Another one in its place begins another text: what there is of the old one is received.
///
/// # Errors
/// As [`super::receive`].
pub fn receive(cx: &mut Cx<'_>, part: &Part, join: Join) -> Result<()> {
    let workspace = cx.operator()?;
    let set = Set::of(part);
    let mut kept = store::parts(cx.tx, workspace, &set)?;
    match kept.iter().find(|kept| kept.number == part.number) {
        Some(same) if same.piece == part.piece => return Ok(()),
        Some(other) => {
            if !other.is_received {
                deliver(cx, &set, join)?;
            }
            store::forget(cx.tx, workspace, &set)?;
            kept.clear();
        }
        None => {}
    }
    store::insert(cx.tx, workspace, &set, part, cx.now)?;
    if kept.len() as i64 + 1 == part.total { deliver(cx, &set, join) } else { Ok(()) }
}

/// Whether there is a text for [`give_up`]. Only reads.
///
/// # Errors
/// As every verb's.
pub fn is_overdue(cx: &mut Cx<'_>, carrier: CarrierId) -> Result<bool> {
    Ok(overdue(cx, carrier)?.is_some())
}

/// Receives, for a carrier of the operator's workspace, what there is of the first text whose other parts did not come
/// in time; or forgets the parts of one that was received long enough ago.
///
/// # Errors
/// As [`super::receive`].
pub fn give_up(cx: &mut Cx<'_>, carrier: CarrierId, join: Join) -> Result<()> {
    let workspace = cx.operator()?;
    let Some((set, is_received)) = overdue(cx, carrier)? else { return Ok(()) };
    if !is_received {
        deliver(cx, &set, join)?;
    }
    store::forget(cx.tx, workspace, &set)
}

fn overdue(cx: &mut Cx<'_>, carrier: CarrierId) -> Result<Option<(Set, bool)>> {
    let workspace = cx.operator()?;
    store::overdue(cx.tx, workspace, carrier, cx.now.plus_seconds(-PATIENCE_SECONDS))
}

/// Receives the text of what is kept of a set.
fn deliver(cx: &mut Cx<'_>, set: &Set, join: Join) -> Result<()> {
    let workspace = cx.operator()?;
    let kept = store::parts(cx.tx, workspace, set)?;
    let at = kept.iter().map(|kept| kept.at).min().unwrap_or(cx.now);
    let pieces: Vec<Piece> = kept.into_iter().map(|kept| kept.piece).collect();
    let text = set.text(join(&pieces), cx.uuid().to_string(), at);
    let received = receive_whole(cx, &text)?;
    // The parts themselves tell when they come again.
    answered(cx, set.carrier, &[received.key])?;
    store::mark_received(cx.tx, workspace, set)
}

impl Set {
    fn of(part: &Part) -> Set {
        let Part { carrier, from, to, reference, total, .. } = part.clone();
        Set { carrier, from, to, reference, total }
    }

    fn text(&self, text: String, key: String, at: Time) -> Inbound {
        Inbound {
            carrier: self.carrier,
            from: self.from.clone(),
            to: self.to.clone(),
            channel: Channel::Sms,
            text,
            session: key.clone(),
            key,
            at,
        }
    }
}
