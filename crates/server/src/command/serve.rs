//! `parlance serve`

use clap::Args;

use super::{Output, Result};
use crate::config::Config;
use crate::start;

/// How to run the server.
#[derive(Args)]
pub struct Serve {
    /// Add a demo workspace with people and tokens, unless it is there
    #[arg(long)]
    demo: bool,
    /// Address and port of the APIs, over what the configuration says
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
}

impl Serve {
    /// Runs the server until it is told to stop.
    pub(super) fn run(&self, config: Config) -> Result<Output> {
        start::serve(config, self.demo)
    }
}
