//! Lists of contacts, and tags, which are the same under another name.

use super::{Contact, save, store};
use crate::db::stored_enum;
use crate::{Cx, Error, PersonId, Result};

/// The most contacts that one look at a list gives.
pub const PAGE_MAX: i64 = 1_000;

stored_enum! {
    /// Under which name contacts are gathered.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Kind as "a list of kind" {
        /// A list.
        List = "list",
        /// A tag.
        Tag = "tag",
    }
}

/// Makes a list with nobody on it; an agent may. [`Error::Conflict`] when there is one of this name,
/// [`Error::Invalid`] for a name that is none.
pub fn create(cx: &mut Cx<'_>, name: &str) -> Result<()> {
    cx.agent()?;
    match begin(cx, Kind::List, name)? {
        true => Ok(()),
        false => Err(Error::Conflict("There is already a list of this name.".into())),
    }
}

/// Takes everybody off a list, and forgets them if that is wanted; an agent may. [`Error::NotFound`] when there is no
/// such list.
pub fn empty(cx: &mut Cx<'_>, name: &str, delete_contacts: bool) -> Result<()> {
    let caller = cx.agent()?;
    known(cx, Kind::List, name)?;
    if delete_contacts {
        forget_members(cx, name)?;
    }
    store::clear(cx.tx, caller.workspace, Kind::List, name)
}

fn forget_members(cx: &mut Cx<'_>, name: &str) -> Result<()> {
    let mut after = None;
    loop {
        let some = members(cx, Kind::List, name, after, PAGE_MAX)?;
        some.iter().try_for_each(|contact| save::forget(cx, contact))?;
        after = match some.last() {
            Some(last) => Some(last.person),
            None => return Ok(()),
        };
    }
}

/// Ends a list; whoever was on it stays a contact. An agent may. [`Error::NotFound`] when there is no such list.
pub fn delete(cx: &mut Cx<'_>, name: &str) -> Result<()> {
    let caller = cx.agent()?;
    known(cx, Kind::List, name)?;
    store::clear(cx.tx, caller.workspace, Kind::List, name)?;
    store::delete_list(cx.tx, caller.workspace, Kind::List, name)
}

/// Who is on a list, or has a tag, with an id above `after`, in the order of their ids; at most `limit` and
/// [`PAGE_MAX`]. [`Error::NotFound`] when there is no such list, [`Error::Forbidden`] for a person who is no agent.
pub fn members(
    cx: &mut Cx<'_>,
    kind: Kind,
    name: &str,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Contact>> {
    let workspace = cx.staff()?;
    known(cx, kind, name)?;
    let from = store::From { kind, name, after };
    store::members(cx.tx, workspace, &from, limit.clamp(0, PAGE_MAX))
}

/// Puts people on a list, which is made when there is none.
pub(crate) fn add(cx: &mut Cx<'_>, kind: Kind, name: &str, people: &[PersonId]) -> Result<()> {
    begin(cx, kind, name)?;
    let workspace = cx.workspace()?;
    people.iter().try_for_each(|person| store::add_to(cx.tx, workspace, (kind, name), *person))
}

/// Takes people off a list; there need be none.
pub(super) fn take(cx: &mut Cx<'_>, kind: Kind, name: &str, people: &[PersonId]) -> Result<()> {
    let workspace = cx.workspace()?;
    people.iter().try_for_each(|person| store::take_from(cx.tx, workspace, (kind, name), *person))
}

/// False when there is one already.
fn begin(cx: &mut Cx<'_>, kind: Kind, name: &str) -> Result<bool> {
    let chars = name.chars().count();
    if chars == 0 || chars > kind.name_chars_max() || name.chars().any(char::is_control) {
        let problem = format!("A {} has a name of 1 to {} characters.", kind.as_str(), kind.name_chars_max());
        return Err(Error::invalid("list_name", problem));
    }
    let workspace = cx.workspace()?;
    store::insert_list(cx.tx, workspace, (kind, name), cx.now)
}

fn known(cx: &mut Cx<'_>, kind: Kind, name: &str) -> Result<()> {
    let workspace = cx.workspace()?;
    if store::has_list(cx.tx, workspace, kind, name)? { Ok(()) } else { Err(Error::NotFound) }
}

impl Kind {
    /// The longest name, in characters (octopush contract §2.2).
    fn name_chars_max(self) -> usize {
        match self {
            Kind::List => 30,
            Kind::Tag => 20,
        }
    }
}
