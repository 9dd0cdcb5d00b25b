//! The recipients of a campaign, a few dozen in each row, so that whoever wants the next ten does not read all of them.

use super::recipient::{self, Recipient};
use super::{Campaign, stop_mention, store, template};
use crate::credit::price::Prices;
use crate::{Cx, Error, Result, opt_out, submission};

/// Recipients in one row: a handful of steps of the runner, and few enough rows that 500 recipients are one statement.
const PAGE: usize = 50;

/// A row of recipients.
pub(super) struct Page {
    /// How many recipients the campaign has before them.
    pub(super) first: i64,
    /// What their messages cost together, in millionths.
    pub(super) cost_micro: i64,
    /// They themselves, as [`recipient::write`] writes them.
    pub(super) recipients: String,
}

/// Adds recipients to a campaign, with what their messages cost; the numbers of those who want to hear no more, who are
/// neither written to nor paid for. [`Error::Invalid`] of `text` when for one of the others nothing is left to say or too
/// much, and of `stop_mention` when it lacks that; then nothing was added.
pub(super) fn add(cx: &mut Cx<'_>, campaign: &mut Campaign, mut some: Vec<Recipient>) -> Result<Vec<String>> {
    let left_out = leave_out(cx, &mut some)?;
    let parts = value(cx, campaign, &mut some)?;
    let pages: Vec<Page> = (campaign.count..).step_by(PAGE).zip(some.chunks(PAGE)).map(page).collect();
    let workspace = cx.workspace()?;
    store::insert_pages(cx.tx, workspace, &campaign.ticket, &pages)?;
    campaign.parts = campaign.parts.max(parts);
    campaign.cost_micro =
        pages.iter().fold(campaign.cost_micro, |sum, page| sum.saturating_add(page.cost_micro));
    campaign.count += some.len() as i64;
    campaign.left_out += left_out.len() as i64;
    Ok(left_out)
}

/// The next recipients of a campaign, at most `limit`; fewer at the end of a page.
pub(super) fn next(cx: &mut Cx<'_>, campaign: &Campaign, limit: usize) -> Result<Vec<Recipient>> {
    let page = current(cx, campaign)?;
    let done = (campaign.next - page.first).max(0) as usize;
    let some = recipient::read(&page.recipients, done, limit)?;
    match some.is_empty() {
        false => Ok(some),
        true => Err(Error::Internal(format!("the campaign {} lacks recipients", campaign.ticket))),
    }
}

/// What was paid for those who are not done yet, in millionths.
pub(super) fn unsent_micro(cx: &mut Cx<'_>, campaign: &Campaign) -> Result<i64> {
    let workspace = cx.workspace()?;
    let page = current(cx, campaign)?;
    let done = (campaign.next - page.first).max(0) as usize;
    let here = recipient::read(&page.recipients, done, usize::MAX)?;
    let later = store::cost_after(cx.tx, workspace, &campaign.ticket, page.first)?;
    Ok(here.iter().map(|recipient| recipient.cost_micro).sum::<i64>().saturating_add(later))
}

/// The page on which the next recipient stands.
fn current(cx: &mut Cx<'_>, campaign: &Campaign) -> Result<Page> {
    let workspace = cx.workspace()?;
    let page = store::page(cx.tx, workspace, &campaign.ticket, campaign.next)?;
    page.ok_or_else(|| Error::Internal(format!("the campaign {} has no recipients", campaign.ticket)))
}

fn page((first, some): (i64, &[Recipient])) -> Page {
    let cost_micro = some.iter().fold(0_i64, |sum, recipient| sum.saturating_add(recipient.cost_micro));
    Page { first, cost_micro, recipients: recipient::write(some) }
}

/// Whoever wants to hear no more is not written to, and not paid for.
fn leave_out(cx: &mut Cx<'_>, recipients: &mut [Recipient]) -> Result<Vec<String>> {
    let phones: Vec<String> = recipients.iter().map(|recipient| recipient.phone.clone()).collect();
    let opted_out = opt_out::among(cx, &phones)?;
    for recipient in recipients.iter_mut() {
        recipient.is_left_out = opted_out.contains(&recipient.phone);
    }
    Ok(phones.into_iter().filter(|phone| opted_out.contains(phone)).collect())
}

/// What the message to everybody who is written to costs; into how many parts the text is cut, where it is longest.
fn value(cx: &mut Cx<'_>, campaign: &Campaign, recipients: &mut [Recipient]) -> Result<i64> {
    let prices = Prices::of_product(cx, &campaign.product)?;
    let demands_stop = stop_mention::is_demanded(cx, campaign)?;
    let mut most = 0;
    for recipient in recipients.iter_mut().filter(|recipient| !recipient.is_left_out) {
        let text = template::filled(&campaign.text, recipient);
        template::check(&text, &recipient.phone)?;
        if demands_stop && stop_mention::is_missing(&text, &recipient.phone) {
            return Err(stop_mention::refusal(cx, campaign)?);
        }
        let parts = submission::parts(campaign.channel, &text);
        most = most.max(parts);
        recipient.cost_micro = prices.to_phone(&recipient.phone).saturating_mul(parts);
    }
    Ok(most)
}
