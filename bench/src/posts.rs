//! Messages that are posted: many at once, one after another, and the same rows committed by a bare program.

use std::time::Duration;

use crate::bare::post::Commits;
use crate::bare::{self, Bare};
use crate::child::{Home, Server};
use crate::data::World;
use crate::figure::{Figure, Quieter};
use crate::load::{self, Load};
use crate::memory::Memory;
use crate::seed::database::Result;
use crate::work::{self, Work};

/// How many posts are under way at once.
const CONNECTIONS: usize = 32;
/// How often a page is asked for right after a write.
const FRESH_TURNS: usize = 300;

/// The posts to one database.
pub(crate) struct Posts<'a> {
    /// The server and its database.
    pub(crate) home: &'a Home,
    /// The requests.
    pub(crate) work: &'a Work,
    /// The data, for the names in the bare program's rows.
    pub(crate) world: &'a World,
    /// The longest time of one phase.
    pub(crate) phase: Duration,
}

/// The server's figures.
#[derive(Clone, Copy)]
pub(crate) struct Served {
    /// 32 connections.
    pub(crate) many: Figure,
    /// Messages per commit meanwhile.
    pub(crate) group: f64,
    /// One connection.
    pub(crate) one: Figure,
    /// Pages that did not show what had been answered before they were asked for.
    pub(crate) stale: usize,
}

/// The bare program's.
#[derive(Clone, Copy)]
pub(crate) struct Committed {
    /// In the server's group sizes.
    pub(crate) groups: Commits,
    /// One message a commit.
    pub(crate) single: Commits,
}

impl Posts<'_> {
    /// Measures the server.
    pub(crate) fn served(&self, memory: &mut Memory) -> Result<Served> {
        let server = Server::start(self.home)?;
        let stale = self.stale(&server)?;
        let load = |connections, time_max| Load {
            address: server.listening.address,
            connections,
            time_max,
            status: 201,
        };
        load::run(load(CONNECTIONS, self.phase / 4), work::posts(&self.work.open))?;
        let before = groups(&server)?;
        let posts = work::posts(&self.work.open);
        let many = Figure::measure(&server.listening, load(CONNECTIONS, self.phase), posts)?;
        let after = groups(&server)?;
        let one = Figure::measure(&server.listening, load(1, self.phase / 2), work::posts(&self.work.open))?;
        memory.peak(&server)?;
        server.stop()?;
        Ok(Served { many, group: (after.0 - before.0) / (after.1 - before.1), one, stale })
    }

    /// How often a page asked for right after a post was answered does not begin with that post.
    fn stale(&self, server: &Server) -> Result<usize> {
        let mut stale = 0;
        for (turn, place) in self.work.open.iter().cycle().take(FRESH_TURNS).enumerate() {
            let list = work::list_of(place.person);
            load::fetch(server.listening.address, &list)?;
            let body = format!("this is number {turn}");
            load::fetch(server.listening.address, &work::post_to(place, &body))?;
            let page: serde_json::Value =
                serde_json::from_slice(&load::fetch(server.listening.address, &list)?.body)?;
            stale += usize::from(page[0]["lastMessage"]["body"] != *body);
        }
        Ok(stale)
    }

    /// Measures the bare program, in groups of the server's mean size: the next smaller and the next larger whole
    /// number, mixed to the same mean.
    pub(crate) fn bare(&self, db: &mut Bare, workspace: i64, group: f64) -> Result<Committed> {
        let mut posts = work::bare_posts(self.world, &self.work.open);
        let mut commits =
            |sizes: &[usize], time_max| bare::post::commits(db, workspace, &mut posts, sizes, time_max);
        commits(&mixed(group), self.phase / 4)?;
        Ok(Committed { groups: commits(&mixed(group), self.phase)?, single: commits(&[1], self.phase / 2)? })
    }
}

/// Ten whole numbers with this mean, as near as ten allow.
fn mixed(mean: f64) -> Vec<usize> {
    let at = |turn: usize| (turn as f64 * mean).round() as usize;
    (0..10).map(|turn| (at(turn + 1) - at(turn)).max(1)).collect()
}

/// How many writes were committed, and in how many commits.
fn groups(server: &Server) -> Result<(f64, f64)> {
    let metrics = server.metrics()?;
    let total = |name: &str| -> f64 {
        let lines = metrics.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.strip_prefix(name)?.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    };
    Ok((total("parlance_write_group_size_sum"), total("parlance_write_group_size_count")))
}

impl Quieter for Served {
    /// The quieter of two rounds; a stale page of either counts.
    fn quieter(self, other: Self) -> Self {
        let faster = if self.many.rate >= other.many.rate { self } else { other };
        Self {
            many: self.many.quieter(other.many),
            group: faster.group,
            one: self.one.quieter(other.one),
            stale: self.stale + other.stale,
        }
    }
}

impl Quieter for Committed {
    fn quieter(self, other: Self) -> Self {
        Self { groups: self.groups.quieter(other.groups), single: self.single.quieter(other.single) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_groups_have_the_mean_they_were_asked_for() {
        for mean in [1.0, 1.4, 7.3, 31.9] {
            let sizes = mixed(mean);
            let found = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
            assert!((found - mean).abs() <= 0.05, "{mean}: {sizes:?}");
        }
    }
}
