//! The engine as one carrier sees it.

use std::sync::Arc;

use parlance_engine::carrier::{self, Inbound, Outcome, part};
use parlance_engine::submission::{self, Report, Submission};
use parlance_engine::{CarrierId, Cx, Engine, Principal, Result, Time, WorkspaceId};

/// Keys taken away in one write.
const KEYS_AT_ONCE: usize = 1_000;

/// Where a carrier's wire tells what it hears, and its courier fetches what is to be sent.
#[derive(Clone)]
pub struct Desk {
    engine: Arc<Engine>,
    workspace: WorkspaceId,
    carrier: CarrierId,
}

impl Desk {
    /// The desk of a carrier.
    #[must_use]
    pub fn new(engine: Arc<Engine>, workspace: WorkspaceId, carrier: CarrierId) -> Desk {
        Desk { engine, workspace, carrier }
    }

    /// Whose texts these are.
    #[must_use]
    pub fn carrier(&self) -> CarrierId {
        self.carrier
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.engine.now()
    }

    /// Changes after each write of this process that left something in the log.
    #[must_use]
    pub fn news(&self) -> tokio::sync::watch::Receiver<()> {
        self.engine.news()
    }

    /// Stores a text that came in; when this gives `Ok` the carrier can be told that it is safe.
    ///
    /// # Errors
    /// As [`carrier::receive`].
    pub async fn receive(&self, text: Inbound) -> Result<Outcome> {
        self.write(move |cx| carrier::receive(cx, &text)).await
    }

    /// Stores a part of a text, and the text when this was what it lacked.
    ///
    /// # Errors
    /// As [`part::receive`].
    pub async fn receive_part(&self, new: part::Part, join: part::Join) -> Result<()> {
        self.write(move |cx| part::receive(cx, &new, join)).await
    }

    /// Receives what there is of texts whose other parts never came.
    ///
    /// # Errors
    /// As [`part::give_up`].
    pub async fn join_overdue(&self, join: part::Join) -> Result<()> {
        let (carrier, who) = (self.carrier, Principal::Operator(Some(self.workspace)));
        while self.engine.read(who, move |cx| part::is_overdue(cx, carrier)).await? {
            self.write(move |cx| part::give_up(cx, carrier, join)).await?;
        }
        Ok(())
    }

    /// Forgets the keys of texts whose carrier is known to know that they are safe.
    ///
    /// # Errors
    /// As [`carrier::answered`].
    pub async fn answered(&self, keys: Vec<String>) -> Result<()> {
        let carrier = self.carrier;
        for some in keys.chunks(KEYS_AT_ONCE) {
            let some = some.to_vec();
            self.write(move |cx| carrier::answered(cx, carrier, &some)).await?;
        }
        Ok(())
    }

    /// Forgets what earlier sessions left in doubt.
    ///
    /// # Errors
    /// As [`carrier::settled`].
    pub async fn settled(&self, session: &str) -> Result<()> {
        let (carrier, session) = (self.carrier, session.to_owned());
        self.write(move |cx| carrier::settled(cx, carrier, &session)).await
    }

    /// Notes what became of a message.
    ///
    /// # Errors
    /// As [`submission::report`].
    pub async fn report(&self, report: Report) -> Result<bool> {
        self.write(move |cx| submission::report(cx, &report)).await
    }

    /// Notes how the carrier stands. What goes wrong with that is logged: it will be noted the next time.
    pub async fn stands(&self, state: &'static str, detail: &str) {
        let (carrier, detail) = (self.carrier, detail.to_owned());
        if let Err(error) = self.write(move |cx| carrier::set_state(cx, carrier, state, &detail)).await {
            tracing::warn!(%error, %carrier, state, "how a carrier stands could not be noted");
        }
    }

    /// What is to be sent now, the longest waiting first.
    pub(super) async fn due(&self, limit: usize) -> Result<Vec<Submission>> {
        let (carrier, limit) = (self.carrier, i64::try_from(limit).unwrap_or(i64::MAX));
        let who = Principal::Operator(Some(self.workspace));
        self.engine.read(who, move |cx| submission::due(cx, carrier, limit)).await
    }

    /// Runs a verb as the operator of the carrier's workspace.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.engine.write(Principal::Operator(Some(self.workspace)), verb).await
    }
}
