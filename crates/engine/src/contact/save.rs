//! Keeping contacts: adding who is new, changing who is known, forgetting who shall be forgotten.

use super::{ADDRESS_CHARS_MAX, Address, Contact, NAME_CHARS_MAX, PARAM_CHARS_MAX, add, clean, list, store};
use crate::conversation::line;
use crate::{Cx, Error, PersonId, Result, opt_out, person, phone, workspace};

/// The most contacts that are kept or forgotten at once.
const CONTACTS_MAX: usize = 1_000;

/// What somebody says of a contact. Nothing that is empty changes what is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    /// Their phone number, in any usual spelling.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their given name.
    pub first_name: String,
    /// Their family name.
    pub last_name: String,
    /// What else a template may say of them.
    pub params: [String; 5],
}

/// Contacts to keep.
#[derive(Debug, Clone, Default)]
pub struct Saving {
    /// Who.
    pub contacts: Vec<New>,
    /// Lists and tags that they belong to from now on; those that there are not are made.
    pub lists: Vec<(list::Kind, String)>,
    /// Lists and tags that they belong to no longer.
    pub unlist: Vec<(list::Kind, String)>,
    /// Whether what is said of a contact who is known takes the place of what was known.
    pub overwrite: bool,
    /// Whether those are left out who want to hear no more.
    pub without_opted_out: bool,
}

/// Keeps contacts; an agent may. Who has neither a phone number nor an e-mail address that is one is left out.
/// Gives those who were kept, each once. [`Error::Invalid`] of `contacts` when that is nobody, of `count` when there are
/// too many, of `value` when something that is said of one of them is too long, and for a list whose name is none.
pub fn save(cx: &mut Cx<'_>, saving: &Saving) -> Result<Vec<PersonId>> {
    cx.agent()?;
    check_count(saving.contacts.len())?;
    let mut kept = keep_all(cx, saving)?;
    kept.sort_unstable();
    kept.dedup();
    if kept.is_empty() {
        return Err(Error::invalid("contacts", "None of them has a phone number or an e-mail address."));
    }
    for (kind, name) in &saving.lists {
        list::add(cx, *kind, name, &kept)?;
    }
    for (kind, name) in &saving.unlist {
        list::take(cx, *kind, name, &kept)?;
    }
    Ok(kept)
}

/// Keeps those who can be read, without those who opted out where that was asked for.
fn keep_all(cx: &mut Cx<'_>, saving: &Saving) -> Result<Vec<PersonId>> {
    let country = workspace::mine(cx)?.country;
    let readable = saving.contacts.iter().filter_map(|new| new.read(&country).transpose());
    let readable: Vec<Contact> = readable.collect::<Result<_>>()?;
    let phones: Vec<String> = readable.iter().filter_map(|contact| contact.phone.clone()).collect();
    let opted_out = if saving.without_opted_out { opt_out::among(cx, &phones)? } else { Vec::new() };
    let wanted = |contact: &Contact| contact.phone.as_ref().is_none_or(|phone| !opted_out.contains(phone));
    readable.into_iter().filter(wanted).map(|new| keep(cx, new, saving.overwrite)).collect()
}

fn keep(cx: &mut Cx<'_>, new: Contact, overwrite: bool) -> Result<PersonId> {
    let workspace = cx.workspace()?;
    let addresses = [new.phone.clone().map(Address::Phone), new.email.clone().map(Address::Email)];
    let mut known = None;
    for address in addresses.into_iter().flatten() {
        if known.is_none() {
            known = store::by_address(cx.tx, workspace, &address)?;
        }
    }
    match known {
        None => Ok(add(cx, new)?.person),
        Some(known) if overwrite => change(cx, known, new),
        Some(known) => Ok(known.person),
    }
}

/// Lets a contact be what is known of them under what is said of them now.
fn change(cx: &mut Cx<'_>, known: Contact, new: Contact) -> Result<PersonId> {
    let workspace = cx.workspace()?;
    let mut changed = known.clone();
    changed.overlay(new);
    // An address is one contact's: one that somebody else has stays theirs.
    if changed.email != known.email {
        let holder =
            store::by_address(cx.tx, workspace, &Address::Email(changed.email.clone().unwrap_or_default()))?;
        changed.email = if holder.is_some() { known.email.clone() } else { changed.email };
    }
    put(cx, &known, &changed)?;
    Ok(known.person)
}

fn put(cx: &mut Cx<'_>, before: &Contact, contact: &Contact) -> Result<()> {
    if before == contact {
        return Ok(());
    }
    let workspace = cx.workspace()?;
    store::update(cx.tx, workspace, contact)?;
    if before.facts() != contact.facts() {
        person::set_contact(cx, contact.person, contact.facts())?;
    }
    if before.title() != contact.title() {
        line::retitle(cx, before, &contact.title())?;
    }
    Ok(())
}

/// Takes contacts off a list or, when none is named, off all lists and forgets what was known of them; an agent may.
/// What they and others said stays, under their address alone. A number that is unknown is no error.
pub fn remove(cx: &mut Cx<'_>, phones: &[String], list: Option<&str>) -> Result<()> {
    let caller = cx.agent()?;
    check_count(phones.len())?;
    let country = workspace::mine(cx)?.country;
    let mut known = Vec::new();
    for phone in phones.iter().filter_map(|phone| phone::normalise(phone, &country).ok()) {
        known.extend(store::by_address(cx.tx, caller.workspace, &Address::Phone(phone))?);
    }
    match list {
        Some(name) => {
            let people: Vec<PersonId> = known.iter().map(|contact| contact.person).collect();
            list::take(cx, list::Kind::List, name, &people)
        }
        None => known.iter().try_for_each(|contact| forget(cx, contact)),
    }
}

/// Forgets everything of a contact but where they are reached.
pub(super) fn forget(cx: &mut Cx<'_>, contact: &Contact) -> Result<()> {
    let workspace = cx.workspace()?;
    store::unlist(cx.tx, workspace, contact.person)?;
    let mut forgotten = contact.clone();
    (forgotten.first_name, forgotten.last_name, forgotten.params) = Default::default();
    put(cx, contact, &forgotten)
}

fn check_count(count: usize) -> Result<()> {
    let problem = || format!("At most {CONTACTS_MAX} contacts can be given at once.");
    if count <= CONTACTS_MAX { Ok(()) } else { Err(Error::invalid("count", problem())) }
}

impl New {
    /// [`Error::Invalid`] of `value` when a name or a parameter is longer than is kept: it says whose and which, because
    /// nobody would notice what was cut off before the text has gone out.
    pub(crate) fn fits(&self) -> Result<()> {
        let named = [("first_name", &self.first_name), ("last_name", &self.last_name)];
        let names = named.map(|(field, text)| (field.to_owned(), text, NAME_CHARS_MAX));
        let param = |(number, text)| (format!("param{number}"), text, PARAM_CHARS_MAX);
        let all = names.into_iter().chain((1..).zip(&self.params).map(param));
        for (field, text, chars_max) in all {
            if text.chars().count() > chars_max {
                let whose = self.phone.as_ref().or(self.email.as_ref()).map_or("", String::as_str);
                let problem = format!("The {field} of {whose} has more than {chars_max} characters.");
                return Err(Error::invalid("value", problem));
            }
        }
        Ok(())
    }

    /// The contact that this says; `None` when nobody could be reached there.
    fn read(&self, country: &str) -> Result<Option<Contact>> {
        let phone = self.phone.as_deref().and_then(|text| phone::normalise(text, country).ok());
        let email = self.email.as_deref().and_then(email);
        let address = phone.clone().map(Address::Phone).or_else(|| email.clone().map(Address::Email));
        let Some(address) = address else { return Ok(None) };
        self.fits()?;
        Ok(Some(Contact {
            phone,
            email,
            first_name: clean(&self.first_name, NAME_CHARS_MAX),
            last_name: clean(&self.last_name, NAME_CHARS_MAX),
            params: self.params.each_ref().map(|text| clean(text, PARAM_CHARS_MAX)),
            ..Contact::at(&address)
        }))
    }
}

/// An address as it is stored; `None` for what cannot be one.
pub(crate) fn email(text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    let (name, domain) = address.rsplit_once('@')?;
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let fits = !name.is_empty() && !domain.is_empty() && address.chars().count() <= ADDRESS_CHARS_MAX;
    (fits && !address.contains(odd)).then_some(address)
}

impl Contact {
    /// What is said now takes the place of what was known, but for addresses that are known and what is empty.
    fn overlay(&mut self, new: Contact) {
        let put = |old: &mut String, new: String| {
            if !new.is_empty() {
                *old = new;
            }
        };
        self.phone = self.phone.take().or(new.phone);
        self.email = new.email.or(self.email.take());
        put(&mut self.first_name, new.first_name);
        put(&mut self.last_name, new.last_name);
        self.params.iter_mut().zip(new.params).for_each(|(old, new)| put(old, new));
    }
}
