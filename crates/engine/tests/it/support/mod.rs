//! What every test of the engine stands on: an engine on either database, a clock and chance of its own, and a
//! workspace with people in it.

mod postgres;
mod proxy;
mod queue;
mod raw;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use parlance_engine::access::{Caller, Scope};
use parlance_engine::conversation::{self, Source, SourceKind, Start};
use parlance_engine::db::{Address, Tuning};
use parlance_engine::message::{self, Message, Post};
use parlance_engine::person::{self, Change, Facts, Kind, Person};
use parlance_engine::workspace::{self, Workspace};
use parlance_engine::{Clock, ConversationId, Cx, Engine, Options, Principal, Result, Time, db};

pub use postgres::Database;
pub use proxy::{Fault, Proxy};
pub use queue::{Gate, queue, queue_numbered, until};

/// Writes a test once and runs it on both databases. Without PostgreSQL its half says so, and fails under CI.
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($house:ident: &House) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($house: &House) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                body(&House::on_sqlite());
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let Some(house) = House::on_postgres() {
                    body(&house);
                }
            }
        }
    )*};
}
pub(crate) use on_both;

/// An engine of a test's own. The fields are dropped from top to bottom: the engine lets go before its database.
pub struct House {
    pub engine: Engine,
    pub clock: Arc<TestClock>,
    pub database: Database,
}

/// A clock that stands still until a test moves it.
pub struct TestClock {
    micros: AtomicI64,
    /// How many engines were opened by it.
    openings: AtomicU64,
}

impl TestClock {
    pub fn new() -> Arc<TestClock> {
        let micros = AtomicI64::new(1_800_000_000_000_000);
        Arc::new(TestClock { micros, openings: AtomicU64::new(1) })
    }

    pub fn forward(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// What the next reading will be.
    pub fn next(&self) -> Time {
        Time(self.micros.load(Ordering::Relaxed))
    }
}

/// Every reading is a microsecond later than the one before, so that order in time is order of events.
impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(self.micros.fetch_add(1, Ordering::Relaxed))
    }
}

/// Chance that repeats itself from run to run.
fn chance(seed: u64) -> parlance_engine::Chance {
    let count = AtomicU64::new(seed << 32);
    Arc::new(move || {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&count.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    })
}

impl House {
    pub fn on_sqlite() -> House {
        House::on(Database::sqlite())
    }

    /// `None` when there is no PostgreSQL to test on and that is allowed.
    pub fn on_postgres() -> Option<House> {
        Database::postgres().map(House::on)
    }

    pub fn on(database: Database) -> House {
        let clock = TestClock::new();
        let engine = open(&database, &clock).expect("an engine opens on an empty database");
        House { engine, clock, database }
    }

    /// Stops the engine and starts another on the same database, as after a restart.
    pub fn reopened(self) -> House {
        let House { engine, clock, database } = self;
        drop(engine);
        let engine = open(&database, &clock).expect("an engine opens on its own database");
        House { engine, clock, database }
    }

    /// [`House::reopened`], with something done to the files meanwhile.
    pub fn reopened_with(self, harm: impl FnOnce(&Database)) -> House {
        let House { engine, clock, database } = self;
        drop(engine);
        harm(&database);
        let engine = open(&database, &clock).expect("an engine opens on its own database");
        House { engine, clock, database }
    }

    /// Tries to open another engine on the same database.
    pub fn open_again(&self) -> Result<Engine> {
        open(&self.database, &self.clock)
    }

    /// A second engine on the same database: another node.
    pub fn another_node(&self) -> Engine {
        self.open_again().expect("another node opens")
    }

    pub fn write<T: Send + 'static>(
        &self,
        who: impl Into<Principal>,
        verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.engine.write_blocking(who.into(), verb)
    }

    pub fn read<T: Send + 'static>(
        &self,
        who: impl Into<Principal>,
        verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.engine.read_blocking(who.into(), verb)
    }

    pub fn workspace(&self, slug: &str) -> Workspace {
        let slug = slug.to_owned();
        self.write(Principal::OPERATOR, move |cx| workspace::add(cx, &slug, &workspace::Change::default()))
            .expect("a workspace is added")
    }

    pub fn person(&self, workspace: &Workspace, kind: Kind, external_id: &str) -> Person {
        let facts = Facts {
            external_id: Some(external_id.to_owned()),
            username: Some(external_id.to_owned()),
            ..Facts::default()
        };
        let new = Change { kind: Some(kind), facts, ..Change::default() };
        self.write(Principal::Operator(Some(workspace.id)), move |cx| person::add(cx, &new))
            .expect("a person is added")
    }

    /// A customer, ready to ask.
    pub fn customer(&self, workspace: &Workspace, external_id: &str) -> Caller {
        caller(workspace, &self.person(workspace, Kind::Customer, external_id))
    }

    /// An agent, ready to ask.
    pub fn agent(&self, workspace: &Workspace, external_id: &str) -> Caller {
        caller(workspace, &self.person(workspace, Kind::Agent, external_id))
    }

    /// A conversation about order `order` with this external id.
    pub fn start(&self, who: Caller, recipient: &str, order: &str, body: &str) -> Result<ConversationId> {
        let start = Start {
            source: Some(Source { kind: SourceKind::Order, id: order.to_owned() }),
            recipient: Some(recipient.to_owned()),
            shared_with: None,
            body: body.to_owned(),
        };
        self.write(who, move |cx| conversation::start(cx, &start))
    }

    pub fn post(&self, who: Caller, conversation: ConversationId, body: &str) -> Result<Message> {
        let post = Post::new(conversation, body.to_owned());
        self.write(who, move |cx| message::post(cx, &post))
    }
}

pub fn caller(workspace: &Workspace, person: &Person) -> Caller {
    Caller {
        workspace: workspace.id,
        person: person.id,
        kind: person.kind,
        can_write: true,
        token: None,
        scope: Scope::All,
    }
}

/// How tests use a database: small limits, so that they are reached.
pub fn options(address: Address) -> db::Options {
    db::Options {
        address,
        queue_max: 256,
        group_max: 64,
        writers: 2,
        readers: 2,
        tuning: Tuning { cache_kib: 2_048 },
    }
}

/// Each opening has chance of its own, as every process has.
pub fn open(database: &Database, clock: &Arc<TestClock>) -> Result<Engine> {
    let seed = clock.openings.fetch_add(1, Ordering::Relaxed);
    Engine::open(Options {
        db: options(database.address.clone()),
        clock: clock.clone(),
        chance: chance(seed),
    })
}
