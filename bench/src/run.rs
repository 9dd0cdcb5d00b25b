//! The whole bench: prepare, measure in rounds, and put the tables together.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::child::Home;
use crate::cluster::Cluster;
use crate::data::{Size, World};
use crate::figure::Quieter;
use crate::inbox::Inbox;
use crate::machine::Machine;
use crate::memory::Memory;
use crate::posts::{self, Posts};
use crate::prepared::Prepared;
use crate::reads::{self, Reads};
use crate::report::{self, Figures};
use crate::seed::database::Result;
use crate::table::Table;
use crate::tickets::Tickets;
use crate::work::Work;

/// Places that are asked or written to, at most.
const PLACES_MAX: usize = 20_000;

/// How much to do.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// The data.
    pub(crate) size: Size,
    /// How often each comparison is repeated; the quieter figures count.
    pub(crate) rounds: usize,
    /// The longest time of one phase.
    pub(crate) phase: Duration,
}

impl Effort {
    /// What the published figures take.
    pub(crate) const FULL: Self = Self { size: Size::FULL, rounds: 3, phase: Duration::from_secs(4) };
    /// Enough to see that the bench works; its figures say nothing.
    pub(crate) const QUICK: Self = Self { size: Size::QUICK, rounds: 1, phase: Duration::from_millis(400) };
}

/// The bench on this machine.
pub(crate) struct Run {
    /// How much to do.
    pub(crate) effort: Effort,
    /// The server's release binary.
    pub(crate) server: PathBuf,
    /// Where everything is kept; the disk under it is the one that is measured.
    pub(crate) folder: PathBuf,
}

/// The generated data and what is asked of them, at their size and at ten times the conversations.
struct Worlds {
    small: World,
    large: World,
    small_work: Work,
    large_work: Work,
}

/// The databases of one kind. The scratch one may be written to.
struct Databases {
    small: Prepared,
    scratch: Prepared,
    /// The inbox over phone numbers; this one is written to as well.
    lines: Prepared,
    /// Filling twenty million rows takes PostgreSQL longer than all the rest, so it goes without.
    large: Option<Prepared>,
}

impl Run {
    /// Measures on both databases. Each part of the report, as Markdown, is told as soon as it is there.
    pub(crate) fn report(&self, tell: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        fs::create_dir_all(self.folder.join("data"))?;
        tell(&Machine::look(&self.folder)?.to_string())?;
        let worlds = Worlds::new(self.effort.size);
        tell(&self.sqlite(&worlds)?.to_string())?;
        // For information beside the goals, so that its absence is said and does not take the other table away.
        match self.postgres(&worlds) {
            Ok(table) => tell(&table.to_string()),
            Err(problem) => tell(&format!("## PostgreSQL\n\nNOT MEASURED: {problem}\n")),
        }
    }

    fn sqlite(&self, worlds: &Worlds) -> Result<Table> {
        let small = Prepared::sqlite(&self.folder, &worlds.small)?;
        self.index(&small, &worlds.small_work, &worlds.small)?;
        let file = self.folder.join("posts.db");
        let scratch = small.copy_to(&file)?;
        let large = Prepared::sqlite(&self.folder, &worlds.large)?;
        self.index(&large, &worlds.large_work, &worlds.large)?;
        let large = Some(large);
        let lines = Prepared::sqlite_lines(&self.folder, self.effort.size.conversations)?;
        let databases = Databases { small, scratch, lines, large };
        let figures = self.measure(worlds, &databases)?;
        databases.scratch.remove();
        databases.lines.remove();
        Ok(Table { title: format!("SQLite: {}", self.effort.size), rows: report::rows(&figures) })
    }

    fn postgres(&self, worlds: &Worlds) -> Result<Table> {
        let cluster = Cluster::start(&self.folder.join("postgres"))?;
        let small = Prepared::postgres(cluster.create("small")?, &worlds.small)?;
        self.index(&small, &worlds.small_work, &worlds.small)?;
        cluster.make_durable()?;
        let lines = Prepared::postgres_lines(cluster.create("lines")?, self.effort.size.conversations)?;
        let figures =
            self.measure(worlds, &Databases { scratch: small.clone(), small, lines, large: None })?;
        let (version, size) = (cluster.version()?, self.effort.size);
        let title = format!("PostgreSQL {version}, for information and not at ten times: {size}");
        Ok(Table { title, rows: report::rows(&figures) }.for_information())
    }

    fn measure(&self, worlds: &Worlds, databases: &Databases) -> Result<Figures> {
        let mut memory = Memory::default();
        let (served, compared) = self.reads(&databases.small, &worlds.small_work, &mut memory)?;
        let large = databases.large.as_ref();
        let large = large.map(|it| self.large_reads(it, &worlds.large_work, &mut memory)).transpose()?;
        let (posted, committed) = self.posts(&databases.scratch, worlds, &mut memory)?;
        databases.scratch.check()?;
        let home = self.home(&databases.scratch);
        let tickets = self.tickets(&home, &worlds.small_work, &worlds.small);
        let lists = self.quietest(|| tickets.lists(&mut memory))?;
        let searches = self.quietest(|| tickets.searches(&mut memory))?;
        let indexed = self.quietest(|| tickets.indexed())?;
        let searched = |it: &Prepared| {
            let home = self.home(it);
            self.tickets(&home, &worlds.large_work, &worlds.large).searches(&mut memory)
        };
        let large_searches = databases.large.as_ref().map(searched).transpose()?;
        let inbox = Inbox { home: &self.home(&databases.lines), phase: self.effort.phase };
        let inbox = self.quietest(|| inbox.figures(&mut memory))?;
        Ok(Figures {
            served,
            compared,
            large,
            posted,
            committed,
            lists,
            searches,
            large_searches,
            indexed,
            inbox,
            memory,
        })
    }

    fn index(&self, database: &Prepared, work: &Work, world: &World) -> Result<()> {
        self.tickets(&self.home(database), work, world).index()
    }

    fn tickets<'a>(&self, home: &'a Home, work: &'a Work, world: &'a World) -> Tickets<'a> {
        Tickets { home, work, world, phase: self.effort.phase }
    }

    fn reads(
        &self,
        database: &Prepared,
        work: &Work,
        memory: &mut Memory,
    ) -> Result<(reads::Served, reads::Compared)> {
        database.warm()?;
        let home = self.home(database);
        let reads = Reads { home: &home, work, phase: self.effort.phase };
        let mut bare = database.bare()?;
        reads.compare(&mut bare)?;
        self.quietest(|| {
            let (served, samples) = reads.served(memory)?;
            Ok((served, reads.compared(&mut bare, &samples)?))
        })
    }

    fn large_reads(&self, database: &Prepared, work: &Work, memory: &mut Memory) -> Result<reads::Served> {
        database.warm()?;
        let home = self.home(database);
        let reads = Reads { home: &home, work, phase: self.effort.phase };
        self.quietest(|| Ok(reads.served(memory)?.0))
    }

    fn posts(
        &self,
        database: &Prepared,
        worlds: &Worlds,
        memory: &mut Memory,
    ) -> Result<(posts::Served, posts::Committed)> {
        let home = self.home(database);
        let (work, world) = (&worlds.small_work, &worlds.small);
        let posts = Posts { home: &home, work, world, phase: self.effort.phase };
        self.quietest(|| {
            let served = posts.served(memory)?;
            Ok((served, posts.bare(&mut database.bare()?, database.workspace, served.group)?))
        })
    }

    /// Runs `round` as often as the effort says and keeps the quieter figures.
    fn quietest<T: Quieter>(&self, mut round: impl FnMut() -> Result<T>) -> Result<T> {
        let first = round()?;
        (1..self.effort.rounds).try_fold(first, |best, _| Ok(best.quieter(round()?)))
    }

    fn home(&self, database: &Prepared) -> Home {
        Home {
            binary: self.server.clone(),
            data: self.folder.join("data"),
            database_url: database.url.clone(),
        }
    }
}

impl Worlds {
    fn new(size: Size) -> Self {
        let (small, large) = (World::new(size), World::new(size.ten_times()));
        let small_work = Work::draw(&small, &small, PLACES_MAX);
        let large_work = Work::draw(&large, &small, PLACES_MAX);
        Self { small, large, small_work, large_work }
    }
}
