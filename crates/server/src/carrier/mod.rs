//! Carriers: the other ends of phone numbers. What they bring is handed to the engine, and what the engine has for them
//! is fetched from it; nothing is kept here that would be missed after a crash.

mod courier;
mod desk;
mod door;
mod handset;
mod http;
mod rcs;
mod runner;
mod smpp;

use axum::Router;
use futures_util::future::BoxFuture;
use parlance_engine::carrier::{Carrier, Kind};
use parlance_engine::message::Delivery;
use parlance_engine::submission::Submission;
use tokio_util::sync::CancellationToken;

pub use self::desk::Desk;
pub use self::runner::run;
pub use self::smpp::Settings as SmppSettings;
use crate::app::App;
use crate::outgoing::Outgoing;

/// The routes by which carriers call us.
pub fn routes() -> Router<App> {
    http::routes().merge(rcs::routes())
}

/// What a carrier says to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It took the message, and gave its parts these ids; an id may be empty, and no report will be understood then.
    Accepted(Vec<String>),
    /// It took the message and delivered it at once.
    Delivered(Vec<String>),
    /// It will never take this message.
    Refused {
        /// What that means for the message.
        delivery: Delivery,
        /// The carrier's own words.
        why: String,
    },
    /// It took these parts, numbered from 0, under these ids; the others may be taken later. Its own words.
    InPart(Vec<(i64, String)>, String),
    /// Not now; the same message may be taken later. The carrier's own words.
    Postponed(String),
}

/// Messages that may be on their way to a carrier at a time that says nothing else.
const WINDOW: usize = 16;

/// How one carrier is spoken to: message by message, if it says nothing else, without anything between them.
pub trait Wire: Send + Sync {
    /// Where it is noted how it stands.
    fn desk(&self) -> &Desk;

    /// Messages that may be on their way to it at a time.
    fn window(&self) -> usize {
        WINDOW
    }

    /// Whether there is a way to it. While there is none nothing is fetched for it, and nothing counts as tried.
    fn is_open(&self) -> bool {
        true
    }

    /// Hands a message over and waits for what is said to it.
    fn send<'a>(&'a self, message: &'a Submission) -> BoxFuture<'a, Answer>;

    /// Keeps the way open and notes at its desk how it stands, until `shutdown`.
    fn run<'a>(&'a self, shutdown: &'a CancellationToken) -> BoxFuture<'a, ()> {
        Box::pin(async {
            self.desk().stands("up", "").await;
            shutdown.cancelled().await;
        })
    }
}

/// The wire of a carrier; a sentence for the operator when what is configured for it cannot be used.
fn wire(desk: &Desk, outgoing: &Outgoing, carrier: &Carrier) -> Result<Box<dyn Wire>, String> {
    let url = || carrier.url.as_deref().ok_or("It has no URL.");
    Ok(match carrier.kind {
        Kind::Handset => Box::new(handset::Handset::new(desk.clone())),
        Kind::Smpp => Box::new(smpp::Smpp::new(desk.clone(), SmppSettings::read(url()?)?)),
        Kind::Http => {
            let secret = carrier.secret.clone().ok_or("It has no secret.")?;
            let (desk, outgoing, url) = (desk.clone(), outgoing.clone(), url()?.to_owned());
            Box::new(http::Gateway { desk, outgoing, url, secret })
        }
        Kind::Rcs => {
            let settings = rcs::Settings::read(url()?, &carrier.address)?;
            Box::new(rcs::Rcs::new(desk.clone(), outgoing.clone(), settings))
        }
    })
}
