//! Lists of tickets that a search has found.
//!
//! Whether the caller may see them, and how they stand, is asked of the database and before anything is counted. What
//! is left is a set of short ids, of which a page is to be given in order: of a small set by looking at each of them,
//! of a large one by walking the whole list in its order and taking those that are in the set.

use std::cmp::Ordering;

use roaring::RoaringBitmap;

use super::page::complete;
use super::{Listing, Order, Page, Standing, Ticket, store};
use crate::db::Conn;
use crate::person::Kind;
use crate::search::Found;
use crate::{Cx, Error, Result, WorkspaceId};

/// What looking at one ticket costs, in steps of a walk through the list, which is a walk through an index: measured,
/// 4.6 µs and 0.21 µs.
const LOOK_STEPS: u64 = 20;

/// Steps of the first walk; each further one is four times as long.
const STEPS_MIN: i64 = 256;

/// A page of those among `found` that the caller sees and that stand as `listing` says.
pub fn found(cx: &mut Cx<'_>, listing: &Listing, found: &Found) -> Result<Page> {
    let caller = cx.caller()?;
    let listing = listing.within_limits();
    let mut those = found.conversations.clone();
    if caller.kind != Kind::Agent && !those.is_empty() {
        those &= set(store::visible_to(cx.tx, caller.workspace, caller.person)?)?;
    }
    let mut list = List { tx: cx.tx, workspace: caller.workspace, listing: &listing };
    let those = list.standing(those)?;
    let numbers = list.numbers(&those)?;
    let tickets = list.tickets(&numbers)?;
    complete(cx, tickets, those.len() as i64)
}

/// The list of which a page is wanted.
struct List<'a> {
    tx: &'a mut Conn,
    workspace: WorkspaceId,
    listing: &'a Listing,
}

/// What decides where a ticket stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) short_id: i64,
    pub(super) closed: bool,
    pub(super) last_at: i64,
    pub(super) title: String,
    pub(super) id: String,
}

impl List<'_> {
    /// Those that stand as they shall.
    fn standing(&mut self, those: RoaringBitmap) -> Result<RoaringBitmap> {
        let standing = self.listing.standing;
        if standing == Standing::Any || those.is_empty() {
            return Ok(those);
        }
        let (all, closed) = store::counts(self.tx, self.workspace)?;
        if those.len() * LOOK_STEPS < all.min(closed.max(all - closed)).unsigned_abs() {
            let wanted = |place: &Place| place.closed == (standing == Standing::Closed);
            let places = self.places(&those)?;
            return set(places.iter().filter(|place| wanted(place)).map(|place| place.short_id).collect());
        }
        // The smaller of the two is read, and taken or left out.
        let by_closed = closed <= all - closed;
        let some = set(store::standing(self.tx, self.workspace, by_closed)?)?;
        Ok(if by_closed == (standing == Standing::Closed) { those & some } else { those - some })
    }

    /// The short ids of the page.
    fn numbers(&mut self, those: &RoaringBitmap) -> Result<Vec<i64>> {
        let Listing { skip, limit, .. } = *self.listing;
        let (skip, limit) = (skip.unsigned_abs(), limit.unsigned_abs());
        if limit == 0 || skip >= those.len() {
            return Ok(Vec::new());
        }
        let (all, _) = store::counts(self.tx, self.workspace)?;
        let steps = (skip + limit).saturating_mul(all.unsigned_abs()) / those.len();
        if those.len().saturating_mul(LOOK_STEPS) <= steps.max(STEPS_MIN.unsigned_abs()) {
            return self.sorted(those);
        }
        self.walked(those)
    }

    fn sorted(&mut self, those: &RoaringBitmap) -> Result<Vec<i64>> {
        let mut places = self.places(those)?;
        places.sort_unstable_by(|one, other| self.listing.compare(one, other));
        let (skip, limit) = (self.listing.skip as usize, self.listing.limit as usize);
        Ok(places.iter().skip(skip).take(limit).map(|place| place.short_id).collect())
    }

    fn walked(&mut self, those: &RoaringBitmap) -> Result<Vec<i64>> {
        let (mut seen, mut steps) = (0, STEPS_MIN);
        let mut left = self.listing.skip;
        let mut numbers = Vec::new();
        loop {
            let part = store::walk(
                self.tx,
                self.workspace,
                &Listing { skip: seen, limit: steps, ..self.listing.clone() },
            )?;
            for short_id in part.iter().filter(|short_id| is_in(those, **short_id)) {
                match left {
                    0 => numbers.push(*short_id),
                    _ => left -= 1,
                }
                if numbers.len() as i64 == self.listing.limit {
                    return Ok(numbers);
                }
            }
            if (part.len() as i64) < steps {
                return Ok(numbers);
            }
            seen += steps;
            steps *= 4;
        }
    }

    fn places(&mut self, those: &RoaringBitmap) -> Result<Vec<Place>> {
        let numbers: Vec<i64> = those.iter().map(i64::from).collect();
        store::places(self.tx, self.workspace, &numbers)
    }

    fn tickets(&mut self, numbers: &[i64]) -> Result<Vec<Ticket>> {
        let mut tickets = store::by_short_ids(self.tx, self.workspace, numbers)?;
        let at = |ticket: &Ticket| numbers.iter().position(|number| *number == ticket.conversation.short_id);
        tickets.sort_by_cached_key(at);
        Ok(tickets)
    }
}

impl Listing {
    /// Which of two comes first, as the text behind ORDER BY says it.
    fn compare(&self, one: &Place, other: &Place) -> Ordering {
        let by = |order: Order, descending: bool| {
            let ordering = match order {
                Order::Created | Order::ShortId => one.short_id.cmp(&other.short_id),
                Order::LastMessage => one.last_at.cmp(&other.last_at),
                Order::Title => one.title.cmp(&other.title),
                Order::Id => one.id.cmp(&other.id),
            };
            if descending { ordering.reverse() } else { ordering }
        };
        let last = self.order.first().is_none_or(|(_, descending)| *descending);
        let keys = self.order.iter().copied().chain([(Order::ShortId, last)]);
        keys.fold(Ordering::Equal, |so_far, (order, descending)| so_far.then_with(|| by(order, descending)))
    }
}

fn is_in(those: &RoaringBitmap, short_id: i64) -> bool {
    u32::try_from(short_id).is_ok_and(|short_id| those.contains(short_id))
}

fn set(numbers: Vec<i64>) -> Result<RoaringBitmap> {
    let number = |number| {
        u32::try_from(number)
            .map_err(|_| Error::Internal(format!("the short id {number} is not found by words")))
    };
    numbers.into_iter().map(number).collect()
}
