//! Campaigns to everybody on a list, or with a tag.

use super::recipient::{Recipient, each_once};
use super::{Send, State, Ticket, plan};
use crate::contact::list::{self, Kind};
use crate::{Cx, Error, Result};

/// The most contacts of a list to which a campaign goes: what can be looked at in one short write.
pub const CONTACTS_MAX: usize = 2_000;

/// Makes a campaign to everybody on a list or with a tag who has a phone; it waits for [`super::confirm`] and is paid
/// then. An agent may. Whoever `new` names as recipients is not heeded.
///
/// # Errors
/// As [`super::send`]; [`Error::NotFound`] when there is no such list; [`Error::Invalid`] of `list_name` when there are
/// more than [`CONTACTS_MAX`] contacts on it.
pub fn on_list(cx: &mut Cx<'_>, new: &Send, kind: Kind, name: &str) -> Result<Ticket> {
    cx.agent()?;
    let mut members = Vec::new();
    loop {
        let after = members.last().map(|contact: &crate::contact::Contact| contact.person);
        let page = list::members(cx, kind, name, after, list::PAGE_MAX)?;
        let is_last = (page.len() as i64) < list::PAGE_MAX;
        members.extend(page);
        if members.len() > CONTACTS_MAX {
            let problem = format!("A campaign goes to at most {CONTACTS_MAX} contacts; make several lists.");
            return Err(Error::invalid("list_name", problem));
        }
        if is_last {
            break;
        }
    }
    let recipients = each_once(members.into_iter().filter_map(Recipient::known));
    plan::begin(cx, new, recipients, State::Ready)
}
