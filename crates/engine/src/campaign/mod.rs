//! Campaigns: one text to many contacts, accepted and paid for at once, sent a few at a time.
//!
//! The recipients of a campaign stand in few rows, so that accepting it is one short write. Those of a long list are
//! gathered there by a runner, a page in each transaction, before anything is paid. The runner then turns a few of them at
//! a time into messages, each in a transaction with how far it came, so that a crash neither forgets nor doubles one.

mod answer;
mod call_off;
mod change;
mod due;
mod expand;
mod list;
mod page;
mod plan;
mod recipient;
mod request;
mod stop_mention;
mod store;
mod template;

pub use answer::{Addressee, Answer, answer};
pub use call_off::{call_off, cancel};
pub use change::{confirm, status};
pub use due::{Due, due};
pub use expand::{expand, skip};
pub use list::{PAGE_MAX, compute, on_list};
pub use plan::{RECIPIENTS_MAX, Send, send};
pub use request::sweep;

use crate::channel::Channel;
use crate::db::stored_enum;
use crate::{Cx, PersonId, Result, Time, credit};
use list::Source;

stored_enum! {
    /// How a campaign stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum State as "the state of a campaign" {
        /// It is kept and not sent until somebody says so.
        Draft = "draft",
        /// Whom it goes to is being taken from a list.
        Computing = "computing",
        /// Whom it goes to was taken from a list; it is not sent until somebody says so.
        Ready = "ready",
        /// It waits for its time.
        Scheduled = "scheduled",
        /// It is being sent.
        Sending = "sending",
        /// Every message of it is on its way. To whoever asks it is [`State::Sending`] as long as one waits for its carrier.
        Done = "done",
        /// It was called off; while it is due, messages of it wait that are yet to be called off.
        Cancelled = "cancelled",
        /// It cannot be sent.
        Failed = "failed",
    }
}

stored_enum! {
    /// Why somebody is written to; the law asks more of the one than of the other.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Purpose as "a purpose" {
        /// They wait for it.
        Alert = "alert",
        /// It advertises something.
        Wholesale = "wholesale",
    }
}

/// What is known of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names it.
    pub ticket: String,
    /// How it stands.
    pub state: State,
    /// To how many it goes; while that is computed, as many as are known.
    pub number_of_contacts: i64,
    /// Into how many parts the text is cut, where it is longest.
    pub parts: i64,
    /// What it costs, in millionths: without what was paid back, or was never paid because it was called off or failed
    /// before.
    pub cost_micro: i64,
    /// What the workspace has left, in millionths.
    pub residual_micro: i64,
    /// When it is sent, or was.
    pub send_at: Time,
    /// The numbers (E.164) that it does not go to, because their owners want to hear no more. They are named when it is
    /// made and not later; of a list those on its first [`PAGE_MAX`] places.
    pub left_out: Vec<String>,
    /// Why it failed; else empty.
    pub problem: String,
}

/// A campaign as it is stored.
struct Campaign {
    ticket: String,
    author: PersonId,
    channel: Channel,
    product: String,
    text: String,
    /// Our address from which it shall go, or what recipients would see as such; may be empty.
    sender: String,
    /// The list on which its recipients are put.
    list: Option<String>,
    purpose: Purpose,
    state: State,
    simulated: bool,
    /// The list that its recipients are taken from.
    source: Option<Source>,
    /// How many recipients it has.
    count: i64,
    /// How many of them are not written to.
    left_out: i64,
    /// How many of them are done.
    next: i64,
    parts: i64,
    cost_micro: i64,
    send_at: Time,
    /// When there is something to do about it.
    due_at: Option<Time>,
    created_at: Time,
    problem: String,
}

impl Campaign {
    /// What is known of it.
    fn ticket(&self, cx: &mut Cx<'_>, left_out: Vec<String>) -> Result<Ticket> {
        Ok(Ticket {
            ticket: self.ticket.clone(),
            state: self.state,
            number_of_contacts: self.count - self.left_out,
            parts: self.parts,
            cost_micro: self.cost_micro,
            residual_micro: credit::balance(cx)?,
            send_at: self.send_at,
            left_out,
            problem: self.problem.clone(),
        })
    }

    /// It begins, at its time: now, or when it was said.
    fn start(&mut self, now: Time) {
        self.state = if self.send_at > now { State::Scheduled } else { State::Sending };
        self.send_at = self.send_at.max(now);
        self.due_at = Some(self.send_at);
    }

    /// Pays for all of it.
    fn pay(&self, cx: &mut Cx<'_>) -> Result<()> {
        let entry = credit::Entry { reason: "campaign", about: &self.ticket };
        credit::spend(cx, self.cost_micro, entry).map(drop)
    }

    /// So much of what was paid is given back.
    fn refund(&mut self, cx: &mut Cx<'_>, micro: i64) -> Result<()> {
        self.cost_micro -= micro;
        credit::give_back(cx, micro, credit::Entry { reason: "not sent", about: &self.ticket }).map(drop)
    }

    /// It ends here; what was paid for those who are not done yet is given back.
    fn end(&mut self, cx: &mut Cx<'_>, state: State) -> Result<()> {
        let workspace = cx.workspace()?;
        match self.state {
            State::Scheduled | State::Sending => {
                let unsent_micro = page::unsent_micro(cx, self)?;
                self.refund(cx, unsent_micro)?;
            }
            State::Draft | State::Computing | State::Ready => self.cost_micro = 0,
            State::Done | State::Cancelled | State::Failed => {}
        }
        (self.state, self.due_at) = (state, None);
        store::update(cx.tx, workspace, self)
    }
}

/// Gives back what was paid for a message of a campaign, or of answers that have a ticket as well.
pub(crate) fn give_back(cx: &mut Cx<'_>, ticket: &str, micro: i64) -> Result<()> {
    let workspace = cx.workspace()?;
    credit::give_back(cx, micro, credit::Entry { reason: "not sent", about: ticket })?;
    store::cut_cost(cx.tx, workspace, ticket, micro)
}
