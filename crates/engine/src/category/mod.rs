//! Categories: of which sort a conversation is. Fourteen are built in; a workspace can have others, and want the
//! built-in ones otherwise.

mod built_in;
mod store;

use std::str::FromStr;

pub use built_in::{GENERAL, built_in};

use crate::{CategoryId, Cx, Error, Principal, Result};

/// How many a workspace has besides the built-in ones, at most.
pub const OWN_MAX: usize = 200;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Of which sort a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name, unique in the workspace; clients translate those that they know.
    pub name: String,
    /// What conversations of this sort are about.
    pub references: Vec<Reference>,
    /// False for one that nobody is offered any more.
    pub active: bool,
}

/// What a conversation of a category is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Nothing in particular.
    Unspecified,
    /// A server.
    Server,
    /// A project.
    Project,
    /// An organisation.
    Organisation,
    /// An extension that is in use.
    ExtensionInstance,
}

/// Every one of them, with its name on the wire and in the database.
pub const REFERENCES: [(Reference, &str); 5] = [
    (Reference::Unspecified, "unspecified"),
    (Reference::Server, "server"),
    (Reference::Project, "project"),
    (Reference::Organisation, "organisation"),
    (Reference::ExtensionInstance, "extensionInstance"),
];

/// What shall be otherwise; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// At least one.
    pub references: Option<Vec<Reference>>,
    /// Whether it is offered.
    pub active: Option<bool>,
}

/// The categories of the caller's workspace that are offered, for nobody in particular the built-in ones; those that
/// are built in come first.
pub fn offered(cx: &mut Cx<'_>) -> Result<Vec<Category>> {
    Ok(all(cx)?.into_iter().filter(|category| category.active).collect())
}

/// All categories of the operator's workspace.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<Category>> {
    cx.operator()?;
    all(cx)
}

/// A category that is offered, by its id or its exact name. [`Error::NotFound`] when there is none.
pub fn get(cx: &mut Cx<'_>, reference: &str) -> Result<Category> {
    named(offered(cx)?, reference)
}

/// A category for a new conversation, or a new one for a conversation there is.
/// [`Error::Invalid`] when it is not offered in the caller's workspace.
pub fn known(cx: &mut Cx<'_>, id: CategoryId) -> Result<Category> {
    let found = offered(cx)?.into_iter().find(|category| category.id == id);
    found.ok_or_else(|| Error::invalid("category", "There is no such category."))
}

/// Adds a category of the operator's workspace. [`Error::Conflict`] when there is one of this name, or too many;
/// [`Error::Invalid`] for a name that is none.
pub fn add(cx: &mut Cx<'_>, name: &str, references: Vec<Reference>) -> Result<Category> {
    let workspace = cx.operator()?;
    if store::list(cx.tx, workspace)?.len() >= OWN_MAX {
        return Err(Error::Conflict(format!("A workspace has at most {OWN_MAX} categories of its own.")));
    }
    let id = CategoryId(cx.uuid());
    keep(cx, Category { id, name: name.to_owned(), references, active: true })
}

/// Changes a category of the operator's workspace, by its id or its exact name; a built-in one as well.
/// [`Error::NotFound`] when there is none, otherwise as [`add`].
pub fn set(cx: &mut Cx<'_>, reference: &str, change: Change) -> Result<Category> {
    let mut category = named(list(cx)?, reference)?;
    category.name = change.name.unwrap_or(category.name);
    category.references = change.references.unwrap_or(category.references);
    category.active = change.active.unwrap_or(category.active);
    keep(cx, category)
}

fn keep(cx: &mut Cx<'_>, category: Category) -> Result<Category> {
    let workspace = cx.operator()?;
    check(&category)?;
    if all(cx)?.iter().any(|other| other.name == category.name && other.id != category.id) {
        return Err(Error::Conflict(format!("There is already a category {:?}.", category.name)));
    }
    store::put(cx.tx, workspace, &category)?;
    Ok(category)
}

fn check(category: &Category) -> Result<()> {
    let name = &category.name;
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !fits || name.trim() != name {
        let problem = format!("A name has 1 to {NAME_CHARS_MAX} characters of text.");
        return Err(Error::invalid("name", problem));
    }
    match category.references.is_empty() {
        true => {
            Err(Error::invalid("references", "A category is about something, if only about unspecified."))
        }
        false => Ok(()),
    }
}

/// The built-in ones as the workspace wants them, and its own in order of their names.
pub(crate) fn all(cx: &mut Cx<'_>) -> Result<Vec<Category>> {
    let mut kept = match cx.who {
        Principal::Nobody => Vec::new(),
        _ => store::list(cx.tx, cx.workspace()?)?,
    };
    let mut wanted = |built_in: Category| match kept.iter().position(|one| one.id == built_in.id) {
        Some(at) => kept.remove(at),
        None => built_in,
    };
    let mut all: Vec<Category> = built_in().into_iter().map(&mut wanted).collect();
    all.append(&mut kept);
    Ok(all)
}

fn named(categories: Vec<Category>, reference: &str) -> Result<Category> {
    let id: Option<CategoryId> = reference.to_ascii_lowercase().parse().ok();
    let is_meant = |category: &Category| Some(category.id) == id || category.name == reference;
    categories.into_iter().find(is_meant).ok_or(Error::NotFound)
}

impl Reference {
    /// Its name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        REFERENCES.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Reference {
    type Err = Error;
    fn from_str(text: &str) -> Result<Reference> {
        let known = REFERENCES.iter().find(|(_, name)| *name == text).map(|(one, _)| *one);
        known.ok_or_else(|| {
            let names = REFERENCES.map(|(_, name)| name).join(", ");
            Error::invalid("references", format!("A category is about one of: {names}."))
        })
    }
}
