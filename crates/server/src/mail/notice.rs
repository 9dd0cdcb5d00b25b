//! Sending one notice: claimed, composed, handed over, and noted.

use parlance_engine::notice::{self, Claim, Digest, Due, Failure};
use parlance_engine::{Cx, Principal, Result, WorkspaceId};

use super::compose::Letter;
use super::send::Outcome;
use super::{Mailer, count};
use crate::app::App;

impl Mailer {
    /// Deals with a notice that is due; false when the mail server could not be reached.
    pub(super) async fn notice(&self, app: &App, due: Due) -> bool {
        let (timing, operator) = (self.timing, Principal::Operator(Some(due.workspace)));
        let claimed = app.engine.write(operator, move |cx| notice::claim(cx, &due, &timing)).await;
        match claimed {
            Ok(Some(digest)) => self.deliver(app, due.workspace, &digest).await,
            Ok(None) => true,
            Err(error) => {
                tracing::warn!(%error, "an e-mail that is due could not be claimed; it is tried again");
                true
            }
        }
    }

    async fn deliver(&self, app: &App, workspace: WorkspaceId, digest: &Digest) -> bool {
        let letter =
            Letter { digest, workspace, from: &self.from, links: &app.links(), now: app.engine.now() };
        let outcome = match letter.compose() {
            Ok(message) => self.post.send(message).await,
            Err(problem) => Outcome::Failed(Failure::Permanent, problem),
        };
        let reached = !matches!(outcome, Outcome::Unreachable(_));
        if let Err(error) = self.note(app, workspace, digest.claim, outcome).await {
            tracing::warn!(%error, "what became of an e-mail could not be noted; it may be sent again");
        }
        reached
    }

    async fn note(&self, app: &App, workspace: WorkspaceId, claim: Claim, outcome: Outcome) -> Result<()> {
        let (timing, operator) = (self.timing, Principal::Operator(Some(workspace)));
        let (failure, problem) = match outcome {
            Outcome::Sent => {
                count("sent");
                return app.engine.write(operator, move |cx| notice::sent(cx, &claim, &timing)).await;
            }
            Outcome::Failed(failure, problem) => (failure, problem),
            Outcome::Unreachable(problem) => (Failure::Temporary, problem),
        };
        let failed = move |cx: &mut Cx<'_>| notice::failed(cx, &claim, failure, &timing);
        let again = app.engine.write(operator, failed).await?;
        let (person, attempt) = (claim.person, claim.attempt);
        match again {
            Some(_) => {
                count("put_off");
                tracing::warn!(%workspace, %person, attempt, problem, "an e-mail could not be sent; it is tried again");
            }
            None => {
                count("given_up");
                tracing::error!(%workspace, %person, attempt, problem, "an e-mail could not be sent and is given up");
            }
        }
        Ok(())
    }
}
