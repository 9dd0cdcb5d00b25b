//! Sending a campaign: its recipients become messages, a few in each transaction.

use super::recipient::Recipient;
use super::{Campaign, State, page, store, template};
use crate::access::{Caller, Scope};
use crate::callback::{self, LeftOut};
use crate::carrier::Carrier;
use crate::channel::Family;
use crate::contact::{self, Address, Contact, Saving, list};
use crate::conversation::line::{self, Sending};
use crate::person::Kind;
use crate::{Cx, Error, Result, carrier, opt_out, submission};

/// Turns the next recipients of a campaign of the operator's workspace into messages, at most `limit`; whether there are
/// more. Whoever wants to hear no more, also if they said so only meanwhile, is not written to, and what was paid for it
/// is given back. Without any carrier that takes its messages, the campaign ends.
pub fn expand(cx: &mut Cx<'_>, ticket: &str, limit: usize) -> Result<bool> {
    let workspace = cx.operator()?;
    let Some(mut campaign) = in_progress(cx, ticket)? else { return Ok(false) };
    let carriers = carrier::of_channel(cx, campaign.channel)?;
    if carriers.is_empty() {
        campaign.problem = "The workspace has no carrier for this any more.".to_owned();
        campaign.end(cx, State::Failed)?;
        return Ok(false);
    }
    let some = page::next(cx, &campaign, limit)?;
    let phones: Vec<String> = some.iter().map(|recipient| recipient.phone.clone()).collect();
    let opted_out = opt_out::among(cx, &phones)?;
    for recipient in &some {
        match recipient.is_left_out || opted_out.contains(&recipient.phone) {
            true => leave_out(cx, &mut campaign, &carriers, recipient)?,
            false => send(cx, &campaign, &carriers, recipient)?,
        }
        campaign.next += 1;
    }
    go_on(cx, &mut campaign);
    store::update(cx.tx, workspace, &campaign)?;
    Ok(campaign.due_at.is_some())
}

/// The next recipient of a campaign of the operator's workspace cannot be written to, as when the conversation with them
/// is locked: they are passed over, and what was paid for it is given back.
pub fn skip(cx: &mut Cx<'_>, ticket: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let Some(mut campaign) = in_progress(cx, ticket)? else { return Ok(()) };
    let cost_micro = page::next(cx, &campaign, 1)?.iter().map(|recipient| recipient.cost_micro).sum();
    campaign.refund(cx, cost_micro)?;
    campaign.next += 1;
    go_on(cx, &mut campaign);
    store::update(cx.tx, workspace, &campaign)
}

/// The campaign, if its time has come and it is not at its end.
fn in_progress(cx: &mut Cx<'_>, ticket: &str) -> Result<Option<Campaign>> {
    let workspace = cx.operator()?;
    let campaign = store::get(cx.tx, workspace, ticket)?;
    let is_sent = |campaign: &Campaign| matches!(campaign.state, State::Scheduled | State::Sending);
    let is_due = |campaign: &Campaign| campaign.due_at.is_some_and(|due_at| due_at <= cx.now);
    Ok(campaign.filter(|campaign| is_sent(campaign) && is_due(campaign)))
}

/// Where it stands now. One that has more to send waits behind those that have waited longer.
fn go_on(cx: &Cx<'_>, campaign: &mut Campaign) {
    let is_done = campaign.next >= campaign.count;
    campaign.state = if is_done { State::Done } else { State::Sending };
    campaign.due_at = if is_done { None } else { Some(cx.now) };
}

/// Nothing is said to somebody who wants to hear no more, not even in the conversation with them: whoever reads there
/// would take it for sent. Callbacks tell of it.
fn leave_out(cx: &mut Cx<'_>, campaign: &mut Campaign, carriers: &[Carrier], to: &Recipient) -> Result<()> {
    campaign.refund(cx, to.cost_micro)?;
    keep(cx, campaign, to)?;
    let carrier = carrier::at(cx, carriers, &campaign.sender)?.or(carriers.first());
    let of = LeftOut {
        author: campaign.author,
        ticket: &campaign.ticket,
        number: &to.phone,
        our_address: carrier.map_or("", |carrier| &carrier.address),
        channel: campaign.channel,
    };
    callback::left_out(cx, &of)
}

/// A message for one recipient.
fn send(cx: &mut Cx<'_>, campaign: &Campaign, carriers: &[Carrier], to: &Recipient) -> Result<()> {
    keep(cx, campaign, to)?;
    let contact = contact::known_or_new(cx, &Address::Phone(to.phone.clone()))?;
    let carrier = chosen(cx, campaign, carriers, &contact)?;
    let sending = Sending {
        contact: &contact,
        our_address: &carrier.address,
        channel: campaign.channel,
        purpose: campaign.purpose,
        author: campaign.author,
        text: template::filled(&campaign.text, to),
        campaign: campaign.ticket.clone(),
    };
    let message = line::send(cx, &sending)?;
    submission::paid(cx, message.id, to.cost_micro)
}

/// Keeps what the campaign says of somebody who is new, and puts them on the list on which they shall be. Nothing is new
/// that it has from a list, and whoever was taken off that meanwhile is not put back.
fn keep(cx: &mut Cx<'_>, campaign: &Campaign, to: &Recipient) -> Result<()> {
    if campaign.source.is_none() && (campaign.list.is_some() || to.has_facts()) {
        let lists = campaign.list.iter().map(|name| (list::Kind::List, name.clone())).collect();
        let saving = Saving { contacts: vec![to.as_contact()], lists, ..Saving::default() };
        let (workspace, person) = (cx.workspace()?, campaign.author);
        let author =
            Caller { workspace, person, kind: Kind::Agent, can_write: true, token: None, scope: Scope::All };
        cx.as_caller(author, |cx| contact::save(cx, &saving))?;
    }
    Ok(())
}

/// The carrier of the sender, if that is one of our addresses; else that over which there is an open conversation with
/// the contact; else the oldest.
fn chosen<'c>(
    cx: &mut Cx<'_>,
    campaign: &Campaign,
    carriers: &'c [Carrier],
    contact: &Contact,
) -> Result<&'c Carrier> {
    let workspace = cx.workspace()?;
    if let Some(carrier) = carrier::at(cx, carriers, &campaign.sender)? {
        return Ok(carrier);
    }
    for address in store::addresses(cx.tx, workspace, contact.person, Family::Phone)? {
        if let Some(carrier) = carrier::at(cx, carriers, &address)? {
            return Ok(carrier);
        }
    }
    carriers.first().ok_or_else(|| Error::Internal("a campaign goes on without a carrier".into()))
}
