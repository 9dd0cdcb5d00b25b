//! Carries what waits for a carrier to its wire, a window at a time, and notes what it says.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use parlance_engine::message::Delivery;
use parlance_engine::submission::{self, Report, Submission};
use parlance_engine::{Cx, MessageId, Result};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Answer, Desk, Wire};
use crate::follow;

/// Between two looks for what is due, while there is news all the time.
const REST: Duration = Duration::from_millis(10);

/// After something went wrong with the database.
const PAUSE: Duration = Duration::from_secs(1);

/// Carries until `shutdown`. What is under way then is not waited for: it still stands in the queue.
pub(super) async fn run(desk: &Desk, wire: &dyn Wire, shutdown: &CancellationToken) {
    let mut news = desk.news();
    let (mut under_way, mut carried) = (FuturesUnordered::new(), HashSet::new());
    loop {
        news.borrow_and_update();
        let (fetched, rest) = fetch(desk, wire, &carried).await;
        for message in fetched {
            carried.insert(message.message);
            under_way.push(carry(desk, wire, message));
        }
        let mut done = tokio::select! {
            () = shutdown.cancelled() => return,
            done = under_way.next(), if !under_way.is_empty() => done,
            () = wake(&mut news, rest, shutdown), if carried.len() < wire.window() => None,
        };
        while let Some(message) = done {
            carried.remove(&message);
            done = under_way.next().now_or_never().flatten();
        }
    }
}

/// What is due and not under way already, as much as the window has room for; and how long to rest before the next look.
async fn fetch(desk: &Desk, wire: &dyn Wire, carried: &HashSet<MessageId>) -> (Vec<Submission>, Duration) {
    let room = wire.window().saturating_sub(carried.len());
    if room == 0 || !wire.is_open() {
        return (Vec::new(), REST);
    }
    match desk.due(wire.window()).await {
        Ok(due) => (due.into_iter().filter(|due| !carried.contains(&due.message)).take(room).collect(), REST),
        Err(error) => {
            tracing::warn!(%error, carrier = %desk.carrier(), "what is to be sent could not be looked up; it is tried again");
            (Vec::new(), PAUSE)
        }
    }
}

async fn wake(news: &mut watch::Receiver<()>, rest: Duration, shutdown: &CancellationToken) {
    sleep(rest).await;
    follow::woken(news, shutdown).await;
}

/// Hands a message over and notes what was said to it, however often that must be tried: handed over again, it would arrive
/// twice.
async fn carry(desk: &Desk, wire: &dyn Wire, message: Submission) -> MessageId {
    let answer = wire.send(&message).await;
    let (id, carrier) = (message.message, desk.carrier());
    while let Err(error) = note(desk, message.clone(), answer.clone()).await {
        tracing::warn!(%error, %carrier, message = %id, "what a carrier said could not be noted; it is tried again");
        sleep(PAUSE).await;
    }
    id
}

async fn note(desk: &Desk, message: Submission, answer: Answer) -> Result<()> {
    let id = message.message;
    match answer {
        Answer::Accepted(ids) => desk.write(move |cx| submission::accepted(cx, id, &ids)).await,
        Answer::Delivered(ids) => {
            let report = arrived(desk, &message, &ids);
            desk.write(move |cx: &mut Cx<'_>| {
                submission::accepted(cx, id, &ids)?;
                submission::report(cx, &report).map(drop)
            })
            .await
        }
        Answer::Refused { delivery, why } => {
            desk.write(move |cx| submission::refused(cx, id, delivery, &why)).await
        }
        Answer::InPart(parts, why) => {
            desk.write(move |cx| submission::taken_in_part(cx, id, &parts, &why)).await
        }
        Answer::Postponed(why) => desk.write(move |cx| submission::postponed(cx, id, &why)).await,
    }
}

fn arrived(desk: &Desk, message: &Submission, ids: &[String]) -> Report {
    Report {
        carrier: message.carrier,
        carrier_message: ids.first().cloned().unwrap_or_default(),
        to: message.to.clone(),
        delivery: Delivery::Delivered,
        detail: String::new(),
        at: desk.now(),
    }
}
