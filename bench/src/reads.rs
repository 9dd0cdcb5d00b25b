//! The two pages, the page that has not changed, and what they are compared with.

use std::time::Duration;

use crate::bare::{self, Bare, Cost};
use crate::child::{self, Home, Listening, Server};
use crate::figure::{Figure, Quieter};
use crate::load::{self, Answered, Load};
use crate::memory::Memory;
use crate::seed;
use crate::seed::database::Result;
use crate::work::{self, Place, Work};

/// How many requests are under way at once.
const CONNECTIONS: usize = 32;
/// How many people ask for the same page again and again.
const AGAIN_PEOPLE: usize = 1_000;
/// How many pages of each kind are compared byte by byte before anything is timed.
const COMPARED: usize = 50;

/// The reads of one database.
pub(crate) struct Reads<'a> {
    /// The server and its database.
    pub(crate) home: &'a Home,
    /// The requests.
    pub(crate) work: &'a Work,
    /// The longest time of one phase.
    pub(crate) phase: Duration,
}

/// The figures of a round.
#[derive(Clone, Copy)]
pub(crate) struct Served {
    /// `GET /conversations`, each person once.
    pub(crate) list: Figure,
    /// The same page again.
    pub(crate) again: Figure,
    /// `GET …/messages`, each conversation once.
    pub(crate) messages: Figure,
}

/// What they are compared with.
#[derive(Clone, Copy)]
pub(crate) struct Compared {
    /// The statements and the JSON of the list, bare.
    pub(crate) bare_list: Cost,
    /// The same of the messages.
    pub(crate) bare_messages: Cost,
    /// The stack answering a constant of the list's size.
    pub(crate) stack_list: Figure,
    /// The stack answering a constant of the messages' size.
    pub(crate) stack_messages: Figure,
}

/// An ordinary answer of each kind, for the stack to repeat.
pub(crate) struct Samples {
    list: Answered,
    messages: Answered,
}

impl Reads<'_> {
    /// Measures a server that has just started: its caches are empty, so that each person's page is made, not
    /// remembered.
    pub(crate) fn served(&self, memory: &mut Memory) -> Result<(Served, Samples)> {
        let server = Server::start(self.home)?;
        memory.idle(&server)?;
        let listening = &server.listening;
        load::run(self.load(listening, self.phase / 2), work::list(&self.work.light))?;
        let list = Figure::measure(listening, self.load(listening, self.phase), work::list(&self.work.full))?;
        let again = self.again(listening)?;
        let messages =
            Figure::measure(listening, self.load(listening, self.phase), work::messages(&self.work.long))?;
        let served = Served { list, again, messages };
        let samples = self.samples(listening, &served)?;
        memory.peak(&server)?;
        server.stop()?;
        Ok((served, samples))
    }

    fn again(&self, listening: &Listening) -> Result<Figure> {
        let people: Vec<usize> = self.work.full.iter().copied().take(AGAIN_PEOPLE).collect();
        load::run(self.load(listening, self.phase), work::list(&people))?;
        let again = people.into_iter().cycle().map(work::list_of);
        Ok(Figure::measure(listening, self.load(listening, self.phase), again)?)
    }

    fn load(&self, listening: &Listening, time_max: Duration) -> Load {
        Load { address: listening.address, connections: CONNECTIONS, time_max, status: 200 }
    }

    fn samples(&self, listening: &Listening, served: &Served) -> Result<Samples> {
        let sample = |request, bytes: usize| -> Result<Answered> {
            let mut answered = load::fetch(listening.address, &request)?;
            answered.body.resize(bytes, b' ');
            Ok(answered)
        };
        Ok(Samples {
            list: sample(work::list_of(self.work.full[0]), served.list.body_bytes)?,
            messages: sample(work::messages_of(&self.work.long[0]), served.messages.body_bytes)?,
        })
    }

    /// Measures the bare program on the same file, and the stack by itself.
    pub(crate) fn compared(&self, db: &mut Bare, samples: &Samples) -> Result<Compared> {
        let hashes: Vec<String> = self.work.full.iter().map(|person| seed::token_hash(*person)).collect();
        let places: Vec<(String, &Place)> =
            self.work.long.iter().map(|place| (seed::token_hash(place.person), place)).collect();
        Ok(Compared {
            bare_list: bare::timed(&hashes, |hash| bare::page::conversations(db, hash).map(drop))?,
            bare_messages: bare::timed(&places, |(hash, place)| {
                bare::page::messages(db, hash, &place.conversation).map(drop)
            })?,
            stack_list: self.stack(&samples.list)?,
            stack_messages: self.stack(&samples.messages)?,
        })
    }

    fn stack(&self, sample: &Answered) -> Result<Figure> {
        let stack = child::constant(sample, &self.home.data)?;
        let requests = || std::iter::repeat(self.work.full[0]).map(work::list_of);
        load::run(self.load(&stack, self.phase / 4), requests())?;
        Ok(Figure::measure(&stack, self.load(&stack, self.phase), requests())?)
    }

    /// Fails unless the bare program's pages are the server's, byte by byte: else it measures something else.
    pub(crate) fn compare(&self, db: &mut Bare) -> Result<()> {
        let server = Server::start(self.home)?;
        for person in self.work.full.iter().take(COMPARED) {
            let served = load::fetch(server.listening.address, &work::list_of(*person))?;
            same(&served, &bare::page::conversations(db, &seed::token_hash(*person))?)?;
        }
        for place in self.work.long.iter().take(COMPARED) {
            let served = load::fetch(server.listening.address, &work::messages_of(place))?;
            same(&served, &bare::page::messages(db, &seed::token_hash(place.person), &place.conversation)?)?;
        }
        server.stop()
    }
}

fn same(served: &Answered, bare: &[u8]) -> Result<()> {
    if served.status == 200 && served.body == bare {
        return Ok(());
    }
    let texts = (String::from_utf8_lossy(&served.body), String::from_utf8_lossy(bare));
    Err(format!("the bare page is not the served one ({}):\n{}\n{}", served.status, texts.0, texts.1).into())
}

impl Quieter for Served {
    fn quieter(self, other: Self) -> Self {
        Self {
            list: self.list.quieter(other.list),
            again: self.again.quieter(other.again),
            messages: self.messages.quieter(other.messages),
        }
    }
}

impl Quieter for Compared {
    fn quieter(self, other: Self) -> Self {
        Self {
            bare_list: self.bare_list.quieter(other.bare_list),
            bare_messages: self.bare_messages.quieter(other.bare_messages),
            stack_list: self.stack_list.quieter(other.stack_list),
            stack_messages: self.stack_messages.quieter(other.stack_messages),
        }
    }
}
