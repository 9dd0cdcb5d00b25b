//! Lists of tickets.

use super::{Ticket, store};
use crate::category::{self, Category};
use crate::person::{self, Kind, Person};
use crate::{Cx, PersonId, Result};

/// The most that one page gives; what a caller asks beyond it is not given.
pub const PAGE_MAX: i64 = 1_000;

/// Which page, of what, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    /// How many to skip.
    pub skip: i64,
    /// How many to give.
    pub limit: i64,
    /// By what, and whether the greatest comes first; what comes later decides between equals. When it is empty:
    /// who spoke last comes first.
    pub order: Vec<(Order, bool)>,
    /// Which of them.
    pub standing: Standing,
}

/// By what tickets are put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// When they began.
    Created,
    /// When something was last said in them that everybody may see; where nothing was, when they began.
    LastMessage,
    /// Their titles, letter by letter.
    Title,
    /// Their short ids.
    ShortId,
    /// Their ids.
    Id,
}

/// Which tickets, by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// All.
    Any,
    /// Those that are not closed.
    Open,
    /// Those that are.
    Closed,
}

/// Tickets, and everybody and everything that is named in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tickets, in order.
    pub tickets: Vec<Ticket>,
    /// Who began them, whom they are for, who spoke last; each once.
    pub people: Vec<Person>,
    /// The categories of the workspace, with those that are no longer offered.
    pub categories: Vec<Category>,
    /// How many there are in all.
    pub total: i64,
}

impl Page {
    /// Somebody named in one of the tickets.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The category of one of the tickets: the general one unless it has another.
    #[must_use]
    pub fn category(&self, ticket: &Ticket) -> Option<&Category> {
        let id = ticket.category.unwrap_or(category::GENERAL);
        self.categories.iter().find(|category| category.id == id)
    }
}

/// A page of what the caller sees: an agent the whole workspace, others what they take part in and what is shared
/// with something they belong to.
pub fn page(cx: &mut Cx<'_>, listing: &Listing) -> Result<Page> {
    let caller = cx.caller()?;
    let listing = listing.within_limits();
    let (tickets, total) = match caller.kind {
        Kind::Agent => {
            let (all, closed) = store::counts(cx.tx, caller.workspace)?;
            (store::page_of_all(cx.tx, caller.workspace, &listing)?, listing.standing.total(all, closed))
        }
        _ => store::page_of(cx.tx, caller.workspace, caller.person, &listing)?,
    };
    complete(cx, tickets, total)
}

impl Listing {
    pub(super) fn within_limits(&self) -> Listing {
        let newest_first = || vec![(Order::LastMessage, true)];
        Listing {
            skip: self.skip.max(0),
            limit: self.limit.clamp(0, PAGE_MAX),
            order: if self.order.is_empty() { newest_first() } else { self.order.clone() },
            standing: self.standing,
        }
    }
}

/// Adds everybody who is named in them, and their categories.
pub(super) fn complete(cx: &mut Cx<'_>, tickets: Vec<Ticket>, total: i64) -> Result<Page> {
    let named = |ticket: &Ticket| {
        let last = ticket.last.map(|last| last.author);
        [Some(ticket.conversation.created_by), Some(ticket.main_person), last].into_iter().flatten()
    };
    let people = person::by_ids(cx, tickets.iter().flat_map(named))?;
    let categories = if tickets.is_empty() { Vec::new() } else { category::all(cx)? };
    Ok(Page { tickets, people, categories, total })
}

impl Standing {
    /// The lowest and the highest value of the column `closed`.
    pub(super) fn range(self) -> (i64, i64) {
        match self {
            Standing::Any => (0, 1),
            Standing::Open => (0, 0),
            Standing::Closed => (1, 1),
        }
    }

    fn total(self, all: i64, closed: i64) -> i64 {
        match self {
            Standing::Any => all,
            Standing::Open => all - closed,
            Standing::Closed => closed,
        }
    }
}
