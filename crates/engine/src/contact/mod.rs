//! Contacts: people who are known by the addresses at which they are reached.

pub mod list;
mod save;
mod store;

pub(crate) use save::email;
pub use save::{New, Saving, remove, save};
pub(crate) use store::{columns, read};

use crate::channel::Family;
use crate::conversation::line::TEXT_CHARS_MAX;
use crate::person::{self, Facts};
use crate::{Cx, Error, PersonId, Result, legible, phone, workspace};

/// The longest name of a contact, given or family, in characters: together they are the title of a conversation, which
/// stands in an index.
const NAME_CHARS_MAX: usize = 100;

/// The longest parameter, in characters: more fits into no text.
const PARAM_CHARS_MAX: usize = TEXT_CHARS_MAX;

/// The longest address that is no phone number, in characters.
const ADDRESS_CHARS_MAX: usize = 320;

/// How the page of a sender begins who is no phone number: a short code, or a name.
const SENDER: &str = "sender:";

/// Where a contact is reached; it belongs to one contact of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A phone number, as E.164.
    Phone(String),
    /// An e-mail address, in lower case.
    Email(String),
    /// An account of a social network, or a sender that is no phone number.
    Page(String),
}

/// A contact and everything that is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who it is.
    pub person: PersonId,
    /// Their phone number, as E.164.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their account of a social network, or a sender that is no phone number; see [`Contact::account`].
    pub page: Option<String>,
    /// Their given name; may be empty.
    pub first_name: String,
    /// Their family name; may be empty.
    pub last_name: String,
    /// What else a template may say of them (`{param1}` to `{param5}`); may be empty.
    pub params: [String; 5],
}

/// The contact with this address, if the workspace knows one. [`Error::Forbidden`] for a person who is no agent.
pub fn by_address(cx: &mut Cx<'_>, address: &Address) -> Result<Option<Contact>> {
    let workspace = cx.staff()?;
    store::by_address(cx.tx, workspace, address)
}

/// Whoever writes from this number, in any usual spelling; where nobody has it, the sender without a number who is
/// spelled so. [`Error::Forbidden`] for a person who is no agent.
pub(crate) fn by_sender(cx: &mut Cx<'_>, text: &str) -> Result<Option<Contact>> {
    let plain = clean(text, ADDRESS_CHARS_MAX);
    if plain.is_empty() {
        return Ok(None);
    }
    let found = match sender(cx, &plain, Family::Phone)? {
        Address::Phone(phone) => by_address(cx, &Address::Phone(phone))?,
        _ => None,
    };
    match found {
        Some(contact) => Ok(Some(contact)),
        None => by_address(cx, &unnumbered(&plain)),
    }
}

/// A contact of the caller's workspace, or [`Error::NotFound`].
pub(crate) fn get(cx: &mut Cx<'_>, person: PersonId) -> Result<Contact> {
    let workspace = cx.workspace()?;
    store::get(cx.tx, workspace, person)?.ok_or(Error::NotFound)
}

/// The contact with this address: the one there is, or a new one of whom nothing else is known.
pub(crate) fn known_or_new(cx: &mut Cx<'_>, address: &Address) -> Result<Contact> {
    match by_address(cx, address)? {
        Some(contact) => Ok(contact),
        None => add(cx, Contact::at(address)),
    }
}

/// The address from which something came by this family of channels, as a carrier spells it. A phone's may be a sender
/// that is no number, such as a short code or a name.
pub(crate) fn sender(cx: &mut Cx<'_>, text: &str, family: Family) -> Result<Address> {
    let plain = clean(text, ADDRESS_CHARS_MAX);
    if family != Family::Phone {
        let address = if family == Family::Email { email(text).map(Address::Email) } else { None };
        // Nobody is taken for a sender without a number by what they call themselves on a social network.
        return Ok(address.unwrap_or_else(|| Address::Page(plain.trim_start_matches(SENDER).to_owned())));
    }
    // With its country it says all, and no settings are read for it.
    let country = if plain.starts_with('+') { String::new() } else { workspace::mine(cx)?.country };
    Ok(phone::normalise(&plain, &country).map_or_else(|_| unnumbered(&plain), Address::Phone))
}

/// The address of a sender that is no phone number.
fn unnumbered(sender: &str) -> Address {
    Address::Page(format!("{SENDER}{sender}"))
}

/// An address of a contact as a carrier spells it.
pub(crate) fn spelled(address: &str) -> &str {
    address.strip_prefix(SENDER).unwrap_or(address)
}

/// Stores a contact who is new, with the person that they are.
fn add(cx: &mut Cx<'_>, mut contact: Contact) -> Result<Contact> {
    contact.person = person::add_contact(cx, contact.facts())?;
    let workspace = cx.workspace()?;
    store::insert(cx.tx, workspace, &contact, cx.now)?;
    Ok(contact)
}

/// A line of text with nothing around it, cut to what may be kept.
fn clean(text: &str, chars_max: usize) -> String {
    legible::line(text.trim_matches(|c: char| c.is_whitespace() || c.is_control()), chars_max)
}

impl Contact {
    /// Somebody of whom an address is all that is known.
    fn at(address: &Address) -> Contact {
        let mut contact = Contact {
            person: PersonId(uuid::Uuid::nil()),
            phone: None,
            email: None,
            page: None,
            first_name: String::new(),
            last_name: String::new(),
            params: Default::default(),
        };
        match address.clone() {
            Address::Phone(phone) => contact.phone = Some(phone),
            Address::Email(email) => contact.email = Some(email),
            Address::Page(page) => contact.page = Some(page),
        }
        contact
    }

    /// Their name in full, or where they are reached.
    #[must_use]
    pub fn title(&self) -> String {
        let address = || self.phone.as_ref().or(self.email.as_ref()).map(String::as_str);
        let page = || self.page.as_deref().map(spelled);
        match self.name() {
            Some(name) => name,
            None => address().or_else(page).unwrap_or_default().to_owned(),
        }
    }

    /// Their name in full, if they have one.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        person::full_name(&self.first_name, &self.last_name)
    }

    /// The sender that they are, as the carrier spells it, where that is no phone number: a short code, or a name.
    #[must_use]
    pub fn sender(&self) -> Option<&str> {
        self.page.as_deref()?.strip_prefix(SENDER)
    }

    /// Their account of a social network.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.page.as_deref().filter(|page| !page.starts_with(SENDER))
    }

    /// Where a family of channels reaches them, as a carrier spells it.
    #[must_use]
    pub fn address_in(&self, family: Family) -> Option<&str> {
        match family {
            Family::Phone => self.phone.as_deref().or_else(|| self.sender()),
            Family::Email => self.email.as_deref(),
            Family::Page | Family::Chat => self.account(),
        }
    }

    /// What everybody who sees the person may know. A sender without a number is called what they call themselves.
    fn facts(&self) -> Facts {
        let name = self.name().or_else(|| self.sender().map(str::to_owned));
        let (email, phone) = (self.email.clone(), self.phone.clone());
        Facts { name, email, phone, ..Facts::default() }
    }
}
