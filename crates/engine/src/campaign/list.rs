//! Campaigns to everybody on a list, or with a tag. Whom such a campaign goes to is computed a page at a time: the first
//! page when it is made, so that a short list is ready at once, every other one in a transaction of its own.

use super::recipient::Recipient;
use super::{Campaign, Send, State, Ticket, page, plan, store};
use crate::contact::list::{self, Kind};
use crate::{Cx, Error, PersonId, Result};

/// Contacts that are looked at in one transaction.
pub const PAGE_MAX: i64 = 500;

/// Where the recipients of a campaign are taken from.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The last contact that was looked at.
    pub(super) after: Option<PersonId>,
}

/// Makes a campaign to everybody on a list or with a tag who has a phone; it waits for [`super::confirm`] and is paid
/// then. With more than [`PAGE_MAX`] contacts on it, it is [`State::Computing`] until [`compute`] has come to the end. An
/// agent may. Whoever `new` names as recipients is not heeded.
///
/// # Errors
/// As [`super::send`], as far as the first page goes; [`Error::NotFound`] when there is no such list.
pub fn on_list(cx: &mut Cx<'_>, new: &Send, kind: Kind, name: &str) -> Result<Ticket> {
    let caller = cx.agent()?;
    let source = Source { kind, name: name.to_owned(), after: None };
    let mut campaign = plan::begin(cx, new, Some(source))?;
    let left_out = advance(cx, &mut campaign)?;
    store::insert(cx.tx, caller.workspace, &campaign)?;
    campaign.ticket(cx, left_out)
}

/// Looks at the next page of the list of a campaign of the operator's workspace, if that is still to be done. What
/// [`on_list`] would refuse makes it [`State::Failed`], and so does a list that was deleted meanwhile: part of it would be
/// an audience that nobody has chosen.
pub fn compute(cx: &mut Cx<'_>, ticket: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let campaign = store::get(cx.tx, workspace, ticket)?;
    let Some(mut campaign) = campaign.filter(|campaign| campaign.state == State::Computing) else {
        return Ok(());
    };
    let outcome = plan::reachable(cx, campaign.channel).and_then(|()| advance(cx, &mut campaign).map(drop));
    match outcome {
        Ok(()) => {}
        Err(Error::Invalid { problem, .. }) => campaign.fail(problem),
        Err(Error::NotFound) => {
            campaign.fail("The list was deleted before everybody on it was counted.".to_owned());
        }
        Err(other) => return Err(other),
    }
    store::update(cx.tx, workspace, &campaign)
}

/// Looks at one page, and whether it was the last; the numbers on it that the campaign does not go to. Everything that
/// can be refused is found before anything is written.
fn advance(cx: &mut Cx<'_>, campaign: &mut Campaign) -> Result<Vec<String>> {
    let Some(source) = &mut campaign.source else {
        return Err(Error::Internal("a campaign is computed that has no list".into()));
    };
    let mut members = list::members(cx, source.kind, &source.name, source.after, PAGE_MAX + 1)?;
    let is_last = members.len() as i64 <= PAGE_MAX;
    members.truncate(PAGE_MAX as usize);
    source.after = members.last().map(|contact| contact.person).or(source.after);
    let some = members.into_iter().filter_map(Recipient::known).collect();
    let left_out = page::add(cx, campaign, some)?;
    match is_last {
        true => campaign.is_ready()?,
        false => campaign.due_at = Some(cx.now),
    }
    Ok(left_out)
}

impl Campaign {
    /// Everybody is known to whom it goes: from here on the list is not asked again.
    fn is_ready(&mut self) -> Result<()> {
        plan::somebody(self)?;
        self.state = if self.simulated { State::Done } else { State::Ready };
        self.due_at = None;
        Ok(())
    }

    fn fail(&mut self, problem: String) {
        (self.state, self.due_at, self.problem) = (State::Failed, None, problem);
        self.cost_micro = 0;
    }
}
