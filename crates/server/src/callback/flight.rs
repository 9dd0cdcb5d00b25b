//! Calls that are on their way.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use metrics::counter;
use parlance_engine::callback::{self, Callback, Claim, Due};
use parlance_engine::{Cx, Error, Principal, Result, WorkspaceId};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{CALLBACKS, shape};
use crate::app::App;
use crate::outgoing::{Call, Target, Trouble};

/// Calls to one host at a time.
pub(super) const PLACES_OF_A_HOST: usize = 8;

/// Calls at a time.
const PLACES: usize = 512;

/// For one call, from the connection to the end of the answer's head, as the contract has it.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How long a call that is being made is nobody else's business, in seconds: longer than it can take.
const LEASE_SECONDS: i64 = 10;

/// After what became of a call could not be noted.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells a receiver which calls are the same call made again.
const ID: HeaderName = HeaderName::from_static("x-parlance-callback-id");

/// Calls that are on their way.
pub(super) struct Flights {
    app: App,
    tasks: JoinSet<Flight>,
    /// What is on its way, wherever the database says it is: a claim may have ended meanwhile.
    known: HashSet<(WorkspaceId, String)>,
    /// What of it goes where. Two calls about the same message to the same host follow one another.
    of_host: HashMap<String, HashSet<String>>,
    /// Begun when the server stops: then nobody waits to note what became of a call.
    ending: CancellationToken,
}

/// One of them, by what it takes up.
#[derive(Clone)]
struct Flight {
    workspace: WorkspaceId,
    id: String,
    host: String,
}

impl Flight {
    fn of(due: &Due) -> Flight {
        Flight { workspace: due.workspace, id: due.id.clone(), host: due.host.clone() }
    }

    fn key(&self) -> (WorkspaceId, String) {
        (self.workspace, self.id.clone())
    }

    /// What it is about: the first part of its id.
    fn subject(&self) -> String {
        self.id.split('.').next().unwrap_or_default().to_owned()
    }
}

impl Flights {
    pub(super) fn new(app: App) -> Flights {
        Flights {
            app,
            tasks: JoinSet::new(),
            known: HashSet::new(),
            of_host: HashMap::new(),
            ending: CancellationToken::new(),
        }
    }

    /// Begins those of `due` for which there is a place; how many.
    pub(super) async fn begin(&mut self, due: Vec<Due>) -> usize {
        let mut by_workspace: BTreeMap<i64, Vec<Due>> = BTreeMap::new();
        for due in due {
            if self.take_place(&due) {
                by_workspace.entry(due.workspace.0).or_default().push(due);
            }
        }
        let mut begun = 0;
        for (workspace, due) in by_workspace {
            begun += self.begin_in(WorkspaceId(workspace), due).await;
        }
        begun
    }

    /// False when there is no place for it, or it is on its way already.
    fn take_place(&mut self, due: &Due) -> bool {
        let flight = Flight::of(due);
        let (key, subject) = (flight.key(), flight.subject());
        let is_full =
            |of_host: &HashSet<String>| of_host.len() >= PLACES_OF_A_HOST || of_host.contains(&subject);
        let has_place = !self.of_host.get(&flight.host).is_some_and(is_full);
        if !has_place || self.known.len() >= PLACES || self.known.contains(&key) {
            return false;
        }
        self.known.insert(key);
        self.of_host.entry(flight.host).or_default().insert(subject)
    }

    fn leave_place(&mut self, flight: &Flight) {
        self.known.remove(&flight.key());
        let Some(of_host) = self.of_host.get_mut(&flight.host) else { return };
        of_host.remove(&flight.subject());
        if of_host.is_empty() {
            self.of_host.remove(&flight.host);
        }
    }

    async fn begin_in(&mut self, workspace: WorkspaceId, due: Vec<Due>) -> usize {
        let asked = due.clone();
        let claim = move |cx: &mut Cx<'_>| callback::claim(cx, &asked, LEASE_SECONDS);
        let claimed = self.app.engine.write(Principal::Operator(Some(workspace)), claim).await;
        let mut claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, %workspace, "callbacks that are due could not be claimed; it is tried again");
            Vec::new()
        });
        let begun = claimed.len();
        for due in due {
            let flight = Flight::of(&due);
            match claimed.iter().position(|callback| callback.id == due.id) {
                Some(at) => self.fly(flight, claimed.swap_remove(at)),
                None => self.leave_place(&flight),
            }
        }
        begun
    }

    fn fly(&mut self, flight: Flight, callback: Callback) {
        let (app, ending) = (self.app.clone(), self.ending.clone());
        self.tasks.spawn(async move {
            let outcome = call(&app, &callback).await;
            note(&app, flight.workspace, &callback, &outcome, &ending).await;
            flight
        });
    }

    /// Waits until one has come to its end, and takes note of all that have; for ever while there is none.
    pub(super) async fn landing(&mut self) {
        let Some(landed) = self.tasks.join_next().await else { return std::future::pending().await };
        self.land(landed);
        while let Some(landed) = self.tasks.try_join_next() {
            self.land(landed);
        }
    }

    fn land(&mut self, landed: std::result::Result<Flight, tokio::task::JoinError>) {
        match landed {
            Ok(flight) => self.leave_place(&flight),
            // Its place is not given back: nobody knows which it was, and there are others.
            Err(problem) => tracing::error!(%problem, "a callback ended badly"),
        }
    }

    /// Waits for those that are on their way.
    pub(super) async fn end(mut self) {
        self.ending.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Makes the call; what the customer answered, or why they did not.
async fn call(app: &App, callback: &Callback) -> std::result::Result<u16, String> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(HeaderValue::try_from(&callback.id).ok().map(|id| (ID, id)));
    let call = Call {
        target: Target::Stranger,
        method: Method::POST,
        url: callback.url.clone(),
        headers,
        body: shape::body(callback),
        timeout: TIMEOUT,
        answer_bytes_max: 0,
    };
    match app.outgoing.call(call).await {
        Ok(answer) if answer.status.is_success() => Ok(answer.status.as_u16()),
        Ok(answer) => Err(format!("answered {}", answer.status.as_u16())),
        Err(trouble @ (Trouble::Refused(_) | Trouble::Late | Trouble::TooLarge)) => Err(trouble.to_string()),
        Err(Trouble::Unreachable(why)) => Err(format!("not reached: {why}")),
    }
}

/// Notes what became of a call, however long that takes: what is not noted would be made again.
async fn note(
    app: &App,
    workspace: WorkspaceId,
    callback: &Callback,
    outcome: &std::result::Result<u16, String>,
    ending: &CancellationToken,
) {
    loop {
        let noted = match outcome {
            Ok(status) => note_answer(app, workspace, callback, *status).await,
            Err(why) => note_failure(app, workspace, callback, why).await,
        };
        match noted {
            Err(error @ Error::Busy { .. }) if !ending.is_cancelled() => {
                tracing::warn!(%error, "what became of a callback could not be noted; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(%error, "what became of a callback could not be noted; it may be made again");
                return;
            }
            Ok(()) => return,
        }
    }
}

async fn note_answer(app: &App, workspace: WorkspaceId, callback: &Callback, status: u16) -> Result<()> {
    let claim = Claim::of(callback);
    let answered = move |cx: &mut Cx<'_>| callback::answered(cx, &claim, &format!("answered {status}"));
    app.engine.write(Principal::Operator(Some(workspace)), answered).await?;
    counter!(CALLBACKS, "outcome" => "answered").increment(1);
    Ok(())
}

async fn note_failure(app: &App, workspace: WorkspaceId, callback: &Callback, why: &str) -> Result<()> {
    let (made, reason) = (callback.clone(), why.to_owned());
    let failed = move |cx: &mut Cx<'_>| callback::failed(cx, &made, &reason);
    let again = app.engine.write(Principal::Operator(Some(workspace)), failed).await?;
    let outcome = if again.is_some() { "put_off" } else { "given_up" };
    counter!(CALLBACKS, "outcome" => outcome).increment(1);
    let (id, attempt) = (&callback.id, callback.attempts);
    tracing::info!(%workspace, id, attempt, why, outcome, "a customer did not answer a callback");
    Ok(())
}
