//! Accepting a campaign: whom it reaches, what it costs, and whether that can be paid.

use super::list::Source;
use super::recipient::{Recipient, each_once};
use super::{Campaign, Purpose, State, Ticket, page, request, store};
use crate::account::{self, Parameter};
use crate::channel::{Channel, Family};
use crate::conversation::line::TEXT_CHARS_MAX;
use crate::credit::price;
use crate::{Cx, Error, Result, Time, carrier, contact, workspace};

/// The most recipients of one request (octopush contract §3.1).
pub const RECIPIENTS_MAX: usize = 500;

/// The longest sender and name of a list, in characters.
const NAME_CHARS_MAX: usize = 200;

/// A campaign to make.
#[derive(Debug, Clone)]
pub struct Send {
    /// How its messages shall go.
    pub channel: Channel,
    /// What it is sold as: one of [`price::PRODUCTS`]; anything else is what the channel is sold as.
    pub product: String,
    /// What it says; `{first_name}`, `{last_name}` and `{param1}` to `{param5}` stand for what is known of each.
    pub text: String,
    /// To whom. A number that is none is left out, and each goes in once.
    pub recipients: Vec<contact::New>,
    /// From which of our addresses; a name that is none of them is only for show. Without it, what the caller's account
    /// has said for the channel.
    pub sender: Option<String>,
    /// Why they are written to.
    pub purpose: Purpose,
    /// When; a time that has passed is now.
    pub send_at: Option<Time>,
    /// Whether nothing shall be sent and paid.
    pub simulated: bool,
    /// The caller's name for it; the same name again within a day is refused.
    pub request_id: Option<String>,
    /// Whether it shall wait until it is confirmed.
    pub draft: bool,
    /// A list on which the recipients shall be put.
    pub list_name: Option<String>,
}

/// Accepts a campaign and pays for all of it, so that everything that follows goes through: its messages are sent a few
/// at a time by [`super::expand()`]. An agent may. One that is a draft waits for [`super::confirm`] and is paid then.
///
/// # Errors
/// [`Error::OutOfCredit`]; [`Error::Invalid`] of `text`, of `recipients` (none, or more than [`RECIPIENTS_MAX`]), of
/// `phone` when no number among them is one, of `sender` when the workspace has no carrier for the channel, of
/// `channel` when it reaches no phones, of `request_id` when it is taken, of `stop_mention` when an advertising text
/// message to France does not say how to hear no more and the workspace demands that, of `value` when something that is
/// said of one of them is longer than contacts keep.
pub fn send(cx: &mut Cx<'_>, new: &Send) -> Result<Ticket> {
    let caller = cx.agent()?;
    let count = new.recipients.len();
    if count == 0 || count > RECIPIENTS_MAX {
        return Err(Error::invalid("recipients", format!("There are 1 to {RECIPIENTS_MAX} recipients.")));
    }
    let mut campaign = begin(cx, new, None)?;
    let country = workspace::mine(cx)?.country;
    let read = new.recipients.iter().filter_map(|one| Recipient::read(one, &country).transpose());
    let recipients: Vec<Recipient> = read.collect::<Result<_>>()?;
    let left_out = page::add(cx, &mut campaign, each_once(recipients))?;
    somebody(&campaign)?;
    if new.simulated {
        campaign.state = State::Done;
    } else if !new.draft {
        campaign.start(cx.now);
        campaign.pay(cx)?;
    }
    store::insert(cx.tx, caller.workspace, &campaign)?;
    campaign.ticket(cx, left_out)
}

/// A campaign without recipients, of which nothing is stored yet but that its request id is taken.
pub(super) fn begin(cx: &mut Cx<'_>, new: &Send, source: Option<Source>) -> Result<Campaign> {
    let caller = cx.agent()?;
    check(new)?;
    reachable(cx, new.channel)?;
    if !new.simulated {
        request::take(cx, new.request_id.as_deref())?;
    }
    Ok(Campaign {
        ticket: ticket(cx, new.channel),
        author: caller.person,
        channel: new.channel,
        product: product(new),
        text: new.text.clone(),
        sender: sender(cx, new)?,
        // Who is on a list already need not be put on one.
        list: new.list_name.clone().filter(|_| source.is_none()),
        purpose: new.purpose,
        state: if source.is_some() { State::Computing } else { State::Draft },
        simulated: new.simulated,
        source,
        count: 0,
        left_out: 0,
        next: 0,
        parts: 0,
        cost_micro: 0,
        send_at: new.send_at.unwrap_or(cx.now),
        due_at: None,
        created_at: cx.now,
        problem: String::new(),
    })
}

/// Who it is from.
fn sender(cx: &mut Cx<'_>, new: &Send) -> Result<String> {
    let usual = match new.channel {
        Channel::Sms => Some(Parameter::SmsSender),
        Channel::Voice => Some(Parameter::VoiceSender),
        _ => None,
    };
    match (&new.sender, usual) {
        (None, Some(usual)) => Ok(account::parameters(cx)?.remove(&usual).unwrap_or_default()),
        (said, _) => Ok(said.clone().unwrap_or_default()),
    }
}

fn check(new: &Send) -> Result<()> {
    let chars = new.text.chars().count();
    if new.text.trim().is_empty() || chars > TEXT_CHARS_MAX {
        return Err(Error::invalid("text", format!("A text has 1 to {TEXT_CHARS_MAX} characters.")));
    }
    let names = [("sender", &new.sender), ("list_name", &new.list_name)];
    for (field, name) in names {
        if name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARS_MAX) {
            return Err(Error::invalid(field, format!("This has at most {NAME_CHARS_MAX} characters.")));
        }
    }
    if new.channel.family() != Family::Phone {
        return Err(Error::invalid("channel", "Only what reaches phones can be sent to many."));
    }
    Ok(())
}

/// That the campaign goes to anybody, whether or not they want to hear it.
pub(super) fn somebody(campaign: &Campaign) -> Result<()> {
    match campaign.count {
        0 => Err(Error::invalid("phone", "None of the recipients has a phone number.")),
        _ => Ok(()),
    }
}

/// That there is a carrier for the channel.
pub(super) fn reachable(cx: &mut Cx<'_>, channel: Channel) -> Result<()> {
    if carrier::of_channel(cx, channel)?.is_empty() {
        return Err(Error::invalid(
            "sender",
            "The workspace has no carrier for this; its operator can add one.",
        ));
    }
    Ok(())
}

/// `sms_` and 13 hexadecimal digits, as the original's tickets look.
fn ticket(cx: &mut Cx<'_>, channel: Channel) -> String {
    let prefix = if channel == Channel::Voice { "vocal" } else { "sms" };
    let chance = cx.secret();
    let number = chance[..7].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) >> 4;
    format!("{prefix}_{number:013x}")
}

fn product(new: &Send) -> String {
    let known = price::PRODUCTS.into_iter().find(|product| *product == new.product);
    known.unwrap_or_else(|| price::product(new.channel)).to_owned()
}
