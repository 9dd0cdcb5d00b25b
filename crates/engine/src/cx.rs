//! What a verb has at hand: its transaction, who asks, what time it is, and chance.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::access::{Caller, Principal};
use crate::db::Conn;
use crate::event::{Event, Kind};
use crate::id::uuid_v7;
use crate::{Error, Result, Time, WorkspaceId, person};

/// The context of one verb in one transaction.
pub struct Cx<'t> {
    pub(crate) tx: &'t mut Conn,
    /// Who asks.
    pub who: Principal,
    /// The one time of everything this verb does.
    pub now: Time,
    chance: StdRng,
    events: Vec<Event>,
}

impl<'t> Cx<'t> {
    pub(crate) fn new(tx: &'t mut Conn, who: Principal, now: Time, seed: [u8; 32]) -> Cx<'t> {
        Cx { tx, who, now, chance: StdRng::from_seed(seed), events: Vec::new() }
    }

    /// The workspace of the one who asks.
    pub fn workspace(&self) -> Result<WorkspaceId> {
        self.who.workspace().ok_or(Error::Forbidden("This can only be done inside a workspace."))
    }

    /// The person who asks; [`Error::Forbidden`] when it is the operator, who says nothing in conversations.
    pub fn caller(&self) -> Result<Caller> {
        match self.who {
            Principal::Person(caller) => Ok(caller),
            _ => Err(Error::Forbidden("Only a person of the workspace can do this.")),
        }
    }

    /// The person who asks, if they may change anything.
    pub fn writer(&self) -> Result<Caller> {
        let caller = self.caller()?;
        match caller.can_write {
            true => Ok(caller),
            false => Err(Error::Forbidden("This token may only read.")),
        }
    }

    /// The agent who asks, if they may change anything; [`Error::Forbidden`] for everybody else.
    pub(crate) fn agent(&self) -> Result<Caller> {
        self.staff()?;
        self.writer()
    }

    /// [`Error::Forbidden`] for a person whose token may only read; the operator may do what a verb lets them do.
    pub(crate) fn may_write(&self) -> Result<()> {
        match self.who {
            Principal::Person(_) => self.writer().map(drop),
            _ => Ok(()),
        }
    }

    /// The workspace in which the operator acts; [`Error::Forbidden`] when somebody else asks.
    pub fn operator(&self) -> Result<WorkspaceId> {
        match self.who {
            Principal::Operator(Some(workspace)) => Ok(workspace),
            _ => Err(Error::Forbidden("Only the operator can do this.")),
        }
    }

    /// [`Error::Forbidden`] for everybody but the operator, who serves all workspaces and need not act in one.
    pub(crate) fn everywhere(&self) -> Result<()> {
        match self.who {
            Principal::Operator(_) => Ok(()),
            _ => Err(Error::Forbidden("Only the operator can do this.")),
        }
    }

    /// The workspace in which an agent asks, or the operator acts; [`Error::Forbidden`] for everybody else.
    pub(crate) fn staff(&self) -> Result<WorkspaceId> {
        match self.who {
            Principal::Person(caller) if caller.kind != person::Kind::Agent => {
                Err(Error::Forbidden("Only an agent can do this."))
            }
            _ => self.workspace(),
        }
    }

    /// Asks something as `caller` would: for the operator, who wants to know what somebody may.
    pub(crate) fn as_caller<T>(&mut self, caller: Caller, ask: impl FnOnce(&mut Self) -> T) -> T {
        let who = std::mem::replace(&mut self.who, caller.into());
        let answer = ask(self);
        self.who = who;
        answer
    }

    /// Does something that is the operator's alone, for a verb that has looked whether its caller may have it done.
    pub(crate) fn as_operator<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let workspace = self.workspace()?;
        let who = std::mem::replace(&mut self.who, Principal::Operator(Some(workspace)));
        let outcome = act(self);
        self.who = who;
        outcome
    }

    /// How many statements ran so far on this verb's connection: the difference is what a verb costs.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.tx.statements()
    }

    /// A new id of this time.
    pub(crate) fn uuid(&mut self) -> uuid::Uuid {
        let mut chance = [0; 10];
        self.chance.fill_bytes(&mut chance);
        uuid_v7(self.now, chance)
    }

    /// A random id (UUIDv4), which tells nothing but itself: 122 random bits.
    pub(crate) fn random_uuid(&mut self) -> uuid::Uuid {
        let mut chance = [0; 16];
        self.chance.fill_bytes(&mut chance);
        uuid::Builder::from_random_bytes(chance).into_uuid()
    }

    /// 256 random bits.
    pub(crate) fn secret(&mut self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.chance.fill_bytes(&mut secret);
        secret
    }

    /// Writes `kind` into the log when the verb succeeds; the rest of the event is filled in by `about`.
    pub(crate) fn emit(&mut self, kind: Kind, about: impl FnOnce(Event) -> Event) {
        let actor = self.caller().ok().map(|caller| caller.person);
        let event = Event { kind, actor, conversation: None, message: None, person: None, at: self.now };
        self.events.push(about(event));
    }

    /// Whether the verb has told the log nothing so far.
    pub(crate) fn is_silent(&self) -> bool {
        self.events.is_empty()
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }
}
