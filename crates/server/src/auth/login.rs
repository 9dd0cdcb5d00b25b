//! An e-mail address and a password become a session.

use std::sync::Arc;

use axum::http::Extensions;
use parlance_engine::credential::login::{self, Candidate, Session};
use parlance_engine::credential::password::{self, Hash};
use parlance_engine::{Error, Principal};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::spawn_blocking;

use super::key;
use crate::app::App;
use crate::http::Caller;
use crate::refusal::Refusal;

/// What all logins share: so many look at a password at a time as there are processors, for each look takes 20 ms of
/// one, and 19 MiB.
pub struct Logins {
    turns: Arc<Semaphore>,
    decoy: OnceCell<Hash>,
}

impl Default for Logins {
    fn default() -> Logins {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Logins { turns: Arc::new(Semaphore::new(processors)), decoy: OnceCell::new() }
    }
}

impl Logins {
    /// What is looked at in place of the password of nobody.
    async fn decoy(&self) -> Result<Hash, Error> {
        self.decoy.get_or_try_init(|| self.take_turn(password::decoy)).await.cloned()
    }

    /// A password as it is kept. [`Error::Invalid`] when it is too short or too long.
    pub async fn hash(&self, password: String) -> Result<Hash, Error> {
        self.take_turn(move || password::hash(&password)).await
    }

    /// Does what takes a processor, when it is its turn.
    async fn take_turn<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = spawn_blocking(move || {
            // Kept until the work is done, also when nobody waits for it any more.
            let _turn = turn;
            work()
        });
        done.await.unwrap_or_else(|died| Err(Error::Internal(format!("looking at a password: {died}"))))
    }
}

/// Begins a session. An unknown address and a wrong password get the same answer in the same time; how often an address
/// of the network and an e-mail address may try is limited.
pub async fn login(
    app: &App,
    request: &Extensions,
    email: String,
    password: String,
) -> Result<Session, Refusal> {
    let address = request.get::<Caller>().map(|caller| caller.address);
    app.rates.login(address, key(&email.trim().to_lowercase()))?;
    let decoy = app.logins.decoy().await?;
    let find = move |cx: &mut parlance_engine::Cx<'_>| login::find(cx, &email, &decoy);
    let candidate: Candidate = app.engine.read(Principal::Nobody, find).await?;
    let (looked_at, sent) = (candidate.clone(), password);
    let workspace = app.logins.take_turn(move || looked_at.fits(&sent)).await?;
    let operator = Principal::Operator(Some(workspace));
    Ok(app.engine.write(operator, move |cx| login::open(cx, &candidate)).await?)
}
