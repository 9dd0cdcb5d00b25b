//! The way from the command line to the installation: through the running server, or by opening it here.

use std::sync::Arc;

use parlance_engine::Engine;

use super::{Answer, Call, List, Output, Request, Result};
use crate::config::Config;
use crate::control::{Client, Lock, patiently};
use crate::start;

/// An installation within reach.
pub(super) struct Reach {
    config: Arc<Config>,
    way: Way,
}

enum Way {
    Server(Client),
    /// The engine lets go before the lock does: fields are dropped from top to bottom.
    Here {
        engine: Box<Engine>,
        _lock: Lock,
    },
}

impl Reach {
    /// Finds the running server, or opens the database. Waits a while for another command that has it open.
    pub(super) fn open(config: Config) -> Result<Reach> {
        let way = patiently(&config, || match Client::reach(&config)? {
            Some(client) => Ok(Some(Way::Server(client))),
            None => Lock::try_take(&config)?.map(|lock| here(&config, lock)).transpose(),
        })?;
        Ok(Reach { config: Arc::new(config), way })
    }

    /// Does one request.
    pub(super) fn ask(&mut self, request: &Request, after: Option<&str>) -> Result<Output> {
        match &mut self.way {
            Way::Server(client) => client.ask(request, after),
            Way::Here { engine, .. } => request.run(&Call { engine, config: &self.config, after }),
        }
    }

    /// Does a request, and asks on until a list is whole.
    pub(super) fn ask_all(&mut self, request: &Request) -> Result<Answer> {
        let mut list = List::default();
        let mut after = None;
        loop {
            match self.ask(request, after.as_deref())? {
                Output::Page { columns, items, next } => {
                    list.extend(columns, &items)?;
                    if next.is_none() {
                        return Ok(Answer::List(list));
                    }
                    after = next;
                }
                output => return Ok(Answer::Output(output)),
            }
        }
    }
}

fn here(config: &Config, lock: Lock) -> Result<Way> {
    Ok(Way::Here { engine: Box::new(start::open_engine(config)?), _lock: lock })
}
