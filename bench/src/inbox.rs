//! The inbox over phone numbers: its list, a campaign to many, and texts that come in.

use std::process::Stdio;

use crate::child::{self, Home, Server};
use crate::cpu;
use crate::figure::{Figure, Quieter};
use crate::load::{self, Load, Request};
use crate::memory::Memory;
use crate::seed;
use crate::seed::database::Result;
use crate::smsc::Smsc;

/// Lists that are under way at once.
const CONNECTIONS: usize = 32;
/// Lines of one page, which is what the dialect gives when nothing is said.
const LIST: &str = "/v1/public/conversations/list?per_page=100";
/// Recipients of a campaign.
const RECIPIENTS: usize = 500;
/// Campaigns, one after the other.
const CAMPAIGNS: usize = 20;
/// Our addresses: of the simulated handsets, and of the SMSC.
const HANDSETS: &str = "12345";
const SHORT_CODE: &str = "54321";
/// Texts that come in.
const TEXTS: u32 = 10_000;
/// Of which so many are under way.
const IN_FLIGHT: u32 = 32;

/// The lines of one database.
pub(crate) struct Inbox<'a> {
    /// The server and its database.
    pub(crate) home: &'a Home,
    /// The longest time of one phase.
    pub(crate) phase: std::time::Duration,
}

/// The figures of a round.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    /// An agent's list, again and again.
    pub(crate) list: Figure,
    /// The stack answering a constant of its size.
    pub(crate) stack: Figure,
    /// Campaigns to [`RECIPIENTS`] each.
    pub(crate) campaigns: Figure,
    /// Texts that came in.
    pub(crate) texts: Figure,
}

impl Inbox<'_> {
    /// Measures a round.
    pub(crate) fn figures(&self, memory: &mut Memory) -> Result<Figures> {
        let server = Server::start(self.home)?;
        let (list, stack) = self.list(&server)?;
        self.carry("handset", HANDSETS, &[])?;
        self.command(&["credit", "add", "--workspace", "bench", "--amount", "100000"])?;
        let campaigns = campaigns(&server)?;
        let texts = self.texts(&server)?;
        memory.peak(&server)?;
        for address in [HANDSETS, SHORT_CODE] {
            self.command(&["carrier", "remove", "--workspace", "bench", address])?;
        }
        server.stop()?;
        Ok(Figures { list, stack, campaigns, texts })
    }

    fn list(&self, server: &Server) -> Result<(Figure, Figure)> {
        let request = || by_agent(Request::get(LIST.to_owned(), seed::agent_token()));
        let load = |address| Load { address, connections: CONNECTIONS, time_max: self.phase, status: 200 };
        let again = || std::iter::repeat_with(request);
        load::run(load(server.listening.address), again())?;
        let list = Figure::measure(&server.listening, load(server.listening.address), again())?;
        let sample = load::fetch(server.listening.address, &request())?;
        let stack = child::constant(&sample, &self.home.data)?;
        load::run(load(stack.address), again())?;
        let constant = Figure::measure(&stack, load(stack.address), again())?;
        Ok((list, constant))
    }

    fn texts(&self, server: &Server) -> Result<Figure> {
        let smsc = Smsc::listen()?;
        let url = format!("smpp://bench:bench@{}", smsc.address()?);
        self.carry("smpp", SHORT_CODE, &["--url", &url])?;
        let (delivered, cpu_us) = cpu::per_request(server.listening.process, || {
            let delivered = smsc.deliver(SHORT_CODE, TEXTS, IN_FLIGHT).map_err(std::io::Error::other)?;
            Ok((delivered, u64::from(TEXTS)))
        })?;
        let latency = &delivered.latencies_us;
        Ok(Figure {
            cpu_us,
            rate: f64::from(TEXTS) / delivered.took.as_secs_f64(),
            p50_us: latency.value_at_quantile(0.5),
            p99_us: latency.value_at_quantile(0.99),
            max_us: latency.max(),
            body_bytes: 0,
        })
    }

    fn carry(&self, kind: &str, address: &str, more: &[&str]) -> Result<()> {
        let mut arguments =
            vec!["carrier", "add", "--workspace", "bench", "--kind", kind, "--address", address];
        arguments.extend(more);
        self.command(&arguments)
    }

    fn command(&self, arguments: &[&str]) -> Result<()> {
        let status = self.home.command().args(arguments).stdout(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(format!("parlance {arguments:?}: {status}").into()) }
    }
}

/// One campaign after the other, each to other numbers.
fn campaigns(server: &Server) -> Result<Figure> {
    let campaign = |number: usize| {
        let recipients: Vec<_> = (0..RECIPIENTS)
            .map(|at| serde_json::json!({ "phone_number": format!("+337{:08}", number * RECIPIENTS + at) }))
            .collect();
        let body = serde_json::json!({
            "text": "Hello {first_name}, your parcel is on its way.", "recipients": recipients, "purpose": "alert",
            "sender": HANDSETS,
        });
        let path = "/v1/public/sms-campaign/send".to_owned();
        by_agent(Request::post(path, seed::agent_token(), body.to_string()))
    };
    let time_max = std::time::Duration::from_secs(60);
    let load = Load { address: server.listening.address, connections: 1, time_max, status: 201 };
    let all: Vec<Request> = (0..CAMPAIGNS).map(campaign).collect();
    Ok(Figure::measure(&server.listening, load, all.into_iter())?)
}

fn by_agent(request: Request) -> Request {
    request.by_login(seed::AGENT_EMAIL)
}

impl Quieter for Figures {
    fn quieter(self, other: Self) -> Self {
        Self {
            list: self.list.quieter(other.list),
            stack: self.stack.quieter(other.stack),
            campaigns: self.campaigns.quieter(other.campaigns),
            texts: self.texts.quieter(other.texts),
        }
    }
}
