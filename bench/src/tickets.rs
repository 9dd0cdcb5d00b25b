//! Tickets: the list of an agent and of everybody, searches while people post, and what the index costs those who post.

use std::time::{Duration, Instant};

use crate::child::{self, Home, Listening, Server};
use crate::data::{RARE_WORD, World};
use crate::figure::{Figure, Quieter};
use crate::load::{self, Load, Request};
use crate::memory::Memory;
use crate::seed;
use crate::seed::database::Result;
use crate::work::{self, Work};

/// How many lists or posts are under way at once.
const CONNECTIONS: usize = 32;
/// How many searches are.
const SEARCHERS: usize = 8;
/// How many people post meanwhile.
const POSTERS: usize = 4;
/// How long the first index of all data may take.
const INDEX_PATIENCE: Duration = Duration::from_secs(60 * 60);
/// The ranks of the words that are looked for together.
const TWO_RANKS: [usize; 2] = [40, 400];

/// The tickets of one database.
pub(crate) struct Tickets<'a> {
    /// The server and its database.
    pub(crate) home: &'a Home,
    /// The requests.
    pub(crate) work: &'a Work,
    /// The data, for its words.
    pub(crate) world: &'a World,
    /// The longest time of one phase.
    pub(crate) phase: Duration,
}

/// The lists of a round.
#[derive(Clone, Copy)]
pub(crate) struct Lists {
    /// An agent's, again and again.
    pub(crate) agent: Figure,
    /// Each person's once.
    pub(crate) each: Figure,
    /// The stack answering a constant of the agent's list's size.
    pub(crate) stack: Figure,
}

/// The searches of a round.
#[derive(Clone, Copy)]
pub(crate) struct Searches {
    /// A word of twenty messages.
    pub(crate) rare: Figure,
    /// A word of most conversations.
    pub(crate) common: Figure,
    /// Two words that many conversations have.
    pub(crate) two: Figure,
}

/// Posts with the index and without, a second.
#[derive(Clone, Copy)]
pub(crate) struct Indexed {
    /// While everything is indexed.
    pub(crate) with: Figure,
    /// While nothing is.
    pub(crate) without: Figure,
}

impl Tickets<'_> {
    /// Has the index made, so that nothing that is measured later runs beside that.
    pub(crate) fn index(&self) -> Result<()> {
        eprintln!("bench: indexing {}", self.home.database_url);
        self.start()?.stop()
    }

    /// Measures the lists.
    pub(crate) fn lists(&self, memory: &mut Memory) -> Result<Lists> {
        let server = self.start()?;
        let listening = &server.listening;
        let each = self.work.full.iter().map(|person| self.list_of(*person)).collect::<Vec<_>>().into_iter();
        let each = Figure::measure(listening, self.load(listening, CONNECTIONS, 200), each)?;
        let agent = self.list_of(self.world.size.people);
        let again = std::iter::repeat(agent.clone());
        load::run(self.load(listening, CONNECTIONS, 200), again.clone())?;
        let figure = Figure::measure(listening, self.load(listening, CONNECTIONS, 200), again)?;
        let sample = load::fetch(listening.address, &agent)?;
        memory.peak(&server)?;
        server.stop()?;
        let stack = child::constant(&sample, &self.home.data)?;
        let constant = std::iter::repeat(agent);
        load::run(self.load(&stack, CONNECTIONS, 200), constant.clone())?;
        let stack = Figure::measure(&stack, self.load(&stack, CONNECTIONS, 200), constant)?;
        Ok(Lists { agent: figure, each, stack })
    }

    /// Measures the searches while people post.
    pub(crate) fn searches(&self, memory: &mut Memory) -> Result<Searches> {
        let server = self.start()?;
        let common = self.world.common_word(0);
        let two = TWO_RANKS.map(|rank| self.world.common_word(rank)).join("+");
        let rare = self.search(&server, RARE_WORD)?;
        let searches =
            Searches { rare, common: self.search(&server, common)?, two: self.search(&server, &two)? };
        memory.peak(&server)?;
        server.stop()?;
        Ok(searches)
    }

    fn search(&self, server: &Server, words: &str) -> Result<Figure> {
        let request = self.request(&format!("limit=20&fullTextSearch={words}"), self.world.size.people);
        let listening = &server.listening;
        std::thread::scope(|scope| {
            let load = Load { time_max: self.phase * 2, ..self.load(listening, POSTERS, 201) };
            let places = self.work.open.clone();
            let posting = scope.spawn(move || load::run(load, work::posts(&places)));
            let asked = std::iter::repeat(request);
            load::run(self.load(listening, SEARCHERS, 200), asked.clone())?;
            let figure = Figure::measure(listening, self.load(listening, SEARCHERS, 200), asked);
            posting.join().map_err(|_| "those who post meanwhile died")??;
            Ok(figure?)
        })
    }

    /// Measures posts with the index and without. It comes back behind, and is up to date again when this ends.
    pub(crate) fn indexed(&self) -> Result<Indexed> {
        let post = |server: Server| {
            let listening = &server.listening;
            let posts = || work::posts(&self.work.open);
            load::run(self.load(listening, CONNECTIONS, 201), posts())?;
            let figure = Figure::measure(listening, self.load(listening, CONNECTIONS, 201), posts())?;
            server.stop()?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(figure)
        };
        let with = post(self.start()?)?;
        let without = post(Server::start_with(self.home, &[("PARLANCE_SEARCH_ENABLED", "false")])?)?;
        Ok(Indexed { with, without })
    }

    /// A server whose index is up to date.
    fn start(&self) -> Result<Server> {
        let server = Server::start(self.home)?;
        let search = self.request("limit=1&fullTextSearch=x", self.world.size.people);
        let asked = Instant::now();
        while load::fetch(server.listening.address, &search)?.status != 200 {
            if asked.elapsed() > INDEX_PATIENCE {
                return Err("the index is not complete; see bench-server.log".into());
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        Ok(server)
    }

    fn list_of(&self, person: usize) -> Request {
        self.request("limit=20", person)
    }

    fn request(&self, query: &str, person: usize) -> Request {
        Request::get(format!("/v2/conversations?{query}"), seed::token(person))
    }

    fn load(&self, listening: &Listening, connections: usize, status: u16) -> Load {
        Load { address: listening.address, connections, time_max: self.phase, status }
    }
}

impl Quieter for Lists {
    fn quieter(self, other: Self) -> Self {
        Self {
            agent: self.agent.quieter(other.agent),
            each: self.each.quieter(other.each),
            stack: self.stack.quieter(other.stack),
        }
    }
}

impl Quieter for Searches {
    fn quieter(self, other: Self) -> Self {
        Self {
            rare: self.rare.quieter(other.rare),
            common: self.common.quieter(other.common),
            two: self.two.quieter(other.two),
        }
    }
}

impl Quieter for Indexed {
    fn quieter(self, other: Self) -> Self {
        Self { with: self.with.quieter(other.with), without: self.without.quieter(other.without) }
    }
}
